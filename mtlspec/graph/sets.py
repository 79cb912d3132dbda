"""Sets: ordered collections of labels that families are indexed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.graph import express
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.names import NameInACircle
from mtlspec.graph.scope import FeatureName, Lazy, Sets
from mtlspec.graph.values import FAILED, Failed, IndexSet, Value
from mtlspec.source import Span
from mtlspec.syntax import tree


@dataclass(frozen=True)
class ValuesUnknown(Error):
    """`values` reads the values of a category that the spec closes.

    What it means: the argument is no category, or a category whose values are found in the training
    rows, so that they are not known when the spec is read.

    Example:
        features { scenario : category }
        set domain = values(scenario)

    Instead:
        features { scenario : category(values: [home, search, cart]) }
        set domain = values(scenario)

    Why: a family has a member for each element of its set, and a model has the same members
    whatever the data hold.
    """

    id = "MTL0237"
    title = "`values` reads a category whose values are given"
    what: str
    span: Span
    declared: Span | None = None

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, self.what, primary=True)]
        if self.declared is not None:
            marks.append(Label(self.declared, "its values are those of the training rows"))
        return marks

    def help(self) -> str:
        return "close the category: `category(values: [a, b])`" if self.declared else ""


def read_set(b: Builder, declaration: tree.SetDecl, where: Where) -> Sets:
    """The symbol of `set n = …`; its members are worked out when they are first needed."""
    name = declaration.name

    def compute() -> IndexSet | Failed:
        if isinstance(declaration.value, tree.Braces):
            return express.braces(b, declaration.value, where, name.name)
        found = express.index_set(b, declaration.value, where)
        if isinstance(found, Failed):
            return FAILED
        return IndexSet(name.name, found.labels, found.home or (found if found.name else None))

    def in_circle() -> IndexSet | Failed:
        b.report.add(NameInACircle(name.name, name.span))
        return FAILED

    return Sets(name.name, name.span, Lazy(compute, in_circle))


def values_of(b: Builder, call: tree.Call, where: Where) -> Value:
    """`values(c)`: the values of a category that the spec closes, in the order of its table."""
    arg = call.args[0] if len(call.args) == 1 and call.args[0].name is None else None
    symbol = where.scope.find(arg.value.name) if arg and isinstance(arg.value, tree.Name) else None
    if not isinstance(symbol, FeatureName):
        if not b.blind:
            b.report.add(ValuesUnknown("a category is needed", arg.span if arg else call.span))
        return FAILED
    field = symbol.field
    if field is None:
        return FAILED
    known = field.word.known(field.options)
    if known is None:
        assert arg is not None
        category = field.word.table_width(field.options) is not None
        unknown = f"the values of `{field.name}` are not known here"
        what = unknown if category else "this is no category"
        b.report.add(ValuesUnknown(what, arg.span, field.span if category else None))
        return FAILED
    return IndexSet("", known, IndexSet(f"values({field.name})", known))
