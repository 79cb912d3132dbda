"""MMoE on the whole of Census-Income (KDD), as `specs/README.md` reports it."""

import os
from pathlib import Path

import pytest

import mtlspec
from mtlspec.training import TrainRequest, train

ROOT = Path(os.environ.get("MTLSPEC_DATA", Path(__file__).parents[3] / "shared/data"))
CENSUS = ROOT / "census_income_kdd/census_income_kdd_train.parquet"


@pytest.mark.slow
@pytest.mark.skipif(not CENSUS.exists(), reason="the census data are not here (MTLSPEC_DATA)")
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_mmoe_learns_both_census_tasks_within_three_epochs(tmp_path: Path, seed: int) -> None:
    request = TrainRequest(
        "mtl:mmoe.mtl",
        str(CENSUS),
        valid="0.1",
        out=str(tmp_path / "run"),
        seed=seed,
        progress="none",
    )
    settings = {"train.epochs": "3"}
    result = train(
        request, lambda sizes: mtlspec.compile("mtl:mmoe.mtl", set=settings, sizes=sizes)
    )
    assert result.best is not None
    assert result.best.metrics["income.auc"] >= 0.945
    assert result.best.metrics["marital.auc"] >= 0.993
