"""mtlspec: multi-task models as specifications.

    compiled = mtlspec.compile("mtl:ple.mtl", set={"own": "5"})
    print(compiled.source)

Whatever is wrong with a spec, its data or a run is raised as `SpecError`, whose `diagnostics` say
where and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mtlspec.diagnostics import Diagnostic, SpecError
from mtlspec.files import read_text

if TYPE_CHECKING:
    from mtlspec.emit.compiled import Compiled
    from mtlspec.pipeline import Outcome

__version__ = "0.1.0"

__all__ = ["Diagnostic", "SpecError", "Text", "check", "compile"]


@dataclass(frozen=True, slots=True)
class Text:
    """A spec that is in memory; `name` is how messages call it, and `use` is relative to it."""

    name: str
    text: str


def check(
    spec: str | Path | Text,
    *,
    set: Mapping[str, str] | None = None,
    schema: str | Path | None = None,
) -> tuple[Diagnostic, ...]:
    """Everything that is to be said of a spec: errors, warnings, notes. Needs no torch."""
    return tuple(_run(spec, set, schema, "graph").report.found)


def compile(
    spec: str | Path | Text,
    *,
    set: Mapping[str, str] | None = None,
    schema: str | Path | None = None,
    sizes: Mapping[str, int] | None = None,
) -> "Compiled":
    """The compiled model of a spec. Raises `SpecError` where the spec has errors.

    `set` holds keys and values as after `--set`; `schema` is a file whose features and tasks
    take the place of the spec's own; `sizes` gives the rows of tables, by feature.
    """
    outcome = _run(spec, set, schema, "python", sizes)
    outcome.report.stop_on_errors()
    assert outcome.code is not None
    return outcome.code


def _run(
    spec: str | Path | Text,
    overlays: Mapping[str, str] | None,
    schema: str | Path | None,
    upto: str,
    sizes: Mapping[str, int] | None = None,
) -> "Outcome":
    from mtlspec import pipeline

    def read(path: str) -> str:
        if isinstance(spec, Text) and path == spec.name:
            return spec.text
        return read_text(path)

    return pipeline.run(
        spec.name if isinstance(spec, Text) else str(spec),
        read=read,
        overlays=overlays,
        schema=None if schema is None else str(schema),
        sizes=sizes,
        upto="graph" if upto == "graph" else "python",
    )
