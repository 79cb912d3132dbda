"""`by: column` of an op: the category by whose value rows are told apart."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.naming.scope import Family, FeatureName
from mtlspec.graph.node import Column, Node
from mtlspec.graph.schema import FeatureField
from mtlspec.graph.values import FAILED, Failed
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.word import Groups


class NormedByNoCategory(Error):
    """Rows are told apart by a category whose values the spec knows.

    What it means: `by:` names no feature that is a category with given values, one in each row.

    Example:
        scenario : category
        layer h = features -> batch_norm(by: scenario)

    Instead:
        scenario : category(values: [home, search, cart])
        layer h = features -> batch_norm(by: scenario)

    Why: there are statistics, a scale and a shift for each value, so how many there are has to be
    known when the model is built.
    """

    id = "MTL0324"
    title = "rows are told apart by a category whose values the spec knows"
    what: str
    span: Span
    declared: Span | None = None

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, self.what, primary=True)]
        return [*marks, Label(self.declared, "declared here")] if self.declared else marks

    def help(self) -> str:
        return "`category(values: [a, b])` gives the values"


def read_groups(b: Builder, expr: tree.Expr, where: Where) -> Groups | Failed:
    """The values of a category, by its name or by that of a component's parameter."""
    symbol = where.scope.find(expr.name) if isinstance(expr, tree.Name) else None
    if isinstance(expr, tree.Name) and symbol is None:
        return express.unknown_name(b, expr.name, expr.span, where, role="a feature")
    field = None
    if isinstance(symbol, FeatureName):
        field = symbol.field
        if field is None:
            return FAILED
    elif isinstance(symbol, Family):
        given = symbol.members.get(())
        found = given.get() if given is not None else None
        role = found.role if isinstance(found, Node) else None
        field = role.field if isinstance(role, Column) else None
    if field is None:
        b.report.add(NormedByNoCategory("this is no feature", expr.span))
        return FAILED
    what = _lacks(field)
    if what:
        b.report.add(NormedByNoCategory(what, expr.span, field.span))
        return FAILED
    assert field.table is not None
    b.grouping[field.name] = field
    return Groups(field.name, field.table.known or ())


def _lacks(field: FeatureField) -> str:
    """What a feature lacks to tell rows apart."""
    if field.table is None:
        return "this is no category"
    if field.entries is not None:
        return "a row has several of its values"
    return "" if field.table.known else "its values are not known here"
