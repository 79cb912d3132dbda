"""Plan → compiled model."""

from mtlspec.emit.compiled import Compiled
from mtlspec.emit.module import write_module
from mtlspec.graph.build import Built
from mtlspec.graph.effective import effective_text
from mtlspec.graph.program import Program
from mtlspec.plan.plan import Plan
from mtlspec.pysource import print_module


def compile_plan(program: Program, built: Built, plan: Plan) -> Compiled:
    """The source of a plan and what belongs to it."""
    spec_text = effective_text(program)
    source = program.models[0].span.file
    text = print_module(write_module(plan, source, spec_text))
    return Compiled(text, built.graph, plan, built.train, spec_text)
