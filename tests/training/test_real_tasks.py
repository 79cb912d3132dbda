"""Kinds of tasks on real data: they learn what is there, and export it."""

import os
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mtlspec
from mtlspec.data import load_table
from mtlspec.export import export

ROOT = Path(os.environ.get("MTLSPEC_DATA", Path(__file__).parents[3] / "shared/data"))
BIKES = """
features {
    hr, weekday, mnth, season, yr : category(dim: 8)
    workingday, holiday           : category(dim: 2)
    temp, hum, windspeed          : numeric(piecewise(8))
}
tasks {
    rides   : count(label: cnt, metrics: [spearman, mae])
    casual  : regression(transform: log1p)
    members : ltv(label: registered)
    weather : multiclass(4, label: weathersit)
    crowd   : multilabel(labels: [cnt > 100, casual > 50, registered > 200])
}
"""
VOICES = """
features {
    age, test_time, HNR, RPDE, DFA, PPE : numeric(normalize)
    sex                                 : category(dim: 2)
    jitter                              : numeric(log1p, normalize, column: "Jitter(%)")
    shimmer                             : numeric(normalize, column: Shimmer)
}
tasks {
    motor : regression(label: motor_UPDRS / 10)
    total : regression(label: total_UPDRS / 10, loss: huber)
    worse : ordinal(3, label: 1 + (total_UPDRS > 20) + (total_UPDRS > 35))
}
"""
ASSAYS = """
features {{
    {counts} : numeric(log1p, normalize)
}}
tasks {{ toxic : multilabel(labels: [{labels}]) }}
"""
TESTS = [
    "NR-AR",
    "NR-AR-LBD",
    "NR-AhR",
    "NR-Aromatase",
    "NR-ER",
    "NR-ER-LBD",
    "NR-PPAR-gamma",
    "SR-ARE",
    "SR-ATAD5",
    "SR-HSE",
    "SR-MMP",
    "SR-p53",
]
LETTERS = {"c": "aromatic", "C": "carbon", "N": "nitrogen", "O": "oxygen", "S": "sulphur",
           "F": "fluorine", "l": "chlorine", "=": "double", "(": "branch", "1": "ring"}  # fmt: skip


def bikes(folder: Path) -> tuple[str, Path]:
    del folder
    return BIKES, ROOT / "bike_sharing/hour.parquet"


def voices(folder: Path) -> tuple[str, Path]:
    del folder
    return VOICES, ROOT / "parkinsons_telemonitoring/parkinsons_updrs.parquet"


def assays(folder: Path) -> tuple[str, Path]:
    """The letters of a formula, counted: a crude description that tells something all the same."""
    rows = pq.read_table(ROOT / "tox21/tox21.parquet")
    counts = [Counter(text) for text in rows.column("smiles").to_pylist()]
    for letter, name in LETTERS.items():
        rows = rows.append_column(name, pa.array([count[letter] for count in counts]))
    pq.write_table(rows, folder / "assays.parquet")
    labels = ", ".join(f'column("{test}")' for test in TESTS)
    return ASSAYS.format(
        counts=", ".join(LETTERS.values()), labels=labels
    ), folder / "assays.parquet"


CASES = {
    "bikes": (bikes, "bike_sharing", {"rides.spearman": 0.85, "casual.r2": 0.45,
              "members.spearman": 0.85, "weather.accuracy": 0.65, "crowd.auc": 0.9}),
    "voices": (voices, "parkinsons_telemonitoring", {"motor.r2": 0.3, "total.r2": 0.3,
               "worse.accuracy": 0.5}),
    "assays": (assays, "tox21", {"toxic.auc": 0.68}),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_tasks_learn_and_export(name: str, tmp_path: Path) -> None:
    prepare, folder, least = CASES[name]
    if not (ROOT / folder).exists():
        pytest.skip(f"{folder} is not here (MTLSPEC_DATA)")
    schema, data = prepare(tmp_path)
    text = (
        f"mtl 1\n{schema}\nmodel m {{ layer h = features -> mlp(64)\n"
        "head[task] = h -> mlp(32) }\n"
        "train { batch : 256  epochs : 12  optimizer : adam(lr: 3e-3) }\n"
    )
    run = tmp_path / "run"
    spec = mtlspec.Text(f"{name}.mtl", text)
    result = mtlspec.train(spec, data=data, valid="0.1", out=run, threads=1)
    assert result.best is not None
    found = {key: result.best.metrics[key] for key in least}
    assert all(found[key] > bound for key, bound in least.items()), found
    opened = mtlspec.open_run(run)
    rows = load_table(opened.compiled.schema, str(data), labels=False).slice(0, 500)
    report = export(
        opened.compiled, opened.fitted, opened.module, rows, tmp_path / "m.onnx", provenance={}
    )
    assert report.verification.difference <= 1e-5
