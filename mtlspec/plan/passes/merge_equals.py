"""Computes once what is the same for all members.

A component that is called for each task may work out, before any weight, what all tasks share: so
may a `let` of a family. Such a bank has one member, whose value all read who read any.
"""

from collections.abc import Set
from dataclasses import replace

from mtlspec.graph.node import Apply, ErrorOf, Mix, Prediction, Route
from mtlspec.plan.plan import Bank, Cell, Operand, Plan, Reading, Source
from mtlspec.plan.providers import key_of
from mtlspec.words.ops import Op
from mtlspec.words.routers import Router


def merge_equals(plan: Plan) -> Plan:
    """The same plan, in which no bank computes one value for each of its members."""
    merged: set[str] = set()
    banks: list[Bank] = []
    for bank in plan.banks:  # behind those that it reads
        read = replace(bank, cells=tuple(_reading_one(cell, merged) for cell in bank.cells))
        if bank.stacked and _is_equal(read):
            merged.add(bank.key)
            cells = tuple(_of_first(cell) for cell in read.cells)
            read = replace(read, members=read.members[:1], stacked=False, cells=cells)
        banks.append(read)
    heads = {
        task: replace(head, sources=tuple(_one(source, merged) for source in head.sources))
        for task, head in plan.heads.items()
    }
    return replace(plan, banks=tuple(banks), heads=heads) if merged else plan


def _is_equal(bank: Bank) -> bool:
    """Whether all members do the same with the same, and nothing that leaves a trace."""
    same = all(reading.one is not None for reading in bank.readings())
    return same and not bank.owns and all(map(_is_repeatable, bank.cells))


def _is_repeatable(cell: Cell) -> bool:
    """Whether what a cell does gives the same each time, and is not counted by members."""
    match cell.action:
        case Apply(op):
            word = op.word
            return isinstance(word, Op) and not (word.draws or word.remembers or cell.each)
        case Route(router):
            return isinstance(router.word, Router) and not router.word.draws
        case Mix() | ErrorOf() | Prediction():
            return True
        case _:
            return False


def _of_first(cell: Cell) -> Cell:
    return replace(cell, operands=tuple(map(_first, cell.operands)))


def _first(operand: Operand) -> Operand:
    if not isinstance(operand, Reading):
        return operand
    return replace(operand, sources=operand.sources[:1])


def _reading_one(cell: Cell, merged: Set[str]) -> Cell:
    def reading(operand: Operand) -> Operand:
        if not isinstance(operand, Reading):
            return operand
        return replace(operand, sources=tuple(_one(s, merged) for s in operand.sources))

    return replace(cell, operands=tuple(map(reading, cell.operands)))


def _one(source: Source, merged: Set[str]) -> Source:
    return replace(source, position=None) if key_of(source.provider) in merged else source
