"""Fields: `features`, `tasks` and `train` blocks become a `Schema` and a `Train`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar, cast

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.names import NameTwice, NotBuilt
from mtlspec.graph.options import read_model, read_word
from mtlspec.graph.schema import FeatureField, TaskField
from mtlspec.syntax import tree
from mtlspec.words.features import Feature, FeatureOptions
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.train import Train
from mtlspec.words.word import Bound

F = TypeVar("F", FeatureField, TaskField)


def read_features(b: Builder, where: Where) -> list[tuple[tree.Ident, FeatureField | None]]:
    """Every feature with its key; None where its type has an error."""
    found: list[tuple[tree.Ident, FeatureField | None]] = []
    for key, bound in _typed(b, b.program.features, "features", where):
        if bound is None:
            found.append((key, None))
            continue
        options = cast("FeatureOptions", bound.options)
        field = FeatureField(key.name, cast("Feature", bound.word), options, key.span)
        found.append((key, field))
    return found


def read_tasks(b: Builder, where: Where) -> list[tuple[tree.Ident, TaskField | None]]:
    """Every task with its key; None where its type has an error."""
    found: list[tuple[tree.Ident, TaskField | None]] = []
    for key, bound in _typed(b, b.program.tasks, "tasks", where):
        if bound is None:
            found.append((key, None))
            continue
        options = cast("TaskOptions", bound.options)
        task = TaskField(key.name, cast("Task", bound.word), options, key.span)
        found.append((key, task))
    return found


def read_train(b: Builder, where: Where) -> Train:
    """The fields of all `train` blocks as one model; the defaults where there is an error."""
    args: dict[str, tree.Arg] = {}
    for item in b.program.train:
        if isinstance(item, tree.Broken):
            continue
        if isinstance(item, tree.Stage):
            b.report.add(NotBuilt("`stage`", item.span))
            continue
        for key in item.keys:
            name = key.name.name
            if name in args:
                b.report.add(NameTwice(name, args[name].span, key.span))
            elif len(item.values) != 1:
                b.report.add(NotBuilt("a list of values in this field", item.span))
            else:
                args[name] = tree.Arg(name=key.name, value=item.values[0], span=item.span)
    span = next((arg.span for arg in args.values()), None)
    if span is None:
        return Train()
    read = read_model(b, "train", Train, tuple(args.values()), where, span)
    return read if isinstance(read, Train) else Train()


def field_keys(fields: Sequence[tree.Field | tree.Broken]) -> Iterator[tree.Ident]:
    """The names that fields declare, those of broken ones included."""
    for item in fields:
        if isinstance(item, tree.Broken):
            yield from item.names
        else:
            yield from (key.name for key in item.keys)


def _typed(
    b: Builder, fields: Sequence[tree.Field | tree.Broken], kind: str, where: Where
) -> Iterator[tuple[tree.Ident, Bound | None]]:
    for item in fields:
        if isinstance(item, tree.Broken):
            yield from ((name, None) for name in item.names)
            continue
        bound = None
        if len(item.values) != 1:
            b.report.add(NotBuilt("a list of types in one field", item.span))
        else:
            bound = read_word(b, kind, item.values[0], where)
        for key in item.keys:
            if key.index is not None:
                b.report.add(NotBuilt("a family of tasks", key.span))
            yield key.name, bound
