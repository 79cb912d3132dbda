"""Plans of small models, as lists of what stands in them."""

from collections.abc import Mapping

from mtlspec.graph.node import Apply, Mix
from mtlspec.plan.group import group_members
from mtlspec.plan.make import make_plan
from mtlspec.plan.plan import Inner, Plan, Reading
from tests.graph.programs import build, graph_of


def plan_of(statements: str, *, before: str = "", sizes: Mapping[str, int] | None = None) -> Plan:
    return make_plan(build(statements, before=before), sizes or {})


def first_plan_of(statements: str, *, before: str = "") -> Plan:
    """The plan before any pass."""
    return group_members(build(statements, before=before), {})


def plan_of_text(text: str, **given) -> Plan:
    return make_plan(graph_of(text, **given), {})


def banks(plan: Plan) -> dict[str, list[str]]:
    """The logical names of the members of each bank, in order of computation."""
    return {
        bank.name: [bank.logical(member) for member in range(len(bank.members))]
        for bank in plan.banks
    }


def tensors(plan: Plan) -> dict[str, tuple[int, ...]]:
    return {slot.attribute: slot.shape for slot in plan.slots}


def ops(plan: Plan, name: str) -> list[str]:
    """What each cell of a bank does, and what all members together read, by cell or by bank."""
    (bank,) = (bank for bank in plan.banks if bank.name == name)
    return [f"{_action(cell.action)}({_reads(plan, cell.operands)})" for cell in bank.cells]


def _action(action: object) -> str:
    if isinstance(action, Apply):
        return action.op.word.name
    return "mix" if isinstance(action, Mix) else type(action).__name__.lower()


def _reads(plan: Plan, operands: tuple[Inner | Reading, ...]) -> str:
    return "; ".join(
        f".{operand.cell}" if isinstance(operand, Inner) else _sources(plan, operand)
        for operand in operands
    )


def _sources(plan: Plan, reading: Reading) -> str:
    found = [reading.one] if reading.one else reading.sources
    shown = []
    for source in found:
        bank = plan.bank_of(source.provider)
        shown.append(bank.logical(source.position or 0) if bank else source.provider)
    return " ".join(shown)
