"""`f[scenario]`: members of a family picked row by row, by the value of a category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.calls import apply
from mtlspec.graph.indexing import picks
from mtlspec.graph.indexing.membership import NotAnIndex
from mtlspec.graph.naming.scope import MemberValue
from mtlspec.graph.node import Apply, Index, Node, Place, Statement
from mtlspec.graph.node import Label as Name
from mtlspec.graph.schema import FeatureField
from mtlspec.graph.values import FAILED, Failed, Members, Value
from mtlspec.source import Span
from mtlspec.types import Tensor
from mtlspec.words import registry
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound, Groups


class NamesNoMember(Error):
    """A column picks members by values that the spec knows.

    What it means: a feature in brackets picks, for each row, the member that the row's value names.
    Here the feature is no category whose values are given, or no member of the family is among
    its values.

    Example:
        features { scenario : category }
        layer f[task] = features -> mlp(8)
        layer h = f[scenario] -> mlp(8)

    Instead:
        features { scenario : category(values: [home, search, cart]) }
        set domain = values(scenario)
        layer f[domain] = features -> mlp(8)
        layer h = f[scenario] -> mlp(8)

    Why: which member a row takes has to be known when the model is built; and where no value names
    one, every row would take the mean.
    """

    id = "MTL0247"
    title = "a column picks members by values that the spec knows"
    feature: str
    what: str
    span: Span
    declared: Span

    def headline(self) -> str:
        return f"`{self.feature}` picks no member"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True), Label(self.declared, "declared here")]

    def help(self) -> str:
        return "a family over `values(c)` has a member for each value of a closed category"


def kept(
    b: Builder, field: FeatureField, labels: Sequence[Name], span: Span
) -> picks.Keep | Failed:
    """All labels: which of them, each row says."""
    known = field.table.known if field.table else None
    what = ""
    if field.table is None:
        what = "this is no category"
    elif field.entries is not None:
        what = "a row has several of its values"
    elif known is None:
        what = "its values are not known here"
    elif labels and not set(known) & set(labels):
        what = "none of its values is a member here"
    if what:
        b.report.add(NamesNoMember(field.name, what, span, field.span))
        return FAILED
    return picks.Keep(frozenset(labels), one=False, column=field)


def by_row(
    b: Builder,
    name: str,
    values: Mapping[Index, MemberValue],
    picked: picks.Picked,
    span: Span,
    where: Where,
) -> Value:
    """The value that differs by row; of a family with further indices, one for each of these."""
    assert picked.by is not None
    at, field = picked.by
    if where.owner is None:
        b.report.add(NotAnIndex("a column, and nothing is computed row by row here", span))
        return FAILED
    groups: dict[Index, dict[Name, Node]] = {}
    for key, value in values.items():
        if isinstance(value, Node):
            groups.setdefault((*key[:at], *key[at + 1 :]), {})[key[at]] = value
    made: dict[Index, Node] = {}
    for rest, members in groups.items():
        node = _pick(b, field, members, span, where)
        if isinstance(node, Failed):
            return FAILED
        made[rest] = node
    if picked.single and made:
        return next(iter(made.values()))
    return Members(name, made)


def _pick(
    b: Builder, field: FeatureField, members: Mapping[Name, Node], span: Span, where: Where
) -> Node | Failed:
    op = registry.find("operators", "pick")
    assert op is not None
    inputs = [_place(b, field, tuple(members), span), *members.values()]
    return apply.apply(b, op.bind(), inputs, [span] * len(inputs), span, where)


def _place(b: Builder, field: FeatureField, labels: tuple[Name, ...], span: Span) -> Node:
    """The node of a row's place among the members, made once."""
    role = Place(field, labels)
    if f"{role.name}:0" not in b.nodes:
        statement = Statement("features", role.name, (), False, (), span)
        b.add(role, Tensor(()), (), Owner(statement, (), may_own=False), span)
    return b.nodes[f"{role.name}:0"]


def place_in(b: Builder, groups: Groups, span: Span) -> Node:
    """The node of a row's place among the values of a category."""
    return _place(b, b.grouping[groups.column], groups.values, span)


# --- arrays --------------------------------------------------------------------------------------


def remember(b: Builder, node: Node) -> None:
    """Notes down a pick of arrays without rows, and what is linear in one."""
    if not isinstance(node.role, Apply) or node.role.parameters:
        return
    op, inputs = node.role.op, [b.nodes[key] for key in node.inputs]
    if op.word.name == _PICK and op.word.kind == "operators":
        first = inputs[1].type
        if isinstance(first, Tensor) and not first.rows and first.shape:
            b.picked[node.key] = node.key
        return
    pick, places = _arrays(b, inputs)
    if pick is not None and not _have_rows(inputs, places) and _is_linear(op, places):
        b.picked[node.key] = pick


