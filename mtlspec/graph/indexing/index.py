"""Indices on the left of a statement: the members that they declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import closest
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.components.called import unseen
from mtlspec.graph.expressions import express
from mtlspec.graph.indexing import picks, sets
from mtlspec.graph.indexing.membership import MOST_MEMBERS, NotAnIndex, TooMany
from mtlspec.graph.naming.hiding import declared_before
from mtlspec.graph.naming.names import NameTwice, UnknownName, listed
from mtlspec.graph.naming.scope import Bound, Sets, Symbol, TaskFamily, TaskName
from mtlspec.graph.node import Index
from mtlspec.graph.node import Label as Name
from mtlspec.graph.values import (
    FAILED,
    Bare,
    Element,
    Failed,
    IndexSet,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree


@dataclass(frozen=True, slots=True)
class Place:
    """One member that a left side declares: its index, and the names that it binds.

    `ranks` are the places of its labels in their sets, by which a family is ordered.
    """

    index: Index
    names: Mapping[str, Symbol]
    ranks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One label of one index, with its place in its set and the name it is bound to, if any."""

    label: Name
    rank: int
    names: Mapping[str, Symbol]


def declare(b: Builder, index: Sequence[tree.Index] | None, where: Where) -> list[Place] | Failed:
    """The members that `name[index]` on the left declares, in order."""
    places = [Place((), {})]
    for item in index or ():
        grown: list[Place] = []
        for place in places:
            choices = _declared(b, item, where.seeing(where.scope.inside(place.names)))
            if isinstance(choices, Failed):
                return FAILED
            grown.extend(_extended(place, choice) for choice in choices)
            if len(grown) > MOST_MEMBERS:
                b.report.add(TooMany(len(grown), item.span))
                return FAILED
        places = grown
    return places


def _extended(place: Place, choice: Choice) -> Place:
    names = {**place.names, **choice.names}
    return Place((*place.index, choice.label), names, (*place.ranks, choice.rank))


def _declared(b: Builder, item: tree.Index, where: Where) -> list[Choice] | Failed:
    if isinstance(item, tree.Bind):
        return _bind(b, item, where)
    if isinstance(item, tree.Every | tree.Others | tree.Range):
        hint = "the name of a set makes a member for each of it: `[task]`, `[t in task[2..]]`"
        b.report.add(NotAnIndex("a choice among members that exist", item.span, hint))
        return FAILED
    match value := express.value(b, item, where):
        case IndexSet():
            return _members(value, item.name if isinstance(item, tree.Name) else None, item.span)
        case Element():
            return [Choice(value.label, value.place, {})]
        case bool():
            return _refuse(b, item, where, value)
        case int():
            return _counted(b, value, item.span)
        case Bare(label) | str(label):
            element = picks.named_element(label, where)
            if element is None:
                return _refuse(b, item, where, value)
            return [Choice(element.label, element.place, {})]
        case Failed():
            return FAILED
        case _:
            return _refuse(b, item, where, value)


def _members(chosen: IndexSet, name: str | None, span: Span) -> list[Choice]:
    home = chosen.home or chosen
    places = {label: place for place, label in enumerate(home.labels, start=1)}
    return [
        Choice(e.label, places[e.label], {name: Bound(name, span, e)} if name else {})
        for e in chosen.elements()
    ]


def _counted(b: Builder, count: int, span: Span) -> list[Choice] | Failed:
    if count > MOST_MEMBERS:
        b.report.add(TooMany(count, span))
        return FAILED
    if count < 0:
        b.report.add(NotAnIndex(f"{count} members", span))
        return FAILED
    return [Choice(number, number, {}) for number in range(1, count + 1)]


def _refuse(b: Builder, item: tree.Index, where: Where, value: Value) -> Failed:
    if isinstance(value, Bare | str):
        name = value if isinstance(value, str) else value.name
        if not b.blind:
            b.report.add(unseen(_unknown_index(name, item.span, where), where.scope))
    else:
        b.report.add(NotAnIndex(describe(value), item.span))
    return FAILED


def _unknown_index(name: str, span: Span, where: Where) -> UnknownName:
    """A name in brackets on the left that is no set; in a head it should have been a task."""
    visible = where.scope.visible()
    named = {n: s.span for n, s in visible.items() if isinstance(s, TaskName | TaskFamily)}
    tasks = {name: at for name, at in named.items() if "[" not in name}  # not `exam[3]`
    sets = [n for n, s in visible.items() if isinstance(s, Sets)]
    known = (*tasks, *sets)
    hint = ""
    if name.isidentifier() and closest(name, known) is None:
        each = f"`[{name} in {sets[0] if sets else '1..3'}]` is a member for each"
        hint = f"{listed(known)};\n" * bool(known) + f"{each}, `param {name} = 4` makes four"
    return UnknownName(name, span, "a task, a set or a number", known, hint=hint)


def _bind(b: Builder, item: tree.Bind, where: Where) -> list[Choice] | Failed:
    first = declared_before(b, where.scope, item.name.name, item.name.span)
    if first is not None:
        b.report.add(NameTwice(item.name.name, first.span, item.name.span))
        return FAILED
    chosen = sets.index_set(b, item.over, where)
    if isinstance(chosen, Failed):
        return FAILED
    return _members(chosen, item.name.name, item.name.span)
