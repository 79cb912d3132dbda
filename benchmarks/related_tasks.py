"""Soft sharing by regularisation, on many tasks with few rows each: School and Landmine.

    python benchmarks/related_tasks.py school --rows 0.2 0.75 --seeds 0 1 2
    python benchmarks/related_tasks.py school --rows 0.2 --negate
    python benchmarks/related_tasks.py landmine --rows 20 80 160 --methods single pooled trace

For each seed as many of every task's rows are drawn as `--rows` says, a share of them or a number,
and the others are tested on. A fifth of what is drawn is kept for validation: a method is trained
with each strength of its grid, and the one that is best on the validation rows of all tasks
together is the method's. With it a model of all the drawn rows is trained and tested. What has been
trained is kept in `--runs` and skipped the next time.
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
from mtlspec.training.checkpoint import load_checkpoint, restore
from mtlspec.training.evaluation import build_metric
from mtlspec.training.figures import show_value
from mtlspec.words import registry
from mtlspec.words.metrics import BoundMetric, Judged

SPECS = Path(__file__).with_suffix("")
VALID = 0.2
SIDES = ("train", "valid", "drawn", "test", "watched")
"""`drawn` are those of `train` and `valid`; `watched` are those of `valid` of the first task."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A data set of many tasks: its file below `--data`, and what predictions are judged by."""

    file: str
    metric: str
    judged: Judged
    title: str
    scale: float
    """What the strengths are multiplied by: they are those of losses near 1."""
    rate: float
    """The learning rate: gradients of a loss that is curved less may be followed further."""


