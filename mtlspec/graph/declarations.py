"""The names of a program: params, sets, features and tasks, each worked out when first needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.components import refuse_malformed
from mtlspec.graph.fields import declare_features
from mtlspec.graph.names import NameTwice
from mtlspec.graph.params import declare_param
from mtlspec.graph.schema import Schema
from mtlspec.graph.scope import (
    ComponentName,
    Constants,
    Family,
    FeatureName,
    Sets,
    Symbol,
    TaskFamily,
    TaskName,
)
from mtlspec.graph.sets import read_set
from mtlspec.graph.task_fields import declare_tasks
from mtlspec.graph.values import FAILED, Failed
from mtlspec.source import SourceFile, Span


def declare_all(b: Builder, names: dict[str, Symbol], where: Where) -> None:
    """Enters every name of the file, so that each may be used above the line that declares it."""
    declared, tasks = declare_tasks(b, where)
    source = b.program.files[0] if b.program.files else SourceFile("", "")
    span = next((field.span for field in b.program.tasks), Span(source, 0, 0))
    names["task"] = Sets("task", span, tasks)
    for task in declared:
        _declare(b, names, task)
    for param in b.program.params:
        _declare(b, names, declare_param(b, param, where))
    for item in b.program.sets:
        _declare(b, names, read_set(b, item, where))
    for feature in declare_features(b, where):
        _declare(b, names, feature)
    _declare_components(b, names)
    for broken in b.program.broken:
        for ident in broken.names:
            family = Family(ident.name, ident.span, broken.keyword, broken=True)
            names.setdefault(ident.name, family)


def read_schema(b: Builder, names: dict[str, Symbol], where: Where) -> Schema:
    """The features and tasks; every param and set is worked out, so that all errors are told."""
    for symbol in list(names.values()):
        if isinstance(symbol, Constants | Sets):
            symbol.value.get()
    _enter_members(names)
    features = [s.field for s in names.values() if isinstance(s, FeatureName)]
    tasks = [symbol.task for symbol in _tasks(names)]
    return Schema(
        tuple(field for field in features if field is not None),
        tuple(task for task in tasks if task is not None),
    )


def _enter_members(names: dict[str, Symbol]) -> None:
    """Enters the tasks of families, whose names no other can be: `exam[3]`."""
    for family in [symbol for symbol in names.values() if isinstance(symbol, TaskFamily)]:
        members = family.members.get()
        if not isinstance(members, Failed):
            names.update({task.name: task for task in members.values()})


def _tasks(names: Mapping[str, Symbol]) -> Iterator[TaskName]:
    """Every task, in the order of the set of all."""
    task = names["task"]
    home = task.value.get() if isinstance(task, Sets) else FAILED
    for label in () if isinstance(home, Failed) else home.labels:
        symbol = names.get(str(label))
        if isinstance(symbol, TaskName):
            yield symbol


def _declare_components(b: Builder, names: dict[str, Symbol]) -> None:
    """The components: each sees the others, and nothing else of the file."""
    sees: dict[str, Symbol] = {}
    for item in b.program.components:
        broken = refuse_malformed(item, b.report)
        symbol = ComponentName(item.name.name, item.name.span, item, sees, names, broken)
        sees.setdefault(symbol.name, symbol)
        _declare(b, names, symbol)


def _declare(b: Builder, names: dict[str, Symbol], symbol: Symbol) -> None:
    """Enters a name of the file; a second declaration is an error."""
    first = names.get(symbol.name)
    if first is None:
        names[symbol.name] = symbol
    elif isinstance(symbol, FeatureName):
        hint = f"give it another name and say the column: `other : numeric(column: {symbol.name})`"
        b.report.add(NameTwice(symbol.name, first.span, symbol.span, hint))
    else:
        b.report.add(NameTwice(symbol.name, first.span, symbol.span))
