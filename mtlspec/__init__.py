"""mtlspec: multi-task models as specifications.

    compiled = mtlspec.compile("mtl:ple.mtl", set={"own": "5"})
    print(compiled.source)
    mtlspec.train("mtl:ple.mtl", data="train.parquet", out="runs/first")
    run = mtlspec.open_run("runs/first")

Whatever is wrong with a spec, its data or a run is raised as `SpecError`, whose `diagnostics` say
where and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mtlspec.diagnostics import Diagnostic, SpecError
from mtlspec.files import read_part, read_text

if TYPE_CHECKING:
    from mtlspec.emit.compiled import Compiled
    from mtlspec.pipeline import Outcome
    from mtlspec.source import Peek
    from mtlspec.training import Run, RunResult

__version__ = "0.1.0"

__all__ = [
    "Diagnostic",
    "Spec",
    "SpecError",
    "Text",
    "compile",
    "load",
    "open_run",
    "train",
]


@dataclass(frozen=True, slots=True)
class Text:
    """A spec that is in memory; `name` is how messages call it, and `use` is relative to it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec as far as it can be understood: `diagnostics` say what is wrong with it."""

    source: str | Path | Text
    set: Mapping[str, str]
    schema: str | Path | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ok(self) -> bool:
        return not any(d.severity == "error" for d in self.diagnostics)

    def compile(self, sizes: Mapping[str, int] | None = None) -> "Compiled":
        """The compiled model. Raises `SpecError` where the spec has errors."""
        return compile(self.source, set=self.set, schema=self.schema, sizes=sizes)


def load(
    spec: str | Path | Text,
    *,
    set: Mapping[str, str] | None = None,
    schema: str | Path | None = None,
) -> Spec:
    """Reads and checks a spec; everything that is to be said of it is in its `diagnostics`.

    `set` holds keys and values as after `--set`; `schema` is a file whose features and tasks
    take the place of the spec's own. Needs no torch.
    """
    found = _run(spec, set, schema, "graph").report.found
    return Spec(spec, dict(set or {}), schema, tuple(found))


def compile(
    spec: str | Path | Text,
    *,
    set: Mapping[str, str] | None = None,
    schema: str | Path | None = None,
    sizes: Mapping[str, int] | None = None,
) -> "Compiled":
    """The compiled model of a spec; `sizes` gives the rows of tables, by feature.

    Raises `SpecError` where the spec has errors.
    """
    outcome = _run(spec, set, schema, "python", sizes)
    outcome.report.stop_on_errors()
    assert outcome.code is not None
    return outcome.code


def train(
    spec: str | Path | Text,
    *,
    data: str | Path,
    valid: str | Path | None = None,
    out: str | Path | None = None,
    set: Mapping[str, str] | None = None,
    schema: str | Path | None = None,
    seed: int | None = None,
    threads: int | None = None,
) -> "RunResult":
    """Trains a spec and leaves a run behind, as `mtlspec train` does, without a word.

    `valid` is a data set or a share of `data` such as `"0.1"`; `out` a folder that is new or
    empty. Raises `SpecError` for whatever is wrong with the spec, the data or the folder.
    """
    from mtlspec.training import TrainRequest
    from mtlspec.training import train as train_run

    name = spec.name if isinstance(spec, Text) else str(spec)
    request = TrainRequest(
        name,
        str(data),
        None if valid is None else str(valid),
        None if out is None else str(out),
        seed,
        threads,
        "none",
    )
    return train_run(request, lambda sizes: compile(spec, set=set, schema=schema, sizes=sizes))


def open_run(name: str | Path) -> "Run":
    """A finished run: its compiled spec, what was fitted, and the module with its best weights.

    `name` is a folder, a name below `runs`, or `@last`. `mtlspec.export.export` writes its ONNX.
    Raises `SpecError` where it is not a whole run.
    """
    from mtlspec import training

    return training.open_run(str(name), _compile_run)


def _compile_run(path: str, sizes: Mapping[str, int]) -> "Compiled":
    """The compiled model of a run's spec. The run has weights of its own: no others are read."""
    outcome = _run(path, None, None, "python", sizes, peek=None)
    outcome.report.stop_on_errors()
    assert outcome.code is not None
    return outcome.code


def _run(
    spec: str | Path | Text,
    overlays: Mapping[str, str] | None,
    schema: str | Path | None,
    upto: Literal["graph", "python"],
    sizes: Mapping[str, int] | None = None,
    peek: "Peek | None" = read_part,
) -> "Outcome":
    from mtlspec import pipeline

    def read(path: str) -> str:
        if isinstance(spec, Text) and path == spec.name:
            return spec.text
        return read_text(path)

    return pipeline.run(
        spec.name if isinstance(spec, Text) else str(spec),
        read=read,
        peek=peek,
        overlays=overlays,
        schema=None if schema is None else str(schema),
        sizes=sizes,
        upto=upto,
    )
