"""The names of a program: params, sets, features and tasks, each worked out when first needed."""

from __future__ import annotations

from dataclasses import replace

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.fields import declare_features, field_keys, read_tasks
from mtlspec.graph.names import NameTwice, NotBuilt
from mtlspec.graph.params import declare_param
from mtlspec.graph.schema import Schema
from mtlspec.graph.scope import (
    Constants,
    Family,
    FeatureName,
    Lazy,
    Sets,
    Symbol,
    TaskName,
)
from mtlspec.graph.sets import read_set
from mtlspec.graph.values import FAILED, IndexSet
from mtlspec.source import SourceFile, Span


def declare_all(b: Builder, names: dict[str, Symbol], where: Where) -> None:
    """Enters every name of the file, so that each may be used above the line that declares it."""
    _declare_tasks(b, names)
    for param in b.program.params:
        _declare(b, names, declare_param(b, param, where))
    for item in b.program.sets:
        _declare(b, names, read_set(b, item, where))
    for feature in declare_features(b, where):
        _declare(b, names, feature)
    for component in b.program.components:
        b.report.add(NotBuilt("`component`", component.name.span))
    for broken in b.program.broken:
        for ident in broken.names:
            family = Family(ident.name, ident.span, broken.keyword, broken=True)
            names.setdefault(ident.name, family)


def read_schema(b: Builder, names: dict[str, Symbol], where: Where) -> Schema:
    """The features and tasks; every param and set is worked out, so that all errors are told."""
    for symbol in list(names.values()):
        if isinstance(symbol, Constants | Sets):
            symbol.value.get()
    tasks = read_tasks(b, where)
    for ident, task in tasks:
        known = names[ident.name]
        if isinstance(known, TaskName):
            names[ident.name] = replace(known, task=task)
    features = [s.field for s in names.values() if isinstance(s, FeatureName)]
    return Schema(
        tuple(field for field in features if field is not None),
        tuple(task for _, task in tasks if task),
    )


def _declare_tasks(b: Builder, names: dict[str, Symbol]) -> None:
    """The names of the tasks, and their set."""
    tasks = list(dict.fromkeys(ident.name for ident in field_keys(b.program.tasks)))
    home = IndexSet("task", tuple(tasks))
    source = b.program.files[0] if b.program.files else SourceFile("", "")
    span = next((f.span for f in b.program.tasks), Span(source, 0, 0))
    names["task"] = Sets("task", span, Lazy(lambda: home, lambda: FAILED))
    for ident in field_keys(b.program.tasks):
        _declare(b, names, TaskName(ident.name, ident.span, None, home))


def _declare(b: Builder, names: dict[str, Symbol], symbol: Symbol) -> None:
    """Enters a name of the file; a second declaration is an error."""
    first = names.get(symbol.name)
    if first is None:
        names[symbol.name] = symbol
    else:
        b.report.add(NameTwice(symbol.name, first.span, symbol.span))
