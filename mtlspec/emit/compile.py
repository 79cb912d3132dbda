"""Plan → compiled model."""

from collections.abc import Iterator

from mtlspec.emit.compiled import Compiled
from mtlspec.emit.module import write_module
from mtlspec.graph.build import Built
from mtlspec.graph.files.effective import effective_text
from mtlspec.graph.files.program import Program
from mtlspec.plan.plan import Plan
from mtlspec.pysource import print_module
from mtlspec.source import SourceFile, Span
from mtlspec.syntax import tree


def compile_plan(program: Program, built: Built, plan: Plan) -> Compiled:
    """The source of a plan and what belongs to it."""
    spec_text = effective_text(program, built.paths)
    source = program.models[0].span.file
    text = print_module(write_module(plan, source, spec_text, _components(program, plan, source)))
    return Compiled(text, built.graph, plan, built.train, spec_text)


def _components(program: Program, plan: Plan, source: SourceFile) -> list[Span]:
    """The components that a model calls from other files, in the order of the program."""
    called = {caller.component for bank in plan.banks for caller in bank.statement.callers()}
    spans = [c.span for c in _declared(program) if c.name.name in called]
    return [span for span in dict.fromkeys(spans) if span.file is not source]


def _declared(program: Program) -> Iterator[tree.Component]:
    for prefixed in program.prefixed:
        yield from _declared(prefixed.program)
    yield from program.components
