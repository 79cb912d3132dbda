"""The sentence as code: text → tree → graph → plan → Python.

One function, one line an arrow. It reads files through the function that it is given, writes
none, and keeps nothing between calls.
"""

import gc
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mtlspec.diagnostics import Report
from mtlspec.source import Peek, Read, SourceFile

if TYPE_CHECKING:
    from mtlspec.emit.compiled import Compiled
    from mtlspec.graph.build import Built
    from mtlspec.graph.files.program import Program
    from mtlspec.graph.graph import Graph
    from mtlspec.plan.plan import Plan

Stage = Literal["tree", "graph", "plan", "python"]


@dataclass(slots=True)
class Outcome:
    """What each arrow gave; None from the arrow on that an error stopped."""

    report: Report = field(default_factory=Report)
    files: tuple[SourceFile, ...] = ()
    program: "Program | None" = None
    built: "Built | None" = None
    plan: "Plan | None" = None
    code: "Compiled | None" = None

    @property
    def graph(self) -> "Graph | None":
        return self.built.graph if self.built else None


@contextmanager
def _uncollected() -> Generator[None]:
    """Without the collector of circles, which would walk through all nodes again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # what was made counts as old from now on, else it would be walked through all at once
        gc.freeze()
        gc.unfreeze()
        if was_on:
            gc.enable()


@_uncollected()
def run(
    path: str,
    *,
    read: Read,
    peek: Peek | None = None,
    overlays: Mapping[str, str] | None = None,
    schema: str | None = None,
    sizes: Mapping[str, int] | None = None,
    upto: Stage = "python",
) -> Outcome:
    """From a spec file as far as `upto`; mistakes are in the outcome's report, never raised.

    `peek` reads in files of weights; without it they are not looked at, as for a run, which has
    weights of its own.
    `overlays` are `--set` keys and values as text, `schema` a file that takes the place of the
    spec's own features and tasks, `sizes` the rows of tables and the classes of tasks that are
    known from data.
    """
    from mtlspec.graph.files.overlay import lay_over
    from mtlspec.graph.files.program import load_program

    outcome = Outcome()
    outcome.program = load_program(path, read, outcome.report, schema)
    outcome.files = tuple(outcome.program.files)
    lay_over(outcome.program, overlays or {}, outcome.report)
    if upto == "tree":
        return outcome

    from mtlspec.check import check
    from mtlspec.graph.build import build_graph
    from mtlspec.graph.files.origins import tell_origins

    outcome.built = build_graph(outcome.program, outcome.report, sizes or {}, peek)
    if outcome.built is not None:
        check(outcome.built, outcome.report)
    tell_origins(outcome.program, outcome.report)
    if upto == "graph" or outcome.built is None or outcome.report.errors:
        return outcome

    from mtlspec.plan.make import make_plan

    outcome.plan = make_plan(outcome.built.graph, sizes or {})
    if upto == "plan":
        return outcome

    from mtlspec.emit.compile import compile_plan

    outcome.code = compile_plan(outcome.program, outcome.built, outcome.plan)
    return outcome
