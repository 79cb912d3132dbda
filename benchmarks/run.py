"""Prints how long `check`, `--help` and large graphs take, and how fast MMoE trains: `make bench`.

Every figure is a median, with the best beside it; nothing is judged, and no figure fails the run.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPEATS = 11
EPOCHS = 3

PIPELINE = """
from mtlspec import pipeline
from mtlspec.files import read_text
pipeline.run("mtl:ple.mtl", read=read_text, upto={upto!r})
"""
DEPTHS = {
    "Python starts": ["-c", "pass"],
    "… and imports mtlspec": ["-c", "import mtlspec.pipeline, mtlspec.graph.files.program"],
    "… text → tree": ["-c", PIPELINE.format(upto="tree")],
    "… tree → graph → rules": ["-c", PIPELINE.format(upto="graph")],
    "mtlspec check mtl:ple.mtl": ["-m", "mtlspec", "check", "mtl:ple.mtl"],
}
"""Whole processes, each with one step more than the one before."""


LEVELS = """
mtl 1
use "mtl:schemas/census.mtl"
model levels {{
    layer bottom = features -> mlp(8)
    stream h = bottom
    repeat {levels} {{
        expert e[4] = h -> mlp(8)
        gate h <- e by h
    }}
    head[task] = h
}}
"""


def main() -> None:
    """Prints all figures."""
    print(
        f"Python {platform.python_version()}, torch {version('torch')}, "
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    )
    print(f"\nwhole processes, {REPEATS} times each, in turn    median ms   best   step")
    show_processes()
    print("\nfrom text to a checked graph, one process     median ms   best")
    for levels in (95, 995):
        show_graph(LEVELS.format(levels=levels))
    print(f"\ntraining, {EPOCHS} epochs, rows/s without evaluation  median   best")
    for name, file in data_files().items():
        show_training(name, file)


def show_processes() -> None:
    """Prints the time of each process, and what its last step adds to the one before."""
    commands = {**DEPTHS, "mtlspec --help": ["-m", "mtlspec", "--help"]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(REPEATS + 1):  # the first of each warms the disk's cache
        for name, arguments in commands.items():
            times[name].append(milliseconds(arguments))
    before = 0.0
    for name in commands:
        median, best = statistics.median(times[name][1:]), min(times[name][1:])
        step = f"{median - before:+7.0f}" if name in DEPTHS else ""
        print(f"  {name:<44}{median:8.0f}{best:7.0f}{step}")
        before = median


def milliseconds(arguments: Sequence[str]) -> float:
    """The wall time of one Python process with these arguments."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - start) * 1000


def show_graph(text: str) -> None:
    """Prints the time to parse, build and check a spec that is in memory."""
    from mtlspec import pipeline
    from mtlspec.files import read_text

    def read(path: str) -> str:
        return text if path == "levels.mtl" else read_text(path)

    times: list[float] = []
    nodes = 0
    for _ in range(4):  # the first imports
        start = time.perf_counter()
        graph = pipeline.run("levels.mtl", read=read, upto="graph").graph
        times.append((time.perf_counter() - start) * 1000)
        nodes = sum(1 for _ in graph.nodes()) if graph else 0
    median, best = statistics.median(times[1:]), min(times[1:])
    print(f"  {f'a graph of {nodes:,} nodes':<44}{median:8,.0f}{best:7,.0f}")


def data_files() -> dict[str, Path]:
    """The sample, and the whole census data where it is."""
    from mtlspec.resources import sample

    folder = Path(os.environ.get("MTLSPEC_DATA", ROOT.parent / "shared" / "data"))
    whole = folder / "census_income_kdd" / "census_income_kdd_train.parquet"
    files = {"mtl:mmoe.mtl, sample": sample("census_16k_train.parquet")}
    return files | ({"mtl:mmoe.mtl, whole census": whole} if whole.exists() else {})


def show_training(name: str, data: Path) -> None:
    """Trains in a folder that is thrown away and prints the epochs' rows per second."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = ["-m", "mtlspec", "train", "mtl:mmoe.mtl", "--data", str(data)]
        command += ["--valid", "0.1", "--set", f"train.epochs={EPOCHS}", "--out", str(run)]
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=True)
        seconds = time.perf_counter() - start
        lines = (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    rates: list[float] = [json.loads(line)["rows_per_s"] for line in lines]
    print(
        f"  {name:<44}{statistics.median(rates):8,.0f}{max(rates):9,.0f}   {seconds:.1f} s in all"
    )


if __name__ == "__main__":
    main()
