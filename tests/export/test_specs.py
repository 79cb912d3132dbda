"""Every shipped spec trains a few steps and comes out as a file that serves what it predicts."""

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mtlspec
from mtlspec import resources
from mtlspec.data import load_table
from mtlspec.export import export
from tests.training.made_up import customers, shop

ROOT = Path(os.environ.get("MTLSPEC_DATA", Path(__file__).parents[3] / "shared/data"))
LOG = ROOT / "kuairand_pure/kuairand_pure_0425_0430.parquet"
ROWS = 600
SPECS = sorted(path.stem for path in resources.specs().glob("*.mtl"))


def first_rows(path: Path) -> pa.Table:
    return pa.Table.from_batches([next(pq.ParquetFile(path).iter_batches(ROWS))])


def census() -> pa.Table:
    return first_rows(resources.sample("census_16k_train.parquet"))


def kuairand() -> pa.Table:
    if not LOG.exists():
        pytest.skip(f"{LOG} is not there")
    return first_rows(LOG)


SCHEMAS: dict[str, Callable[[], pa.Table]] = {"census": census, "kuairand": kuairand}
OWN: dict[str, Callable[[], pa.Table]] = {"esmm": shop, "ziln": customers}


def rows_of(name: str) -> pa.Table:
    """Rows of the schema that a spec uses, or of its own."""
    if name in OWN:
        return OWN[name]()
    text = resources.specs().joinpath(f"{name}.mtl").read_text(encoding="utf-8")
    used = (make for schema, make in SCHEMAS.items() if f'use "schemas/{schema}.mtl"' in text)
    return next(used)()


@pytest.mark.slow
@pytest.mark.parametrize("name", SPECS)
def test_a_shipped_spec_trains_and_serves_what_it_predicts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pq.write_table(rows_of(name), "rows.parquet")
    settings = {"train.epochs": "1", "train.batch": "128"}
    mtlspec.train(f"mtl:{name}.mtl", data="rows.parquet", out="run", set=settings, threads=1)
    run = mtlspec.open_run("run")
    table = load_table(run.compiled.schema, "rows.parquet")
    report = export(run.compiled, run.fitted, run.module, table, Path("model.onnx"), provenance={})
    assert report.verification.difference <= 1e-5
    tasks = [task.name for task in run.compiled.schema.tasks]
    assert [port.name for port in report.outputs] == tasks
