"""What holds of every plan, after every pass."""

from mtlspec.graph.node import MASK
from mtlspec.plan.group import column_provider
from mtlspec.plan.plan import Bank, Inner, Plan, Reading, Source
from mtlspec.plan.providers import BATCH, is_label


class PlanBroken(AssertionError):
    """A pass broke the plan: a defect of mtlspec, never of a spec."""


def verify(plan: Plan, culprit: str) -> None:
    """Raises `PlanBroken`, naming the pass, where a reading or a cell leads nowhere."""
    columns = {column_provider(field.name) for field in plan.columns} | {*plan.joined, BATCH}
    columns |= {f"{MASK}{name}" for name in plan.masks} | set(plan.places)
    for bank in plan.banks:
        for problem in (_cells(bank), _readings(plan, bank, columns)):
            if problem:
                raise PlanBroken(f"{culprit} broke {bank.key}: {problem}")
    for task, head in plan.heads.items():
        for source in head.sources:
            if source.provider not in plan.by_key or not _found(plan, source):
                raise PlanBroken(f"{culprit} lost the head of {task}")


def _cells(bank: Bank) -> str:
    if not bank.members or not bank.cells:
        return "it is empty"
    for place, cell in enumerate(bank.cells):
        for operand in cell.operands:
            if isinstance(operand, Inner) and operand.cell >= place:
                return f"cell {place} reads cell {operand.cell}"
            if isinstance(operand, Reading) and len(operand.sources) != len(bank.members):
                return f"cell {place} reads {len(operand.sources)} sources"
    return ""


def _readings(plan: Plan, bank: Bank, columns: set[str]) -> str:
    for reading in bank.readings():
        for source in reading.sources:
            given = source.provider in columns or is_label(source.provider)
            if not given and not _found(plan, source):
                return f"{source} does not exist"
    return ""


def _found(plan: Plan, source: Source) -> bool:
    bank = plan.bank_of(source.provider)
    if bank is None:
        return False
    if not bank.stacked:
        return source.position is None
    return source.position is not None and source.position < len(bank.members)