PROBLEMS: Mapping[str, Problem] = {
    "school": Problem(
        "school_ilea/school.parquet",
        "r2",
        Judged("number", 1),
        "explained variance, 1 - Σ(y - ŷ)² / Σ(y - ȳ)²",
        scale=1.0,
        rate=0.01,
    ),
    "landmine": Problem(
        "landmine/landmine.parquet",
        "auc",
        Judged("yes or no", 1),
        "area under the ROC curve",
        scale=0.01,
        rate=0.15,
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


_STRENGTHS = (1.0, 2.0, 5.0, 10.0)
_GRADIENT = (("method", "gradient"),)
METHODS: Mapping[str, Method] = {
    "single": Method("single task, ridge", "single_task", (0.3, 1.0, 3.0)),
    "pooled": Method("pooled, ridge", "single_task", (0.01,), pooled=True),
    "mean": Method("mean constraint", "mean_constraint", (3.0, 10.0, 30.0)),
    "l21": Method("L2,1", "joint_features", _STRENGTHS),
    "trace": Method("trace norm", "trace_norm", _STRENGTHS),
    "l21-gradient": Method("L2,1, by gradient", "joint_features", _STRENGTHS, _GRADIENT),
    "trace-gradient": Method("trace norm, by gradient", "trace_norm", _STRENGTHS, _GRADIENT),
    "mean-unsquared": Method(
        "mean constraint, not squared", "mean_constraint", (3.0, 10.0, 30.0), (("squared", "no"),)
    ),
}
DEFAULT = ("single", "pooled", "mean", "l21", "trace")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is trained on: a problem, its file, how many rows are drawn."""

    problem: str
    data: str
    rows: float
    """Below 1 a share of a task's rows, from 1 on a number of them."""
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
    """What a method came to: the strength that was chosen, and the test rows' score."""

    strength: float
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
            (name, setting): [
                measure(name, setting, seed, asked.strengths or METHODS[name].strengths)
                for seed in asked.seeds
            ]
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
    parser.add_argument("--methods", nargs="+", default=DEFAULT, choices=METHODS)
    parser.add_argument("--rows", nargs="+", type=float, default=[0.2, 0.75], metavar="N")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="N")
    parser.add_argument(
        "--strengths", nargs="+", type=float, metavar="λ", help="instead of each method's grid"
    )
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
    problem = PROBLEMS[setting.problem]
    rows = read_table(str(Path(setting.data) / problem.file))
    columns = {name: rows.column(name).to_numpy() for name in rows.column_names}
    task, y = columns["task"], columns["y"]
    classes = np.zeros_like(task) if problem.judged.answer == "number" else y
    draw = np.random.default_rng(seed)
    parts: dict[str, list[int]] = {side: [] for side in SIDES}
    for number in np.unique(task):
        own = np.flatnonzero(task == number)
        drawn = draw_rows(own, classes[own], setting.rows, draw)
        valid = max(1, round(VALID * len(drawn)))
        parts["valid"] += drawn[:valid]
        parts["train"] += drawn[valid:]
        parts["drawn"] += drawn
        parts["test"] += sorted({*own.tolist()} - {*drawn})
        parts["watched"] += drawn[:valid] if number == task.min() else []
    if setting.negate:
        columns["y"] = np.where(task % 2 == 1, 2 * y.mean() - y, y)
    folder.mkdir(parents=True, exist_ok=True)
    for side, places in parts.items():
        part = pa.table({name: column[sorted(places)] for name, column in columns.items()})
        pq.write_table(part, str(folder / f"{side}.parquet"))


def draw_rows(
    own: NDArray[np.int64],
    classes: NDArray[np.float64],
    rows: float,
    draw: np.random.Generator,
) -> list[int]:
    """So many of a task's rows, each class its share of them and one at least, in random order."""
    drawn: list[int] = []
    for kind in np.unique(classes):
        places = own[classes == kind]
        wanted = rows * len(places) / (1 if rows < 1 else len(own))
        drawn += draw.permutation(places)[: max(1, round(wanted))].tolist()
    return draw.permutation(drawn).tolist()


# --- runs ----------------------------------------------------------------------------------------


def measure(name: str, setting: Setting, seed: int, strengths: Sequence[float]) -> Result:
    """Chooses the strength on the validation rows, then trains on all that were drawn.

    A strength is multiplied by the problem's scale; where there is one alone, it is not chosen.
    """
    split(setting, seed)
    scaled = [PROBLEMS[setting.problem].scale * strength for strength in strengths]
    best = scaled[0]
    if len(scaled) > 1:
        valid = {
            strength: train(name, strength, setting, seed, learn="train", judge="valid")
            for strength in scaled
        }
        best = max(scaled, key=lambda strength: valid[strength].pooled)
    return Result(best, train(name, best, setting, seed, learn="drawn", judge="test"))


def train(
    name: str, strength: float, setting: Setting, seed: int, *, learn: str, judge: str
) -> Score:
    """Trains a model on one side, unless it is there, and scores it on another."""
    folder = setting.folder(seed)
    out = folder / name / f"{strength:g}-{learn}"
    kept = out / "score.json"
    if kept.exists():
        return Score(**json.loads(kept.read_text(encoding="utf-8")))
    if out.exists():  # broken off: a run's folder is never written over
        shutil.rmtree(out)
    method, problem = METHODS[name], PROBLEMS[setting.problem]
    result = mtlspec.train(
        SPECS / f"{method.spec}.mtl",
        data=folder / f"{learn}.parquet",
        valid=folder / "watched.parquet",  # to judge a hundred tasks takes longer than a step
        out=out,
        set={"strength": f"{strength:g}", "rate": f"{problem.rate:g}", **dict(method.overlays)},
        schema=SPECS / f"schemas/{setting.problem}{'_pooled' * method.pooled}.mtl",
        seed=seed,
        threads=1,
    )
    if result.signal is not None:
        raise SystemExit(128 + result.signal)
    found = score(open_last(out), folder / f"{judge}.parquet", problem)
    kept.write_text(json.dumps(asdict(found)) + "\n", encoding="utf-8")
    sys.stderr.write(f"{out} … {show_value(found.pooled)}\n")
    return found


def open_last(out: Path) -> Run:
    """A run with the weights of its last step: no epoch is chosen."""
    run = mtlspec.open_run(out)
    last = run.directory.last
    restore(run.module, load_checkpoint(last), last)
    return run


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
    word = registry.find("metrics", problem.metric)
    assert word is not None
    metric = build_metric(BoundMetric.of(word.bind()), problem.judged)
    metric.update(served, labels)
    return float(metric.compute())


# --- the table -----------------------------------------------------------------------------------


def table(
    methods: Sequence[str],
    settings: Sequence[Setting],
    found: Mapping[tuple[str, Setting], Sequence[Result]],
) -> Iterator[str]:
    """Markdown: a line for each method, in percent, two columns for each share of rows."""
    head = [f"{show_rows(setting.rows)} | mean over tasks | strengths" for setting in settings]
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


def show_rows(rows: float) -> str:
    """`20% of the rows` or `80 rows a task`."""
    return f"{rows:.0%} of the rows" if rows < 1 else f"{rows:g} rows a task"


def show_spread(values: Sequence[float]) -> str:
    """`37.4 ±1.2` percent; of one value no deviation is known."""
    mean = f"{100 * statistics.fmean(values):.1f}"
    return mean if len(values) == 1 else f"{mean} ±{100 * statistics.stdev(values):.1f}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
