"""Columns as values: embedded by the schema's tables, joined, or raw for tables of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from mtlspec.diagnostics import Error, Label
from mtlspec.graph import call
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.node import RAW, Column, Node, RawColumn, Statement
from mtlspec.graph.schema import FeatureField
from mtlspec.graph.scope import FeatureName
from mtlspec.graph.values import FAILED, Failed, Members, Value
from mtlspec.names import fresh, identifier
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Tensor
from mtlspec.words import registry
from mtlspec.words.initialisers import Parameter, normal
from mtlspec.words.ops.embed import EmbedOptions
from mtlspec.words.word import Bound

TABLE_STD = 0.01
"""The standard deviation that a table's vectors are drawn with."""


def column(b: Builder, field: FeatureField) -> Node:
    """The node of a feature, made once."""
    key = f"{field.name}:0"
    if key not in b.nodes:
        statement = Statement("features", field.name, (), False, (), field.span)
        b.add(Column(field), field.type, (), Owner(statement, (), may_own=True), field.span)
    return b.nodes[key]


def all_features(b: Builder, expr: tree.FeaturesValue, where: Where) -> Value:
    """`features`: all columns that are one vector per row, joined in order; made once."""
    if "features:0" in b.nodes:
        return b.nodes["features:0"]
    fields = [s.field for s in _feature_names(where)]
    if not fields or any(field is None for field in fields):
        if not fields and not b.blind:
            b.report.add(NoFeatures(expr.span))
        return FAILED
    columns = [column(b, field) for field in fields if field is not None]
    statement = Statement("features", "features", (), False, (), expr.span)
    concat = registry.find("ops", "concat")
    assert concat is not None
    owner = Where(where.scope, Owner(statement, (), may_own=True))
    places = [expr.span] * len(columns)
    return call.apply(b, concat.bind(), columns, places, expr.span, owner)


def _feature_names(where: Where) -> list[FeatureName]:
    return [s for s in where.scope.visible().values() if isinstance(s, FeatureName)]


@dataclass(frozen=True)
class NoFeatures(Error):
    """A model reads features, so a program must declare some.

    What it means: `features` stands in the model, and no file of the program has a `features`
    block.

    Example:
        mtl 1
        model m { … features … }

    Instead:
        use "schemas/census.mtl"

    Why: features and tasks live with the data; a topology needs a schema to run on.
    """

    id = "MTL0219"
    title = "a model that reads `features` needs a schema"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "no features are declared", primary=True)]

    def help(self) -> str:
        return 'add `use "my_schema.mtl"`, or give `--schema my_schema.mtl`'


def raw_column(b: Builder, field: FeatureField) -> Node:
    """The node of a feature before any table, made once."""
    name = f"{RAW}{field.name}"
    if f"{name}:0" not in b.nodes:
        statement = Statement("features", name, (), False, (), field.span)
        b.add(RawColumn(field), field.type, (), Owner(statement, (), may_own=True), field.span)
    return b.nodes[f"{name}:0"]


def embed(
    b: Builder,
    op: Bound,
    given: Sequence[tuple[Node | Members, Span]],
    span: Span,
    where: Where,
) -> Node | Failed:
    """Columns, or all features, through tables that the statement owns."""
    assert where.owner is not None
    fields: list[FeatureField] = []
    for value, place in given:
        found = _fields(b, value)
        if found is None:
            shown = str(value.type) if isinstance(value, Node) else "a family"
            name, signature = op.word.name, "columns -> f32[sum of their widths]"
            b.report.add(call.ValueDoesNotFit(name, signature, place, shown, "a column"))
            return FAILED
        fields.extend(found)
    if not where.owner.may_own:
        statement = where.owner.statement
        b.report.add(call.WeightsInLet(statement.keyword, op.word.name, span, statement.span))
        return FAILED
    width = cast("EmbedOptions", op.options).dim
    taken = where.owner.attributes
    parameters = tuple(_table(f, width, taken) for f in fields if f.word.table_width(f.options))
    kind = Tensor((sum(_width(field, width) for field in fields),))
    nodes = tuple(raw_column(b, field) for field in fields)
    return b.apply(op, kind, nodes, where.owner, span, parameters=parameters)


def _fields(b: Builder, value: Node | Members) -> list[FeatureField] | None:
    """The features that a value stands for, if it is a column or all of them."""
    if not isinstance(value, Node):
        return None
    if isinstance(value.role, Column):
        return [value.role.field]
    if value.key != "features:0":
        return None
    columns = [b.nodes[key].role for key in value.inputs]
    return [role.field for role in columns if isinstance(role, Column)]


def _width(field: FeatureField, width: int | None) -> int:
    has_table = field.word.table_width(field.options) is not None
    return width if width is not None and has_table else field.type.width


def _table(field: FeatureField, width: int | None, taken: set[str]) -> Parameter:
    drawn = normal.WORD.bind(std=TABLE_STD)
    shape = (0, _width(field, width))
    name = f"{fresh(identifier(field.name), taken)}.weight"
    logical = f"{field.name}.weight"
    return Parameter(name, shape, drawn, shape[1], rows_of=field.name, logical=logical)
