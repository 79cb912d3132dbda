"""Gives banks the names that a reader meets: `mine_1`, class `Mine1`."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from mtlspec.graph.node import Apply, Held, Route
from mtlspec.graph.schema import FeatureField
from mtlspec.names import class_name, fresh, identifier
from mtlspec.plan.plan import Bank, Plan
from mtlspec.plan.providers import mask_variable
from mtlspec.plan.titles import Titles
from mtlspec.words.ops import Op
from mtlspec.words.routers import Router
from mtlspec.words.word import Bound

OWN = ("blend", "mix", "mix_channels", "row_mean", "table")
"""Functions of ours that an emitted file may hold."""


def name_banks(plan: Plan) -> Plan:
    """The same plan with an identifier and a class name for each bank, all different."""
    pieces = Counter(bank.statement.title for bank in plan.banks if not bank.part)
    taken = functions(plan) | {identifier(provider) for provider in plan.joined}
    taken |= {mask_variable(name) for name in plan.masks} | set(map(identifier, plan.places))
    classes = {class_name(plan.name), *_classes(plan)}
    banks: list[Bank] = []
    titles = Titles(plan)
    for bank in plan.banks:
        base = _base(titles.of(bank), bank, alone=pieces[bank.statement.title] == 1)
        name = fresh(identifier(base), taken)
        mixes = bank.statement.keyword in ("gate", "stitch")
        prefix = f"{bank.statement.keyword}_" if mixes else ""
        class_ = fresh(class_name(prefix + base), classes)
        banks.append(replace(bank, name=name, class_name=class_, given_as=titles.alone(bank)))
    return replace(plan, class_name=class_name(plan.name), banks=tuple(banks))


def _base(title: str, bank: Bank, *, alone: bool) -> str:
    labels = () if alone or not bank.members[0] else bank.members[0]
    return "_".join([title, *map(str, labels)])


def functions(plan: Plan) -> set[str]:
    """The functions that the emitted file may hold, which no variable may hide."""
    found: set[str] = set(OWN)
    for task in plan.tasks:
        found.update(task.word.functions(task.options, plan.heads[task.name].type.meaning))
    for field in _fields(plan):
        found.update(name for _, name in field.word.needs(field.options))
    for bank in plan.banks:
        for cell in bank.cells:
            match cell.action:
                case Apply(Bound(Op() as op, options)):
                    found.update(name for _, name in op.copies(options))
                case Route(Bound(Router() as router, options)):
                    found.update(name for _, name in router.copies(options))
                case _:
                    pass
    return found


def _classes(plan: Plan) -> set[str]:
    """The classes of words that the emitted file may hold."""
    found = {name for field in _fields(plan) for _, name in field.word.classes(field.options)}
    for bank in plan.banks:
        for cell in bank.cells:
            if isinstance(cell.action, Apply | Held) and isinstance(cell.action.op.word, Op):
                found.update(cell.action.op.word.classes)
    return found


def _fields(plan: Plan) -> Iterator[FeatureField]:
    """The features that it reads, through shared tables or through others."""
    yield from plan.columns
    for bank in plan.banks:
        for cell in bank.cells:
            yield from cell.columns
