"""The fields of `tasks`: each declares a task, or a family of them, `exam[s in 1..139]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import TypeVar, cast

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.fields.schemas import read_type
from mtlspec.graph.indexing import index
from mtlspec.graph.naming.names import NameInACircle
from mtlspec.graph.naming.scope import Bound, Lazy, Symbol, TaskFamily, TaskName
from mtlspec.graph.node import Index, show_index
from mtlspec.graph.schema import TaskField
from mtlspec.graph.values import FAILED, Failed, IndexSet
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.word import Bound as BoundWord

N = TypeVar("N", bound=tree.Node)
TaskSet = Lazy[IndexSet | Failed]


def all_tasks(b: Builder, declared: list[TaskName | TaskFamily]) -> TaskSet:
    """The set `task`: every task in order, the members of a family where it stands."""

    def compute() -> IndexSet | Failed:
        names: dict[str, None] = {}
        for symbol in declared:
            names.update(dict.fromkeys(_names(symbol)))
        return IndexSet("task", tuple(names))

    def in_circle() -> IndexSet | Failed:
        family = next(symbol for symbol in declared if isinstance(symbol, TaskFamily))
        b.report.add(NameInACircle(family.name, family.span))
        return FAILED

    return Lazy(compute, in_circle)


def _names(symbol: TaskName | TaskFamily) -> Iterator[str]:
    if isinstance(symbol, TaskName):
        yield symbol.name
        return
    members = symbol.members.get()
    if not isinstance(members, Failed):
        yield from (task.name for task in members.values())


def declare_tasks(b: Builder, where: Where) -> tuple[list[TaskName | TaskFamily], TaskSet]:
    """The symbol of every field of `tasks`, and the set of all tasks."""
    declared: list[TaskName | TaskFamily] = []
    tasks = all_tasks(b, declared)
    for item in b.program.tasks:
        declared.extend(_symbols(b, item, tasks, where))
    return declared, tasks


def _symbols(
    b: Builder, item: tree.Field | tree.Broken, tasks: TaskSet, where: Where
) -> Iterator[TaskName | TaskFamily]:
    if isinstance(item, tree.Broken):
        unread: Lazy[TaskField | Failed] = Lazy(lambda: FAILED, lambda: FAILED)
        yield from (TaskName(key.name, key.span, unread, tasks) for key in item.names)
        return
    shared = _type(b, item, {}, where)
    for key in item.keys:
        name, span = key.name.name, key.name.span
        if key.index is None:
            yield TaskName(name, span, _field(b, name, span, shared), tasks)
        else:
            yield TaskFamily(name, span, _members(b, item, key, tasks, where), tasks)


def _members(
    b: Builder, item: tree.Field, key: tree.FieldKey, tasks: TaskSet, where: Where
) -> Lazy[Mapping[Index, TaskName] | Failed]:
    """The tasks of a family, by index; each reads the field with its own members' names."""
    name, span = key.name.name, key.name.span

    def compute() -> Mapping[Index, TaskName] | Failed:
        places = index.declare(b, key.index, where)
        if isinstance(places, Failed):
            return FAILED
        return {p.index: _member(p) for p in places}

    def _member(place: index.Place) -> TaskName:
        own = name + show_index(place.index)
        read = _field(b, own, span, _type(b, item, place.names, where), family=name)
        return TaskName(own, span, read, tasks)

    def in_circle() -> Failed:
        b.report.add(NameInACircle(name, span))
        return FAILED

    return Lazy(compute, in_circle)


def _type(
    b: Builder, item: tree.Field, names: Mapping[str, Symbol], where: Where
) -> Lazy[BoundWord | Failed]:
    """The type of a field, in which each bound name stands for its member."""

    def compute() -> BoundWord | Failed:
        bound = {name: s for name, s in names.items() if isinstance(s, Bound)}
        own = replace(item, values=tuple(_with_members(value, bound) for value in item.values))
        return read_type(b, own, "tasks", where) or FAILED

    def in_circle() -> BoundWord | Failed:
        b.report.add(NameInACircle(item.keys[0].name.name, item.keys[0].name.span))
        return FAILED

    return Lazy(compute, in_circle)


def _field(
    b: Builder, name: str, span: Span, bound: Lazy[BoundWord | Failed], family: str | None = None
) -> Lazy[TaskField | Failed]:
    def compute() -> TaskField | Failed:
        found = bound.get()
        if isinstance(found, Failed):
            return FAILED
        word, options = cast("Task", found.word), cast("TaskOptions", found.options)
        return TaskField(name, word, options, span, family, b.sizes.get(name))

    return Lazy(compute, compute)


def _with_members(node: N, names: Mapping[str, Bound]) -> N:
    """A tree in which names that are bound to members are these: numbers and texts.

    They are put in before anything is read, for in a condition a name would be a column.
    """
    if isinstance(node, tree.Name) and node.name in names:
        label = names[node.name].element.label
        if isinstance(label, int):
            return cast("N", tree.Int(label, str(label), span=node.span))
        return cast("N", tree.String(label, span=node.span))
    changed = {f.name: _inside(getattr(node, f.name), names) for f in fields(node)}
    return replace(node, **changed)


def _inside(value: object, names: Mapping[str, Bound]) -> object:
    if isinstance(value, tree.Node):
        return _with_members(value, names)
    if isinstance(value, tuple):
        return tuple(_inside(item, names) for item in cast("tuple[object, ...]", value))
    return value