_PICK = "pick"


def lift(
    b: Builder, op: Bound, inputs: Sequence[Node], span: Span, where: Where
) -> Node | Failed | None:
    """A product with arrays that are picked row by row: the product with each, then the pick.

    So no row gets an array of its own. None where the op is no such product, or where something
    that it takes is learned, or drawn, by the statement itself.
    """
    assert isinstance(op.word, Op)
    assert where.owner is not None
    key, places = _arrays(b, inputs)
    if key is None or not op.word.contracts or not _is_linear(op, places):
        return None
    if not _have_rows(inputs, places) or not all(_can_move(b, n, where) for n in inputs):
        return None
    pick = b.nodes[key]
    role = b.nodes[pick.inputs[0]].role
    assert isinstance(role, Place)
    hidden = _family(b, role, span, where)
    members: dict[Name, Node] = {}
    for number, label in enumerate(role.labels):
        index = (*where.owner.index, label)
        owner = Owner(hidden, index, may_own=False, host=where.owner.host)
        own = replace(where, owner=owner)
        moving = _Moving(b, pick, number, span, own, _site(where))
        given = [moving.of(node) for node in inputs]
        made = apply.apply(b, op, given, [span] * len(given), span, own)
        if isinstance(made, Failed):
            return FAILED
        members[label] = made
    return _pick(b, role.field, members, span, where)


def _arrays(b: Builder, inputs: Sequence[Node]) -> tuple[str | None, frozenset[int]]:
    """The pick that some values depend on, if one does, and which they are."""
    pick = next((b.picked[node.key] for node in inputs if node.key in b.picked), None)
    return pick, frozenset(n for n, node in enumerate(inputs) if b.picked.get(node.key) == pick)


def _have_rows(inputs: Sequence[Node], but: frozenset[int]) -> bool:
    others = [node.type for n, node in enumerate(inputs) if n not in but]
    return any(isinstance(kind, Tensor) and kind.rows for kind in others)


def _is_linear(op: Bound, places: frozenset[int]) -> bool:
    return isinstance(op.word, Op) and op.word.is_linear_in(op.options, places)


def _can_move(b: Builder, node: Node, where: Where) -> bool:
    """Whether a value can be computed elsewhere: by another statement, or anew from such values."""
    assert where.owner is not None
    if node.key in b.picked or (node.site.statement, node.site.index) != _site(where):
        return True
    role = node.role
    if not isinstance(role, Apply) or role.parameters or not isinstance(role.op.word, Op):
        return False
    return not role.op.word.draws and all(_can_move(b, b.nodes[k], where) for k in node.inputs)


@dataclass(frozen=True, slots=True)
class _Moving:
    """Computes in the family of products what a value would be if every row picked one member."""

    b: Builder
    pick: Node
    number: int
    span: Span
    where: Where
    site: tuple[Statement, Index]

    def of(self, node: Node) -> Node:
        picked = self.b.picked.get(node.key) == self.pick.key
        if not picked and (node.site.statement, node.site.index) != self.site:
            return node
        if picked:
            self.b.lifted.add(node.site.statement)
        if node.key == self.pick.key:
            return self.b.nodes[self.pick.inputs[self.number + 1]]
        assert isinstance(node.role, Apply)
        given = [self.of(self.b.nodes[key]) for key in node.inputs]
        places = [self.span] * len(given)
        made = apply.apply(self.b, node.role.op, given, places, self.span, self.where)
        assert isinstance(made, Node)
        return made


def _site(where: Where) -> tuple[Statement, Index]:
    assert where.owner is not None
    return where.owner.statement, where.owner.whole_index


def _family(b: Builder, role: Place, span: Span, where: Where) -> Statement:
    """The statement of the products: a family with a member for each that may be picked."""
    statement, index = _site(where)
    members = tuple((*own, label) for own in statement.members for label in role.labels)
    base = f"{statement.name} by {role.field.name}"
    for number in count(1):
        made = replace(
            statement,
            keyword="let",
            name=base if number == 1 else f"{base} {number}",
            family=True,
            order=(*statement.order, -number),
            span=span,
            members=members,
        )
        if f"{made.logical((*index, role.labels[0]))}:0" not in b.nodes:
            return made
    raise AssertionError("some number is free")
