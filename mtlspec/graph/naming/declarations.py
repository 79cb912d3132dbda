"""The names of a program: params, sets, features and tasks, each worked out when first needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.components.called import refuse_malformed
from mtlspec.graph.fields.schemas import declare_features
from mtlspec.graph.fields.sources import declare_source
from mtlspec.graph.fields.task_fields import declare_tasks
from mtlspec.graph.files.program import Prefixed, Program
from mtlspec.graph.indexing.sets import read_set
from mtlspec.graph.naming.names import NameTwice
from mtlspec.graph.naming.params import declare_param
from mtlspec.graph.naming.scope import (
    ComponentName,
    Constants,
    Family,
    FeatureName,
    Prefix,
    Scope,
    Sets,
    Symbol,
    TaskFamily,
    TaskName,
)
from mtlspec.graph.schema import Schema
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
        given = b.program.given.get(param.name.name)
        _declare(b, names, declare_param(b, param, where, given, where))
    for feature in declare_features(b, where):
        _declare(b, names, feature)
    _declare_rest(b, b.program, names, where)
    source = declare_source(b, declared, where)
    if source is not None:
        names.setdefault(source.name, source)  # a name of the spec's own wins


def _declare_rest(b: Builder, program: Program, names: dict[str, Symbol], where: Where) -> None:
    """The sets and components of a program, and the files that it uses under a prefix."""
    for item in program.sets:
        _declare(b, names, read_set(b, item, where))
    prefixes = [_prefix(b, prefixed, where) for prefixed in program.prefixed]
    for prefix in prefixes:
        _declare(b, names, prefix)
    _declare_components(b, program, names, prefixes)
    for broken in program.broken:
        for ident in broken.names:
            family = Family(ident.name, ident.span, broken.keyword, broken=True)
            names.setdefault(ident.name, family)


def _prefix(b: Builder, prefixed: Prefixed, giver: Where) -> Prefix:
    """The names of a file that is used under a prefix."""
    names: dict[str, Symbol] = {}
    where, program = Where(Scope(None, names)), prefixed.program
    for param in program.params:
        name = param.name.name
        outer, inner = prefixed.given.get(name), program.given.get(name)
        given, source = (outer, giver) if outer else (inner, where)
        _declare(b, names, declare_param(b, param, where, given, source))
    _declare_rest(b, program, names, where)
    return Prefix(prefixed.alias.name, prefixed.alias.span, names)


def read_schema(b: Builder, names: dict[str, Symbol], where: Where) -> Schema:
    """The features and tasks; every param and set is worked out, so that all errors are told."""
    _work_out(names)
    _enter_members(names)
    features = [s.field for s in names.values() if isinstance(s, FeatureName)]
    tasks = [symbol.task for symbol in _tasks(names)]
    return Schema(
        tuple(field for field in features if field is not None),
        tuple(task for task in tasks if task is not None),
    )


def _work_out(names: Mapping[str, Symbol]) -> None:
    for symbol in list(names.values()):
        if isinstance(symbol, Constants | Sets):
            symbol.value.get()
        elif isinstance(symbol, Prefix):
            _work_out(symbol.names)


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


def _declare_components(
    b: Builder, program: Program, names: dict[str, Symbol], prefixes: Sequence[Prefix]
) -> None:
    """The components: each sees the others, and nothing else of the file."""
    sees: dict[str, Symbol] = {prefix.name: prefix.of_components() for prefix in prefixes}
    for item in program.components:
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
