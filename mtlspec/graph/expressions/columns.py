"""Columns as values: embedded by the schema's tables, joined, or raw for tables of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.calls import families
from mtlspec.graph.calls.apply import ValueDoesNotFit, apply, refuse_weights
from mtlspec.graph.indexing import picks
from mtlspec.graph.indexing.membership import NoStatement
from mtlspec.graph.naming.scope import FeatureName, Sets
from mtlspec.graph.node import RAW, Apply, Column, Index, Node, RawColumn, Statement
from mtlspec.graph.schema import FeatureField
from mtlspec.graph.values import FAILED, Failed, IndexSet, Members, Value
from mtlspec.names import fresh, identifier
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Mismatch, Tensor
from mtlspec.words import registry
from mtlspec.words.features import Table
from mtlspec.words.initialisers import Parameter, normal
from mtlspec.words.ops import Op
from mtlspec.words.ops.embed import TABLE_STD, EmbedOptions
from mtlspec.words.word import Bound, NoOptions


def column(b: Builder, field: FeatureField) -> Node:
    """The node of a feature, made once."""
    name = f"features.{field.name}" if field.name in b.hidden else field.name
    key = f"{name}:0"
    if key not in b.nodes:
        statement = Statement("features", name, (), False, (), field.span)
        b.add(Column(field), field.type, (), Owner(statement, (), may_own=True), field.span)
    return b.nodes[key]


def all_features(b: Builder, expr: tree.FeaturesValue, where: Where) -> Value:
    """`features`: all columns that are one vector per row, joined in order; made once."""
    names = _feature_names(where)
    told = any(isinstance(found, NoFeatures) for found in b.report.found)
    if not names and not told and not b.may_lack("features"):
        b.report.add(NoFeatures(expr.span))
    return _joined(b, "features", names, expr.span, where) if names else FAILED


def part(b: Builder, expr: tree.Pick, where: Where) -> Value:
    """`features[user]`: those features joined, made once; `features[age]` is one of them."""
    names: dict[Index, FeatureName] = {(symbol.name,): symbol for symbol in _feature_names(where)}
    if not names:
        return all_features(b, tree.FeaturesValue(span=expr.value.span), where)
    declared, span = next(iter(names.values())).span, expr.span
    picked = picks.pick(b, "features", tuple(names), declared, expr.index, where, span)
    if isinstance(picked, Failed):
        return FAILED
    if picked.single:
        field = names[picked.keys[0]].field
        return FAILED if field is None else column(b, field)
    if not picked.keys:
        b.report.add(families.NothingLeft("features", span))
        return FAILED
    chosen = [names[key] for key in picked.keys]
    lists = [symbol for symbol in chosen if symbol.field and symbol.field.type.tokens]
    if lists and not isinstance(expr.index[0], tree.Others | tree.Range | tree.Every):
        b.report.add(ListAmongFeatures(lists[0].name, expr.index[0].span, lists[0].span))
        return FAILED
    chosen = [symbol for symbol in chosen if symbol not in lists]
    return _joined(b, _title(expr.index, chosen, where), chosen, span, where)


def _title(index: Sequence[tree.Index], chosen: Sequence[FeatureName], where: Where) -> str:
    """`features[user]` where a set of the file names them, else all their names."""
    (item,) = index
    symbol = where.scope.find(item.name) if isinstance(item, tree.Name) else None
    if isinstance(symbol, Sets) and symbol in where.scope.outermost().names.values():
        return f"features[{symbol.name}]"
    return f"features[{', '.join(feature.name for feature in chosen)}]"


def _joined(
    b: Builder, name: str, features: Sequence[FeatureName], span: Span, where: Where
) -> Value:
    """Columns side by side, in order: a value of no statement of the spec, made once."""
    if f"{name}:0" in b.nodes:
        return b.nodes[f"{name}:0"]
    fields = [symbol.field for symbol in features]
    if any(field is None for field in fields):
        return FAILED
    columns = [column(b, f) for f in fields if f is not None and not f.type.tokens]
    if not columns:
        b.report.add(families.NothingLeft(name, span))
        return FAILED
    if name != "features" and len(columns) == 1:
        return columns[0]
    statement = Statement("features", name, (), False, (), span)
    concat = registry.find("ops", "concat")
    assert concat is not None
    owner = Where(where.scope, Owner(statement, (), may_own=True))
    return apply(b, concat.bind(), columns, [span] * len(columns), span, owner)


def feature_set(where: Where) -> IndexSet:
    """The names of the features, in the order in which they are declared."""
    return IndexSet("features", tuple(symbol.name for symbol in _feature_names(where)))


def _feature_names(where: Where) -> list[FeatureName]:
    *_, file = where.scope.chain()
    return [s for s in file.names.values() if isinstance(s, FeatureName) and s.joined]


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


class ListAmongFeatures(Error):
    """`features[…]` joins what is one vector for each row.

    What it means: the set names a list that is not pooled, `sequence(…, pool: no)`: a vector for
    each of its entries, which is no part of `features`.

    Example:
        set person = {age, seen}
        layer h = features[person] -> mlp(64)

    Instead:
        set person = {age}
        layer h = concat(features[person], pool(seen)) -> mlp(64)

    Why: to leave it out would drop a column that the spec names. `features` itself, a slice and
    `features[!age]` name none, and are without lists.
    """

    id = "MTL0651"
    title = "`features[…]` joins what is one vector for each row"
    name: str
    span: Span
    declared: Span

    def headline(self) -> str:
        return f"`{self.name}` is no part of `features`"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, f"it holds `{self.name}`", primary=True),
            Label(self.declared, "a vector for each entry of a list"),
        ]

    def help(self) -> str:
        return f"beside the others it stands pooled: `concat(features[…], pool({self.name}))`"


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
    if where.owner is None:
        b.report.add(NoStatement(span))
        return FAILED
    fields: list[FeatureField] = []
    for value, place in given:
        found = _fields(b, value)
        if found is None:
            shown = str(value.type) if isinstance(value, Node) else "a family"
            name, signature = op.word.name, "columns -> f32[sum of their widths]"
            hint = _of_columns(b, value)
            b.report.add(ValueDoesNotFit(name, signature, place, shown, "a column", hint=hint))
            return FAILED
        fields.extend(found)
    if not where.owner.may_own:
        refuse_weights(b, op.word.name, span, where.owner)
        return FAILED
    width = cast("EmbedOptions", op.options).dim
    taken = where.owner.attributes
    states = {field.state: field for field in fields if field.learns}
    made = (own for field in states.values() for own in _own(field, width, taken))
    parameters = tuple(map(where.owning.change, made))
    types = [Tensor((*field.type.shape[:-1], _width(field, width))) for field in fields]
    kind = _side_by_side(types)
    if isinstance(kind, Mismatch):
        place = given[min(kind.argument, len(given) - 1)][1]
        shown = "f32[…, sum of their widths]"
        b.report.add(
            ValueDoesNotFit(op.word.name, f"columns -> {shown}", place, kind.found, kind.expected)
        )
        return FAILED
    nodes = tuple(raw_column(b, field) for field in fields)
    return b.apply(op, kind, nodes, where.owner, span, parameters=parameters)


def _of_columns(b: Builder, value: Node | Members) -> str:
    """What to write of columns that were joined, or made something of, before."""
    made = value.nodes()[:1] if isinstance(value, Members) else (value,)
    roles = [b.nodes[key].role for node in made for key in node.inputs]
    names = [role.field.name for role in roles if isinstance(role, Column)]
    if not names or len(names) < len(roles):
        return "columns alone have rows in tables: `embed(a, b)` of two of them"
    return f"it reads the columns themselves: `embed({', '.join(names)})`"


def _side_by_side(types: Sequence[Tensor]) -> Tensor | Mismatch:
    concat = registry.find("ops", "concat")
    assert isinstance(concat, Op)
    return concat.infer(NoOptions(), types)


def _fields(b: Builder, value: Node | Members) -> list[FeatureField] | None:
    """The features that a value stands for, if it is a column or all of them."""
    if not isinstance(value, Node):
        return None
    if isinstance(value.role, Column):
        return [value.role.field]
    if value.site.statement.keyword != "features" or not isinstance(value.role, Apply):
        return None
    columns = [b.nodes[key].role for key in value.inputs]
    return [role.field for role in columns if isinstance(role, Column)]


def _width(field: FeatureField, width: int | None) -> int:
    return width if width is not None and field.table else field.type.width


def _own(field: FeatureField, width: int | None, taken: set[str]) -> Iterator[Parameter]:
    """A copy of the table that a feature reads, or of what it learns itself."""
    attribute = fresh(identifier(field.state), taken)
    learned = field.parameters if field.table is None else (_table(field.table, width),)
    for own in learned:
        logical = f"{field.state}.{own.name}"
        yield replace(own, name=f"{attribute}.{own.name}", logical=logical)


def _table(table: Table, width: int | None) -> Parameter:
    drawn = normal.WORD.bind(std=TABLE_STD)
    shape = (0, width or table.width)
    return Parameter("weight", shape, drawn, shape[1], rows_of=table.name)
