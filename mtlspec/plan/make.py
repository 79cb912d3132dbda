"""Graph → plan: the first grouping, then the passes, each verified."""

from collections.abc import Callable, Mapping

from mtlspec.graph.graph import Graph
from mtlspec.plan.group import group_members
from mtlspec.plan.passes.break_circles import break_circles
from mtlspec.plan.passes.merge_equals import merge_equals
from mtlspec.plan.passes.name_banks import name_banks
from mtlspec.plan.passes.order_banks import order_banks
from mtlspec.plan.passes.split_blocks import split_blocks
from mtlspec.plan.passes.unstack_singles import unstack_singles
from mtlspec.plan.plan import Plan
from mtlspec.plan.verify import verify

PASSES: tuple[Callable[[Plan], Plan], ...] = (
    break_circles,
    split_blocks,
    order_banks,
    merge_equals,
    unstack_singles,
    name_banks,
)


def make_plan(graph: Graph, sizes: Mapping[str, int]) -> Plan:
    """The plan of a graph; `sizes` gives the rows of the tables that are known from data."""
    plan = group_members(graph, sizes)
    verify(plan, "group_members")
    for run in PASSES:
        plan = run(plan)
        verify(plan, run.__name__)
    return plan
