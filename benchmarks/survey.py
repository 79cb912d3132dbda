"""Trains specs × balance × seeds on Census-Income and prints the table of `specs/README.md`.

    python benchmarks/survey.py --seeds 0 1 2
    python benchmarks/survey.py --specs mmoe ple --balance equal 'gradnorm(alpha: 0.5)'
    python benchmarks/survey.py --only-table

Each run has its folder, and the table is made of these alone: `run.json` and `metrics.jsonl`. What
has finished is skipped, what was broken off is trained anew, so the script can be stopped at any
time and started again with the same words. Runs of other data or epochs go to other `--runs`.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
import statistics
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import mtlspec
from mtlspec.training.figures import show_count, show_rate, show_value
from mtlspec.training.info import RunInfo

ROOT = Path(__file__).parents[1]
DATA = "../shared/data/census_income_kdd/census_income_kdd_train.parquet"
RUNS = "runs/survey"
SCHEMA = 'use "schemas/census.mtl"'


@dataclass(frozen=True, slots=True)
class Setting:
    """What all runs of a survey have in common."""

    data: str
    valid: str
    epochs: int
    batch: int
    threads: int
    runs: Path

    @property
    def overlays(self) -> dict[str, str]:
        return {"train.epochs": str(self.epochs), "train.batch": str(self.batch)}

    def claim(self) -> None:
        """Notes the setting beside the runs, or stops where they have another one."""
        own = {name: str(value) for name, value in asdict(self).items()}
        path = self.runs / "setting.json"
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else own
        if kept != own:
            differing = ", ".join(name for name in own if kept.get(name) != own[name])
            raise SystemExit(f"the runs in {self.runs} have another {differing}; name other --runs")
        self.runs.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(own, indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the table: a spec with a way of balancing, over some seeds."""

    spec: str
    balance: str

    @property
    def path(self) -> str:
        """The spec as it is named on the command line."""
        return f"specs/{self.spec}.mtl"

    def folder(self, runs: Path, seed: int | str) -> Path:
        """`runs/survey/mmoe/gradnorm-alpha-0.5/seed-0`."""
        slug = re.sub(r"[^\w.]+", "-", self.balance).strip("-")
        return runs / self.spec / slug / f"seed-{seed}"


@dataclass(frozen=True, slots=True)
class Result:
    """What a finished run came to."""

    metrics: Mapping[str, float]
    """Each task's main metric by its key, `income.auc`, in the best epoch."""
    parameters: int
    rows_per_s: float


def main(arguments: Sequence[str]) -> int:
    """Trains what is missing, then prints the table and keeps it as `table.md` beside the runs."""
    asked = _parser().parse_args(arguments)
    setting = Setting(
        asked.data, asked.valid, asked.epochs, asked.batch, asked.threads, Path(asked.runs)
    )
    cells = [Cell(spec, balance) for spec in asked.specs for balance in asked.balance]
    setting.claim()
    if not asked.only_table:
        for seed in asked.seeds:  # all specs of a seed before the next one: an early table is whole
            for cell in cells:
                train(cell, seed, setting)
    text = "\n".join(table(cells, asked.seeds, setting)) + "\n"
    (setting.runs / "table.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    specs = census_specs()
    parser = argparse.ArgumentParser(description="Trains specs × balance × seeds; resumable.")
    parser.add_argument("--specs", nargs="+", default=specs, metavar="NAME", choices=specs)
    parser.add_argument("--balance", nargs="+", default=["equal"], metavar="WORD")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="N")
    parser.add_argument("--data", default=DATA, help="a data set of the census schema")
    parser.add_argument("--valid", default="0.1", help="a share of the rows, or a data set")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", default=RUNS, help="the folder of the runs")
    parser.add_argument("--only-table", action="store_true", help="train nothing")
    return parser


def census_specs() -> list[str]:
    """The specs of the library that stand on the census schema."""
    paths = sorted((ROOT / "specs").glob("*.mtl"))
    return [path.stem for path in paths if SCHEMA in path.read_text(encoding="utf-8")]


# --- runs ----------------------------------------------------------------------------------------


