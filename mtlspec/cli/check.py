"""The command `check`: the errors of any number of specs, or one line for each that has none."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from mtlspec.cli.output import (
    ColorChoice,
    count,
    find_specs,
    give,
    has_color,
    read_spec,
    width_of,
)
from mtlspec.cli.usage import Color, Schema, Settings, parse_settings
from mtlspec.diagnostics import Diagnostic
from mtlspec.diagnostics.structured import to_dict
from mtlspec.diagnostics.terminal import Format, render, summary
from mtlspec.files import read_part
from mtlspec.graph.build import OneModel
from mtlspec.graph.fields.schemas import field_keys
from mtlspec.graph.files.program import Program
from mtlspec.graph.graph import Graph
from mtlspec.pipeline import Outcome, run

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Checked:
    """A spec and what is to be said of it; `facts` counts what it has, by singular nouns."""

    path: str
    has_model: bool
    found: tuple[Diagnostic, ...]
    facts: Mapping[str, int]

    @property
    def failed(self) -> bool:
        return any(diagnostic.severity == "error" for diagnostic in self.found)

    def shown(self, verbose: bool) -> Iterator[Diagnostic]:
        """What is shown in full: where there are no errors, notes only if asked for."""
        for diagnostic in self.found:
            if verbose or self.failed or diagnostic.severity != "note":
                yield diagnostic

    def answer(self, name: str, verbose: bool) -> Iterator[str]:
        """What a spec without errors is told: a line, and the names of notes that are not shown."""
        facts = [count(number, noun) for noun, number in self.facts.items() if number]
        facts += [] if self.has_model else ["no model"]
        yield f"ok  {' · '.join((name, *facts))}"
        notes = [d.id for d in self.found if d.severity == "note"]
        if notes and not verbose:
            yield f"    {count(len(notes), 'note')} (-v): {', '.join(dict.fromkeys(notes))}"


def check(
    files: Annotated[tuple[str, ...], Parameter(name="FILE")],
    /,
    *,
    settings: Settings = (),
    schema: Schema = None,
    format: Literal["full", "concise", "json"] = "full",
    color: Color = "auto",
    verbose: Annotated[bool, Parameter(name=["--verbose", "-v"], negative="")] = False,
) -> int:
    """Report the errors of specs, all of them at once.

    A spec without errors answers in one line. The exit code is 1 if any has an
    error, else 0.

    Example: mtlspec check specs/ple.mtl --set own=5

    Parameters
    ----------
    files
        Specs, folders of specs or globs; `-` is stdin, `mtl:ple.mtl` the library's.
    format
        `concise` is one line for each message, `json` is for programs.
    verbose
        Show the notes of specs without errors, too.
    """
    start = time.perf_counter()
    overlays = parse_settings(settings)
    checked = [check_one(path, overlays, schema) for path in find_specs(files)]
    if format == "json":
        give(_show_json(checked))
    else:
        give(_show_text(checked, format, color, verbose, time.perf_counter() - start))
    return 1 if any(item.failed for item in checked) else 0


def check_one(path: str, overlays: Mapping[str, str], schema: str | None) -> Checked:
    """Checks one spec. A file that is a part of a program, such as a schema, needs no model."""
    outcome = run(
        path, read=read_spec, peek=read_part, overlays=overlays, schema=schema, upto="graph"
    )
    part = is_part(outcome.program)
    found = tuple(d for d in outcome.report.found if not (part and isinstance(d, OneModel)))
    return Checked(path, not part, found, dict(_facts(outcome)))


def is_part(program: Program | None) -> bool:
    """Whether a program is a part of others, such as a schema, and needs no model."""
    if program is None or program.models:
        return False
    return any((program.params, program.sets, program.features, program.tasks, program.components))


def _facts(outcome: Outcome) -> Iterator[tuple[str, int]]:
    if outcome.graph is not None:
        yield from _graph_facts(outcome.graph)
    elif outcome.program is not None:
        yield "feature", len(list(field_keys(outcome.program.features)))
        yield "task", len(list(field_keys(outcome.program.tasks)))


def _graph_facts(graph: Graph) -> Iterator[tuple[str, int]]:
    yield "task", len(graph.tasks)
    yield "level", max((s.iteration[0] for s in graph.statements if s.iteration), default=0)
    yield "parameter", graph.parameter_count()
    shared = len({field.table.name for field in graph.embedded if field.table})
    own = sum(p.rows_of is not None for node in graph.built() for p in node.parameters)
    yield "table", shared + own


# --- what is shown -------------------------------------------------------------------------------


def _show_text(
    checked: Iterable[Checked], format: Format, color: ColorChoice, verbose: bool, seconds: float
) -> str:
    items = tuple(checked)
    shown = tuple(_distinct(d for item in items for d in item.shown(verbose)))
    paint = has_color(sys.stdout, color)
    text = render(shown, width=width_of(sys.stdout), color=paint, format=format) if shown else ""
    if format == "concise":
        return text
    answers: list[str] = []
    for item in items:
        if not item.failed:
            name = item.path if len(items) > 1 else Path(item.path).name
            answers += item.answer(name, verbose)
    closing = ""
    if any(item.failed for item in items):
        files = {label.span.file.path for diagnostic in shown for label in diagnostic.marks()}
        closing = summary(shown, files=len(files), seconds=seconds, color=paint)
    return "\n\n".join(part for part in (text, "\n".join(answers), closing) if part)


def _distinct(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Each message once, though several specs may use the file that it is about."""
    seen: set[tuple[str, str, str]] = set()
    for diagnostic in found:
        label = diagnostic.primary
        key = (diagnostic.id, diagnostic.headline(), label.span.place if label else "")
        if key not in seen:
            seen.add(key)
            yield diagnostic


def _show_json(checked: Iterable[Checked]) -> str:
    files = [
        {
            "file": item.path,
            "ok": not item.failed,
            "facts": {} if item.failed else dict(item.facts),
            "diagnostics": [to_dict(diagnostic) for diagnostic in item.found],
        }
        for item in checked
    ]
    return json.dumps({"format_version": FORMAT_VERSION, "files": files}, indent=2)
