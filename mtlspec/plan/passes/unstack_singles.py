"""Takes the member axis from banks with one member: what stands alone is no stack.

`layer z[task] = … z[task - 1] …` is a chain of banks with a member each, a head of its own kind a
bank with one; each is plain layers, [out, in], and a plain value.
"""

from collections.abc import Set
from dataclasses import replace

from mtlspec.plan.plan import Cell, Operand, Plan, Reading, Source
from mtlspec.plan.providers import key_of


def unstack_singles(plan: Plan) -> Plan:
    """The same plan, in which every stack has several members."""
    keys = {bank.key for bank in plan.banks if bank.stacked and len(bank.members) == 1}
    if not keys:
        return plan
    banks = tuple(
        replace(
            bank,
            stacked=bank.stacked and bank.key not in keys,
            cells=tuple(_reading_values(cell, keys) for cell in bank.cells),
        )
        for bank in plan.banks
    )
    heads = {
        task: replace(head, sources=tuple(_of_value(source, keys) for source in head.sources))
        for task, head in plan.heads.items()
    }
    return replace(plan, banks=banks, heads=heads)


def _reading_values(cell: Cell, keys: Set[str]) -> Cell:
    return replace(cell, operands=tuple(_of_values(operand, keys) for operand in cell.operands))


def _of_values(operand: Operand, keys: Set[str]) -> Operand:
    if not isinstance(operand, Reading):
        return operand
    return replace(operand, sources=tuple(_of_value(source, keys) for source in operand.sources))


def _of_value(source: Source, keys: Set[str]) -> Source:
    return replace(source, position=None) if key_of(source.provider) in keys else source
