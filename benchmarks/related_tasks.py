"""Soft sharing by regularisation, on many tasks with few rows each: School and Landmine.

    python benchmarks/related_tasks.py school --rows 0.2 0.75 --seeds 0 1 2
    python benchmarks/related_tasks.py school --rows 0.2 --negate
    python benchmarks/related_tasks.py landmine --methods single pooled trace

For each seed a quarter of every task's rows is drawn to test on, and of the others as many to learn
from as `--rows` says, a share of all the task's rows; a fifth of these is for validation. A method
is trained with each strength of its grid, and the strength that is best on the validation rows of
all tasks together is the method's: its test rows are scored. What has been trained is kept in
`--runs` and skipped the next time.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray
from torch import Tensor

import mtlspec
from mtlspec.data import Batch, encode, load_table, read_table
from mtlspec.training import Run
from mtlspec.training.evaluation import build_metric
from mtlspec.training.figures import show_value
from mtlspec.words.metrics import Judged

SPECS = Path(__file__).with_suffix("")
TEST = 0.25
VALID = 0.2
SIDES = ("train", "valid", "test")


@dataclass(frozen=True, slots=True)
class Problem:
    """A data set of many tasks: its file below `--data`, and what predictions are judged by."""

    file: str
    metric: str
    judged: Judged
    title: str
    scale: float
    """What the strengths are multiplied by: they are those of losses near 1."""


PROBLEMS: Mapping[str, Problem] = {
    "school": Problem(
        "school_ilea/school.parquet",
        "r2",
        Judged("number", 1),
        "explained variance, 1 - Σ(y - ŷ)² / Σ(y - ȳ)²",
        scale=1.0,
    ),
    "landmine": Problem(
        "landmine/landmine.parquet",
        "auc",
        Judged("yes or no", 1),
        "area under the ROC curve",
        scale=0.01,
    ),
}


@dataclass(frozen=True, slots=True)
class Method:
    """A line of the table: a spec with what is set in it, and the strengths that are tried."""

    title: str
    spec: str
    strengths: tuple[float, ...]
    overlays: tuple[tuple[str, str], ...] = ()
    pooled: bool = False
    """Whether all rows are those of one task."""


_STRENGTHS = (1.0, 3.0, 10.0)
METHODS: Mapping[str, Method] = {
    "single": Method("single task, ridge", "single_task", (0.3, 1.0, 3.0)),
    "pooled": Method("pooled, ridge", "single_task", (0.001, 0.01), pooled=True),
    "mean": Method("mean constraint", "mean_constraint", (*_STRENGTHS, 30.0)),
    "mean-unsquared": Method(
        "mean constraint, not squared", "mean_constraint", _STRENGTHS, (("squared", "no"),)
    ),
    "l21": Method("L2,1, proximal", "joint_features", _STRENGTHS),
    "l21-gradient": Method(
        "L2,1, gradient", "joint_features", _STRENGTHS, (("method", "gradient"),)
    ),
    "trace": Method("trace norm, proximal", "trace_norm", _STRENGTHS),
    "trace-gradient": Method(
        "trace norm, gradient", "trace_norm", _STRENGTHS, (("method", "gradient"),)
    ),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is trained on: a problem, its file, the share of rows that is learned from."""

    problem: str
    data: str
    rows: float
    negate: bool
    """Whether the labels of the odd tasks are negated, about the mean of all labels."""
    runs: Path

    def folder(self, seed: int) -> Path:
        """`runs/related_tasks/school/0.2-negated/seed-0`."""
        share = f"{self.rows:g}{'-negated' * self.negate}"
        return self.runs / self.problem / share / f"seed-{seed}"


@dataclass(frozen=True, slots=True)
class Score:
    """The metric over the rows of all tasks together, and its mean over the tasks."""

    pooled: float
    tasks: float


@dataclass(frozen=True, slots=True)
class Result:
    """What a trained model came to."""

    strength: float
    valid: Score
    test: Score