def train(cell: Cell, seed: int, setting: Setting) -> None:
    """Trains one run, unless it is there; what cannot be trained is told and left out."""
    folder = cell.folder(setting.runs, seed)
    if read_result(folder) is not None:
        return
    if (folder / "run.json").exists():  # broken off: a run's folder is never written over
        shutil.rmtree(folder)
    sys.stderr.write(f"{folder} … ")
    sys.stderr.flush()
    try:
        result = mtlspec.train(
            ROOT / cell.path,
            data=setting.data,
            valid=setting.valid,
            out=folder,
            set={**setting.overlays, "train.balance": cell.balance},
            seed=seed,
            threads=setting.threads,
        )
    except mtlspec.SpecError as error:
        sys.stderr.write(f"{error}\n")
        return
    if result.signal is not None:
        sys.stderr.write("stopped\n")
        raise SystemExit(128 + result.signal)
    score = result.best.score if result.best is not None else None
    sys.stderr.write(f"{show_value(score)}\n")


def read_result(folder: Path) -> Result | None:
    """What is in a run's folder; None where the run has not finished."""
    if not (folder / "run.json").exists():
        return None
    info = RunInfo.model_validate_json((folder / "run.json").read_bytes())
    if info.status != "finished" or info.best is None:
        return None
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    rates = [cast("float", json.loads(line)["rows_per_s"]) for line in lines]
    return Result(_main_metrics(info.best.metrics), info.parameters, statistics.median(rates))


def _main_metrics(metrics: Mapping[str, float | None]) -> dict[str, float]:
    """The first metric of each task, which is its main one, where it has a value."""
    first: dict[str, str] = {}
    for key in metrics:
        first.setdefault(key.rpartition(".")[0], key)
    return {key: value for key in first.values() if (value := metrics[key]) is not None}


# --- the table -----------------------------------------------------------------------------------


def table(cells: Iterable[Cell], seeds: Sequence[int], setting: Setting) -> Iterator[str]:
    """Markdown: a line per cell that has a finished run, and the command of each kind of run."""
    found = {cell: _results(cell, seeds, setting.runs) for cell in cells}
    shown = {cell: results for cell, results in found.items() if results}
    keys = list(dict.fromkeys(key for rs in shown.values() for r in rs for key in r.metrics))
    head = ["spec", "balance", "seeds", *(f"`{key}`" for key in keys), "parameters", "rows/s"]
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for cell, results in shown.items():
        values = [show_spread([r.metrics[k] for r in results if k in r.metrics]) for k in keys]
        sizes = sorted({result.parameters for result in results})
        rate = show_rate(statistics.median(result.rows_per_s for result in results))
        line = [f"`{cell.spec}.mtl`", f"`{cell.balance}`", str(len(results)), *values]
        yield f"| {' | '.join([*line, ' – '.join(map(show_count, sizes)), rate])} |"
    yield ""
    yield "Mean ± standard deviation over the seeds, each in its best epoch; the median rows/s."
    yield "A line is"
    yield ""
    yield "```sh"
    yield from command(setting)
    yield "```"


def _results(cell: Cell, seeds: Iterable[int], runs: Path) -> list[Result]:
    found = (read_result(cell.folder(runs, seed)) for seed in seeds)
    return [result for result in found if result is not None]


def show_spread(values: Sequence[float]) -> str:
    """`.9421 ±.0007`; of one value no deviation is known."""
    if not values:
        return "—"
    mean = show_value(statistics.fmean(values))
    return mean if len(values) == 1 else f"{mean} ±{show_value(statistics.stdev(values))}"


def command(setting: Setting) -> Iterator[str]:
    """What trains the runs of one cell."""
    data, valid = shlex.quote(setting.data), shlex.quote(setting.valid)
    yield f"mtlspec train specs/SPEC.mtl --data {data} --valid {valid} \\"
    yield f"    --seed SEED --threads {setting.threads} --set 'train.balance=BALANCE' \\"
    yield f"    {' '.join(f'--set {key}={value}' for key, value in setting.overlays.items())}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
