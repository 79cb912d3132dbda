"""The folder of a run: its name, its files, and what is told when it cannot be had.

spec.mtl  model.py  run.json  features/fitted.json  metrics.jsonl
checkpoints/best.safetensors  checkpoints/last.safetensors
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mtlspec.diagnostics import Error, SpecError, closest
from mtlspec.training.files import not_written

RUNS = Path("runs")
"""Where runs lie that are not told where to go."""
LAST = "@last"
"""The newest of them."""


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """Where the files of a run are."""

    path: Path

    @property
    def spec(self) -> Path:
        """The effective spec, in one file."""
        return self.path / "spec.mtl"

    @property
    def model(self) -> Path:
        """The emitted source, to be read; opening a run never executes it."""
        return self.path / "model.py"

    @property
    def info(self) -> Path:
        return self.path / "run.json"

    @property
    def fitted(self) -> Path:
        """Vocabularies and statistics of the training rows."""
        return self.path / "features" / "fitted.json"

    @property
    def metrics(self) -> Path:
        """A line per epoch."""
        return self.path / "metrics.jsonl"

    @property
    def best(self) -> Path:
        return self.path / "checkpoints" / "best.safetensors"

    @property
    def last(self) -> Path:
        return self.path / "checkpoints" / "last.safetensors"

    def make_folders(self) -> None:
        """Makes what the files lie in; raises `SpecError` where that fails."""
        try:
            for path in (self.fitted, self.best):
                path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise not_written(self.path, error) from error


@contextmanager
def claim(out: str | None, spec: str) -> Generator[RunDirectory]:
    """Makes the folder of a new run: `out`, or the next `runs/<spec>-<n>`.

    Where the block ends before anything is written, the folders that were made are removed.
    Raises `SpecError` where the folder is in use or cannot be made.
    """
    made: list[Path] = []
    try:
        path = _take(Path(out) if out is not None else None, spec, made)
    except OSError as error:
        _remove_empty(made)
        raise not_written(Path(error.filename or out or RUNS), error) from error
    try:
        yield RunDirectory(path)
    finally:
        _remove_empty(made)


def _take(out: Path | None, spec: str, made: list[Path]) -> Path:
    """The folder of the run, which is ours from now on."""
    if out is None:
        _make(RUNS, made)
        while True:
            path = RUNS / _next_name(spec)
            try:
                path.mkdir()
            except FileExistsError:  # another run took the name just now
                continue
            made.append(path)
            return path
    if out.is_dir() and any(out.iterdir()):
        raise SpecError([RunFolderTaken(str(out))])
    _make(out, made)
    if not os.access(out, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "Permission denied", str(out))
    return out


def _make(folder: Path, made: list[Path]) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    made.extend(reversed(missing))


def _remove_empty(made: list[Path]) -> None:
    for folder in reversed(made):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def find_run(name: str) -> RunDirectory:
    """The run that is meant: a folder, a name below `runs`, or `@last`.

    Raises `SpecError` where there is none.
    """
    known = _known_runs()
    if name == LAST and known:
        return RunDirectory(max(known, key=lambda path: (path / "run.json").stat().st_mtime_ns))
    for path in (Path(name), RUNS / name):
        if (path / "run.json").is_file():
            return RunDirectory(path)
    raise SpecError([NoSuchRun(name, tuple(path.name for path in known))])


def _known_runs() -> list[Path]:
    return [path.parent for path in sorted(RUNS.glob("*/run.json"))]


def _next_name(spec: str) -> str:
    """`<spec>-<n>`, one above the highest n that is taken."""
    stem = re.sub(r"[^\w.-]+", "", Path(spec.rpartition(":")[2]).stem) or "spec"
    numbered = re.compile(re.escape(stem) + r"-(\d+)")
    taken = [numbered.fullmatch(path.name) for path in RUNS.iterdir()]
    return f"{stem}-{1 + max((int(match[1]) for match in taken if match), default=0)}"


# --- what may be wrong ---------------------------------------------------------------------------


class RunFolderTaken(Error):
    """A new run goes into a folder of its own.

    What it means: the folder after `--out` is there and holds files, perhaps another run.

    Example:
        mtlspec train ple.mtl --data census.parquet --out runs/ple
        mtlspec train ple.mtl --data census.parquet --out runs/ple

    Instead:
        mtlspec train ple.mtl --data census.parquet --out runs/ple
        mtlspec train ple.mtl --data census.parquet --out runs/ple-again

    Why: weights, spec and metrics of two runs in one folder could not be told apart. Nothing is
    overwritten or deleted; an empty folder is taken.
    """

    id = "MTL0701"
    title = "a new run goes into a folder of its own"
    path: str

    def headline(self) -> str:
        return f"the folder `{self.path}` is not empty"

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        return "name another folder, or leave `--out` away: runs are numbered then"


class NoSuchRun(Error):
    """A run is a folder that `mtlspec train` wrote.

    What it means: there is no such folder, or it holds no `run.json`. A run is named by its path,
    by its name where it lies below `runs`, or `@last` for the newest there.

    Example:
        mtlspec export runs/ple.mtl -o ple.onnx

    Instead:
        mtlspec export runs/ple-1 -o ple.onnx

    Why: a run's spec, vocabularies and weights belong together; one alone is not enough.
    """

    id = "MTL0708"
    title = "a run is a folder that `mtlspec train` wrote"
    name: str
    known: tuple[str, ...]

    def headline(self) -> str:
        return f"`{self.name}` is not a run"

    def help(self) -> str:
        meant = closest(Path(self.name).name, self.known)
        if meant:
            return f"did you mean `{RUNS / meant}`?"
        if not self.known:
            return f"there are no runs below `{RUNS}` yet"
        shown = ", ".join(f"`{RUNS / name}`" for name in self.known[-5:])
        return f"there are {shown}" if len(self.known) <= 5 else f"the latest names are {shown}"