def main(arguments: Sequence[str]) -> int:
    """Trains what is missing, then prints the table."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.negate and PROBLEMS[asked.problem].judged.answer != "number":
        parser.error("labels that are yes or no cannot be negated")
    settings = [
        Setting(asked.problem, asked.data, rows, asked.negate, Path(asked.runs))
        for rows in asked.rows
    ]
    try:
        found = {
            (name, setting): [chosen(METHODS[name], name, setting, seed) for seed in asked.seeds]
            for setting in settings
            for name in asked.methods
        }
    except mtlspec.SpecError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join(table(asked.methods, settings, found)) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Trains methods × rows × seeds; resumable.")
    parser.add_argument("problem", choices=PROBLEMS)
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--rows", nargs="+", type=float, default=[0.2, 0.75], metavar="SHARE")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="N")
    parser.add_argument("--negate", action="store_true", help="negate the odd tasks' labels")
    parser.add_argument("--data", default="../shared/data", help="the folder of the data sets")
    parser.add_argument("--runs", default="runs/related_tasks", help="the folder of the runs")
    return parser


# --- rows ----------------------------------------------------------------------------------------


def split(setting: Setting, seed: int) -> None:
    """Writes the rows to train, validate and test on, drawn task by task."""
    folder = setting.folder(seed)
    if all((folder / f"{side}.parquet").exists() for side in SIDES):
        return
    rows = read_table(str(Path(setting.data) / PROBLEMS[setting.problem].file))
    columns = {name: rows.column(name).to_numpy() for name in rows.column_names}
    task, y = columns["task"], columns["y"]
    if setting.negate:
        columns["y"] = np.where(task % 2 == 1, 2 * y.mean() - y, y)
    draw = np.random.default_rng(seed)
    parts: dict[str, list[int]] = {side: [] for side in SIDES}
    for number in np.unique(task):
        drawn = draw.permutation(np.flatnonzero(task == number)).tolist()
        test = round(TEST * len(drawn))
        known = min(round(setting.rows * len(drawn)), len(drawn) - test)
        valid = max(1, round(VALID * known))
        parts["test"] += drawn[:test]
        parts["valid"] += drawn[test : test + valid]
        parts["train"] += drawn[test + valid : test + known]
    folder.mkdir(parents=True, exist_ok=True)
    for side, places in parts.items():
        part = pa.table({name: column[sorted(places)] for name, column in columns.items()})
        pq.write_table(part, str(folder / f"{side}.parquet"))


# --- runs ----------------------------------------------------------------------------------------


def chosen(method: Method, name: str, setting: Setting, seed: int) -> Result:
    """The model with the strength that is best on the validation rows."""
    split(setting, seed)
    strengths = [PROBLEMS[setting.problem].scale * strength for strength in method.strengths]
    results = [train(method, name, strength, setting, seed) for strength in strengths]
    return max(results, key=lambda result: result.valid.pooled)


def train(method: Method, name: str, strength: float, setting: Setting, seed: int) -> Result:
    """Trains one model, unless it is there, and scores it."""
    folder = setting.folder(seed)
    out = folder / name / f"{strength:g}"
    kept = out / "scores.json"
    if kept.exists():
        return _read(kept)
    if out.exists():  # broken off: a run's folder is never written over
        shutil.rmtree(out)
    problem = PROBLEMS[setting.problem]
    schema = f"schemas/{setting.problem}{'_pooled' * method.pooled}.mtl"
    result = mtlspec.train(
        SPECS / f"{method.spec}.mtl",
        data=folder / "train.parquet",
        valid=folder / "valid.parquet",
        out=out,
        set={"strength": f"{strength:g}", **dict(method.overlays)},
        schema=SPECS / schema,
        seed=seed,
        threads=1,
    )
    if result.signal is not None:
        raise SystemExit(128 + result.signal)
    run = mtlspec.open_run(out)
    scores = [score(run, folder / f"{side}.parquet", problem) for side in ("valid", "test")]
    found = Result(strength, *scores)
    kept.write_text(json.dumps(asdict(found)) + "\n", encoding="utf-8")
    sys.stderr.write(f"{out} … {show_value(found.valid.pooled)}\n")
    return found


def _read(path: Path) -> Result:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Result(kept["strength"], Score(**kept["valid"]), Score(**kept["test"]))


def score(run: Run, path: Path, problem: Problem) -> Score:
    """Judges the predictions for the rows of a file, each by the task that it belongs to."""
    schema = run.compiled.schema
    rows = encode(schema, run.fitted, load_table(schema, str(path)), str(path))
    features, labels = rows.batch(slice(None))
    serve = cast("Callable[[Batch], Batch]", run.module.serve)
    with torch.no_grad():
        served = serve(run.module(features))
    told, asked = torch.zeros(len(rows), 1), torch.zeros(len(rows), 1)
    for name, label in labels.items():
        mine = ~label[:, 0].isnan()
        told[mine], asked[mine] = served[name][mine], label[mine]
    owners: NDArray[np.int64] = read_table(str(path), ["task"]).column("task").to_numpy()
    places = [torch.tensor(np.flatnonzero(owners == task)) for task in np.unique(owners)]
    each = [judge(problem, told[place], asked[place]) for place in places]
    tasks = statistics.fmean(value for value in each if not math.isnan(value))
    return Score(judge(problem, told, asked), tasks)


def judge(problem: Problem, served: Tensor, labels: Tensor) -> float:
    """The metric of predictions, both [N, 1]; NaN where it has no value."""
    metric = build_metric(problem.metric, problem.judged)
    metric.update(served, labels)
    return float(metric.compute())


# --- the table -----------------------------------------------------------------------------------


def table(
    methods: Sequence[str],
    settings: Sequence[Setting],
    found: Mapping[tuple[str, Setting], Sequence[Result]],
) -> Iterator[str]:
    """Markdown: a line for each method, in percent, two columns for each share of rows."""
    shares = [f"{setting.rows:.0%}" for setting in settings]
    head = [f"{share} of the rows | mean over tasks | strengths" for share in shares]
    yield f"| method | {' | '.join(head)} |"
    yield f"|{' --- |' * (1 + 3 * len(settings))}"
    for name in methods:
        line = [METHODS[name].title]
        for setting in settings:
            results = found[name, setting]
            line.append(show_spread([result.test.pooled for result in results]))
            line.append(show_spread([result.test.tasks for result in results]))
            line.append(", ".join(f"{result.strength:g}" for result in results))
        yield f"| {' | '.join(line)} |"
    yield ""
    yield f"In percent: {PROBLEMS[settings[0].problem].title}, over the test rows of all tasks"
    yield "together, and in the mean over the tasks; mean ± standard deviation over the seeds, and"
    yield "the strength that the validation rows chose for each."


def show_spread(values: Sequence[float]) -> str:
    """`37.4 ±1.2` percent; of one value no deviation is known."""
    mean = f"{100 * statistics.fmean(values):.1f}"
    return mean if len(values) == 1 else f"{mean} ±{100 * statistics.stdev(values):.1f}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
