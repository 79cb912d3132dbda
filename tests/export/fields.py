"""Fields of a schema made by hand, without a spec."""

from dataclasses import replace

from mtlspec.graph.schema import FeatureField, TaskField
from mtlspec.source import SourceFile, Span
from mtlspec.syntax import parse_value
from mtlspec.words.column import ColumnPlace
from mtlspec.words.features import Feature, FeatureOptions, Table
from mtlspec.words.registry import find
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.word import Bound, Condition

_SPAN = Span(SourceFile("by hand", "x"), 0, 1)


def word(kind: str, name: str, **options: object) -> Bound:
    found = find(kind, name)
    assert found is not None
    return found.bind(**options)


def category(name: str, **options: object) -> FeatureField:
    return _feature(name, word("features", "category", **options))


def sequence(name: str, longest: int, *, column: str | None = None, **of: object) -> FeatureField:
    """Of entries with a table of their own."""
    written, _ = parse_value(SourceFile("by hand", "category"))
    assert written is not None
    options = {"of": Condition(written), "max": longest, "column": column}
    bound, values = word("features", "sequence", **options), word("features", "category", **of)
    assert isinstance(bound.word, Feature)
    assert isinstance(bound.options, FeatureOptions)
    assert isinstance(values.word, Feature)
    own = values.word.table(values.options)
    assert isinstance(own, Table)
    return FeatureField(name, bound.word, bound.options, _SPAN, replace(own, name=name))


def numeric(name: str, *encodings: Bound, column: str | None = None) -> FeatureField:
    return _feature(name, word("features", "numeric", encodings=encodings, column=column))


def encoding(name: str, **options: object) -> Bound:
    return word("encodings", name, **options)


def binary(name: str) -> TaskField:
    bound = word("tasks", "binary")
    assert isinstance(bound.word, Task)
    assert isinstance(bound.options, TaskOptions)
    return TaskField(name, bound.word, bound.options, _SPAN)


def place(field: FeatureField) -> ColumnPlace:
    return ColumnPlace("by hand", field.column)


def _feature(name: str, bound: Bound) -> FeatureField:
    assert isinstance(bound.word, Feature)
    assert isinstance(bound.options, FeatureOptions)
    own = bound.word.table(bound.options)
    table = replace(own, name=name) if isinstance(own, Table) else None
    return FeatureField(name, bound.word, bound.options, _SPAN, table)
