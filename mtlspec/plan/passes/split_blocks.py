"""Splits blocks whose members are not called in their order by all who call them.

A block of several members is one stack of weights as long as every statement that uses it calls
all of them in order, once or several times. Else each member becomes a layer of its own.
"""

from collections.abc import Iterator, Set
from dataclasses import replace

from mtlspec.graph.node import Apply
from mtlspec.plan.plan import Bank, Cell, Operand, Plan, Reading, Source
from mtlspec.plan.providers import key_of, with_key
from mtlspec.words.ops import Op


def split_blocks(plan: Plan) -> Plan:
    """The same plan, in which whoever reads a stacked block reads all of it in order."""
    keys = {
        key
        for bank in plan.banks
        for cell in bank.cells
        for reading in cell.operands
        if isinstance(reading, Reading)
        for key in map(key_of, reading.providers)
        if _is_stack(plan, key) and not _may_call(cell, reading, len(plan.by_key[key].members))
    }
    if not keys:
        return plan
    banks: list[Bank] = []
    for bank in plan.banks:
        cells = tuple(_reading_members(cell, keys) for cell in bank.cells)
        whole = replace(bank, cells=cells)
        banks.extend(_members(whole) if bank.key in keys else [whole])
    return replace(plan, banks=tuple(banks))


def _is_stack(plan: Plan, key: str) -> bool:
    bank = plan.by_key.get(key)
    return bank is not None and bank.lends and bank.stacked


def _may_call(cell: Cell, reading: Reading, count: int) -> bool:
    """Whether a stack of `count` can be called as it is read."""
    word = cell.action.op.word if isinstance(cell.action, Apply) else None
    rounds = reading.rounds(count)
    return (
        rounds == (1, 1) if isinstance(word, Op) and not word.reads_groups else rounds is not None
    )


def _members(bank: Bank) -> Iterator[Bank]:
    for place, member in enumerate(bank.members):
        cells = tuple(replace(cell, owned=cell.owned[place : place + 1]) for cell in bank.cells)
        key = f"{bank.key}.{place}"
        yield replace(bank, key=key, members=(member,), stacked=False, cells=cells)


def _reading_members(cell: Cell, keys: Set[str]) -> Cell:
    return replace(cell, operands=tuple(_of_members(operand, keys) for operand in cell.operands))


def _of_members(operand: Operand, keys: Set[str]) -> Operand:
    if not isinstance(operand, Reading):
        return operand
    return replace(operand, sources=tuple(_of_member(s, keys) for s in operand.sources))


def _of_member(source: Source, keys: Set[str]) -> Source:
    key = key_of(source.provider)
    if key not in keys:
        return source
    return Source(with_key(source.provider, f"{key}.{source.position}"), None)
