"""`source`: the data set that a row came from, a category whose values are the data sets.

It is there where some task names a data set of its own by `from:`, and is no part of `features`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.fields.tables import read_table
from mtlspec.graph.files.program import Program
from mtlspec.graph.naming.names import NameInACircle
from mtlspec.graph.naming.scope import FeatureName, Lazy, Symbol, TaskFamily, TaskName
from mtlspec.graph.schema import FeatureField, TaskField
from mtlspec.graph.values import FAILED, Failed
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import registry
from mtlspec.words.data_sets import REST, SOURCE, name_of
from mtlspec.words.features import Feature, FeatureOptions
from mtlspec.words.word import Bound

TAKEN = "where a task says `from:`, `source` is the data set that a row came from"


def is_source(symbol: Symbol) -> bool:
    """Whether a name is the data set that a row came from."""
    return isinstance(symbol, FeatureName) and not symbol.joined


def declare_source(
    b: Builder, tasks: Sequence[TaskName | TaskFamily], where: Where
) -> FeatureName | None:
    """The symbol of `source`; None where no task says `from:`."""
    span = _first_from(b.program)
    if span is None:
        return None

    def compute() -> Bound | Failed:
        known = _names(tasks)
        word = registry.find("features", "category")
        assert word is not None
        return FAILED if isinstance(known, Failed) else word.bind(values=known)

    def in_circle() -> Failed:
        b.report.add(NameInACircle(SOURCE, span))
        return FAILED

    bound = Lazy(compute, in_circle)
    return FeatureName(SOURCE, span, bound, _field(b, bound, span, where), joined=False)


def _field(
    b: Builder, bound: Lazy[Bound | Failed], span: Span, where: Where
) -> Lazy[FeatureField | Failed]:
    def compute() -> FeatureField | Failed:
        found = bound.get()
        table = FAILED if isinstance(found, Failed) else read_table(b, SOURCE, found, where)
        if isinstance(found, Failed) or isinstance(table, Failed):
            return FAILED
        word, options = cast("Feature", found.word), cast("FeatureOptions", found.options)
        return FeatureField(SOURCE, word, options, span, table, is_source=True)

    return Lazy(compute, compute)


def _first_from(program: Program) -> Span | None:
    """Where `from:` stands first, in the type of a task or in a param that may hold one."""
    given = (*program.given.values(), *program.params)
    inside = (node for item in (*program.tasks, *given) for node in tree.walk(item))
    args = (node for node in inside if isinstance(node, tree.Arg) and node.name is not None)
    return next((arg.name.span for arg in args if arg.name and arg.name.name == "from"), None)


def _names(tasks: Sequence[TaskName | TaskFamily]) -> tuple[str, ...] | Failed:
    """What the data sets of the tasks are called, in order."""
    found = list(_fields(tasks))
    if any(field is None for field in found):
        return FAILED
    names = (name_of(field.source) for field in found if field is not None and field.trained)
    return tuple(dict.fromkeys(names)) or (REST,)


def _fields(tasks: Sequence[TaskName | TaskFamily]) -> Iterator[TaskField | None]:
    """Every task; None for one with an error."""
    for symbol in tasks:
        if isinstance(symbol, TaskName):
            yield symbol.task
            continue
        members = symbol.members.get()
        yield from (None,) if isinstance(members, Failed) else (t.task for t in members.values())
