"""Indices on the left of a statement: the members that they declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtlspec.graph import express
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.membership import MOST_MEMBERS, NotAnIndex, TooMany
from mtlspec.graph.names import UnknownName
from mtlspec.graph.node import Index
from mtlspec.graph.node import Label as Name
from mtlspec.graph.scope import Bound, Sets, Symbol, TaskName
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
    """One member that a left side declares: its index, and the names that it binds."""

    index: Index
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
            grown.extend(
                Place((*place.index, label), {**place.names, **names}) for label, names in choices
            )
            if len(grown) > MOST_MEMBERS:
                b.report.add(TooMany(len(grown), item.span))
                return FAILED
        places = grown
    return places


def _declared(
    b: Builder, item: tree.Index, where: Where
) -> list[tuple[Name, dict[str, Symbol]]] | Failed:
    if isinstance(item, tree.Bind):
        return _bind(b, item, where)
    if isinstance(item, tree.Every | tree.Others | tree.Range):
        b.report.add(NotAnIndex("a choice among members that exist", item.span))
        return FAILED
    match value := express.value(b, item, where):
        case IndexSet():
            name = item.name if isinstance(item, tree.Name) else None
            return [(e.label, {name: Bound(name, e)} if name else {}) for e in value.elements()]
        case Element():
            return [(value.label, {})]
        case bool() | Bare():
            return _refuse(b, item, where, value)
        case int():
            if value > MOST_MEMBERS:
                b.report.add(TooMany(value, item.span))
                return FAILED
            return [(number, {}) for number in range(1, value + 1)]
        case Failed():
            return FAILED
        case _:
            return _refuse(b, item, where, value)


def _refuse(b: Builder, item: tree.Index, where: Where, value: Value) -> Failed:
    if isinstance(value, Bare):
        b.report.add(_unknown_index(value.name, item.span, where))
    else:
        b.report.add(NotAnIndex(describe(value), item.span))
    return FAILED


def _unknown_index(name: str, span: Span, where: Where) -> UnknownName:
    """A name in brackets on the left that is no set; in a head it should have been a task."""
    visible = where.scope.visible()
    tasks = {n: s.span for n, s in visible.items() if isinstance(s, TaskName)}
    sets = [n for n, s in visible.items() if isinstance(s, Sets)]
    first = next(iter(tasks.values()), None)
    return UnknownName(name, span, "a task, a set or a number", (*tasks, *sets), first)


def _bind(
    b: Builder, item: tree.Bind, where: Where
) -> list[tuple[Name, dict[str, Symbol]]] | Failed:
    chosen = express.index_set(b, item.over, where)
    if isinstance(chosen, Failed):
        return FAILED
    name = item.name.name
    return [(e.label, {name: Bound(name, e)}) for e in chosen.elements()]
