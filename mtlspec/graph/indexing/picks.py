"""Indices on the right: an element picks, a set keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from mtlspec.diagnostics import Label, Note, closest
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.indexing import rowwise, sets, slices
from mtlspec.graph.indexing.membership import NoSuchMember, NotAnIndex, TooManyIndices
from mtlspec.graph.naming.hiding import declared_before
from mtlspec.graph.naming.names import NameTwice, UnknownName, or_source
from mtlspec.graph.naming.scope import Bound, Constants, Sets, TaskFamily
from mtlspec.graph.node import Column, Index, Node, show_index
from mtlspec.graph.node import Label as Name
from mtlspec.graph.schema import FeatureField
from mtlspec.graph.values import FAILED, Bare, Element, Failed, IndexSet, Value, describe
from mtlspec.source import Span
from mtlspec.syntax import tree


@dataclass(frozen=True, slots=True)
class Keep:
    """What one index on the right keeps of the labels in its place; `one` picks a single one.

    A `column` keeps all, of which each row then picks one.
    """

    labels: frozenset[Name]
    one: bool
    column: FeatureField | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """What an index keeps of a family; `single` if every index was an element, or a column.

    `elements` are the places that an element was given for, `by` is the place of a column.
    """

    keys: tuple[Index, ...]
    single: bool
    elements: frozenset[int] = frozenset()
    by: tuple[int, FeatureField] | None = None


def pick(
    b: Builder,
    name: str,
    members: Sequence[Index],
    declared: Span,
    index: Sequence[tree.Index],
    where: Where,
    span: Span,
    whole: Sequence[Index] | None = None,
    hint: str = "",
) -> Picked | Failed:
    """`name[index]`: one member if every index is an element, else the part that is kept.

    `whole` are the members of which these are a part; `hint` says what to do about one that does
    not exist.
    """
    arity = len(members[0]) if members else 0
    if members and len(index) > arity:
        several = _several(name, index, _labels(members, 0), where) if arity == 1 else ""
        several = several if arity else f"leave the index out: `{name}`"
        b.report.add(TooManyIndices(name, len(index), arity, span, declared, several))
        return FAILED
    place = next((p for p, item in enumerate(index) if isinstance(item, tree.Bind)), None)
    if place is not None:
        return _pick_bound(b, name, members, declared, index, where, span, place)
    keeps: list[Keep] = []
    for place, item in enumerate(index):
        labels, known = _labels(members, place), _labels(whole or members, place)
        kept = _kept(b, item, labels, where, known)
        if isinstance(kept, Failed):
            return FAILED
        keeps.append(kept)
    chosen = [
        key
        for key in members
        if all(label in keep.labels for label, keep in zip(key, keeps, strict=False))
    ]
    if not chosen and _names_nobody(members, keeps):
        shown = ", ".join(str(next(iter(keep.labels))) if keep.one else "…" for keep in keeps)
        known = tuple(f"`{name}{show_index(key)}`" for key in members)
        hint = hint or _counted(index, keeps) or _by_place(name, members, keeps)
        b.report.add(NoSuchMember(name, f"[{shown}]", span, known, declared, hint=hint))
        return FAILED
    single = len(keeps) == arity and all(keep.one or keep.column for keep in keeps)
    elements = frozenset(place for place, keep in enumerate(keeps) if keep.one)
    by = [(place, keep.column) for place, keep in enumerate(keeps) if keep.column]
    if len(by) > 1:
        b.report.add(NotAnIndex("a second column", index[by[1][0]].span))
        return FAILED
    return Picked(tuple(chosen), single, elements, by[0] if by else None)


def _several(name: str, index: Sequence[tree.Index], labels: Sequence[Name], where: Where) -> str:
    """How several members are picked, where each index is one of their labels."""
    given = [item.name if isinstance(item, tree.Name) else _literal(item) for item in index]
    if not set(given) <= set(labels):
        return ""
    free = next(letter for letter in "tmixyz_" if where.scope.find(letter) is None)
    members = ", ".join(item.span.text for item in index)
    return f"several members are picked by a set: `{name}[{free} in {{{members}}}]`"


def _literal(item: tree.Index) -> Name | None:
    return item.value if isinstance(item, tree.String | tree.Int) else None


def _pick_bound(
    b: Builder,
    name: str,
    members: Sequence[Index],
    declared: Span,
    index: Sequence[tree.Index],
    where: Where,
    span: Span,
    place: int,
) -> Picked | Failed:
    """`f[t in later, own[t]]`: the part that a set keeps; later indices may speak of its member."""
    bind = index[place]
    assert isinstance(bind, tree.Bind)
    first = declared_before(b, where.scope, bind.name.name, bind.name.span)
    if first is not None:
        b.report.add(NameTwice(bind.name.name, first.span, bind.name.span))
        return FAILED
    chosen = sets.index_set(b, bind.over, where)
    if isinstance(chosen, Failed):
        return FAILED
    rest = (*index[:place], tree.Every(span=bind.span), *index[place + 1 :])
    kept: set[Index] = set()
    for element in chosen.elements():
        own = [key for key in members if key[place] == element.label]
        bound = {bind.name.name: Bound(bind.name.name, bind.name.span, element)}
        inner = where.seeing(where.scope.inside(bound))
        part = pick(b, name, own, declared, rest, inner, span, members) if own else None
        if isinstance(part, Failed):
            return FAILED
        kept.update(part.keys if part else ())
    return Picked(tuple(key for key in members if key in kept), single=False)


def _counted(index: Sequence[tree.Index], keeps: Sequence[Keep]) -> str:
    """Where a neighbour is looked for, should one of the indices be a neighbour's."""
    for item, keep in zip(index, keeps, strict=True):
        if isinstance(item, tree.Binary) and keep.one:
            (label,) = keep.labels
            return (
                f"`{item.span.text}` is `{label}` here: a neighbour in the whole set, not in a "
                f"part; a slice, `[..{item.span.text}]`, leaves out what does not exist"
            )
    return ""


def _by_place(name: str, members: Sequence[Index], keeps: Sequence[Keep]) -> str:
    """Which member a number may mean, of members that have names."""
    named = [str(key[0]) for key in members if len(key) == 1 and isinstance(key[0], str)]
    number = next((n for keep in keeps for n in keep.labels if keep.one), "")
    if len(named) < len(members) or not isinstance(number, int) or not 1 <= number <= len(named):
        return ""
    return f"its members have names: number {number} of them is `{name}[{named[number - 1]}]`"


def _names_nobody(members: Sequence[Index], keeps: Sequence[Keep]) -> bool:
    """Whether an element is no member's, or all are elements and no member has them together.

    Else nothing is left because a set or a complement is empty, which is no mistake.
    """
    return (bool(keeps) and all(keep.one for keep in keeps)) or any(
        keep.one and not any(key[place] in keep.labels for key in members)
        for place, keep in enumerate(keeps)
    )


def _labels(members: Sequence[Index], place: int) -> list[Name]:
    """What members have in a place of their indices, each once."""
    return list(dict.fromkeys(key[place] for key in members))


def _kept(
    b: Builder, item: tree.Index, labels: list[Name], where: Where, whole: Sequence[Name]
) -> Keep | Failed:
    match item:
        case tree.Every():
            return Keep(frozenset(labels), one=False)
        case tree.Others():
            out = _kept(b, item.value, labels, where, whole)
            if isinstance(out, Failed):
                return FAILED
            if out.column is not None:
                b.report.add(NotAnIndex("a column, of which each row picks its own", item.span))
                return FAILED
            return Keep(frozenset(labels) - out.labels, one=False)
        case tree.Range():
            kept = slices.sliced(b, item, labels, where, whole=whole)
            return kept if isinstance(kept, Failed) else Keep(kept, one=False)
        case tree.Bind():
            raise AssertionError("a bound name is taken member by member")
        case _:
            return _kept_by_value(b, item, labels, where)


def _kept_by_value(b: Builder, item: tree.Expr, labels: list[Name], where: Where) -> Keep | Failed:
    if isinstance(item, tree.String):
        return Keep(frozenset([item.value]), one=True)
    if isinstance(item, tree.Name) and item.name in labels and not _is_bound(item.name, where):
        return Keep(frozenset([item.name]), one=True)
    match value := express.value(b, item, where):
        case Element(label) if label not in labels and value.group is not None:
            return Keep(frozenset(value.group.labels), one=False)
        case Element():
            return Keep(frozenset([value.label]), one=True)
        case IndexSet():
            return Keep(frozenset(value.labels), one=False)
        case bool():
            b.report.add(NotAnIndex(describe(value), item.span))
            return FAILED
        case int():
            _note_number(b, item, where)
            return Keep(frozenset([value]), one=True)
        case Bare(name):
            element = named_element(name, where)
            if element is not None and element.group is not None:
                return Keep(frozenset(element.group.labels), one=False)
            names = tuple(str(label) for label in labels)
            hint = "" if closest(name, names) else _bound_to(labels, where)
            b.report.add(or_source(UnknownName(name, item.span, "a member here", names, hint=hint)))
            return FAILED
        case Failed():
            return FAILED
        case Node(role=Column(field)):
            return rowwise.kept(b, field, labels, item.span)
        case _:
            b.report.add(NotAnIndex(describe(value), item.span))
            return FAILED


def _bound_to(labels: Sequence[Name], where: Where) -> str:
    """What to write for the member of this statement, where its name stands for one of these."""
    names = (n for n, s in where.scope.visible().items() if isinstance(s, Bound))
    fits = [n for n in names if cast("Bound", where.scope.find(n)).element.label in labels]
    return f"the member of this statement is `{fits[-1]}`" if fits else ""


def _is_bound(name: str, where: Where) -> bool:
    """Whether a name stands for a member, so that no label of the same spelling is meant."""
    return isinstance(where.scope.find(name), Bound)


def named_element(label: str, where: Where) -> Element | None:
    """The member of a visible set that is called so, where just one set has it."""
    found: list[Element] = []
    for symbol in where.scope.visible().values():
        known = isinstance(symbol, Sets) and not symbol.value.running
        members = symbol.value.get() if known and isinstance(symbol, Sets) else FAILED
        if isinstance(members, IndexSet) and label in members.labels:
            found.append(Element(label, members.home or members))
    homes = {element.home for element in found}
    return found[0] if len(homes) == 1 else None


class NumberPicksOne(Note):
    """A number on the right picks one member; on the left it declares as many."""

    id = "number-picks-one"
    title = "a number in an index on the right picks one member"
    name: str
    span: Span

    def headline(self) -> str:
        return f"`[{self.name}]` picks one member, the one with that number"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return "leave the index out to mean all members"


def _note_number(b: Builder, item: tree.Expr, where: Where) -> None:
    """Asks whether `e[own]`, with `own` a param, was meant to be all of them."""
    named = isinstance(item, tree.Name) and isinstance(where.scope.find(item.name), Constants)
    if named and isinstance(item, tree.Name):
        b.report.add(NumberPicksOne(item.name, item.span))


def pick_tasks(
    b: Builder, family: TaskFamily, index: Sequence[tree.Index], where: Where, span: Span
) -> Element | IndexSet | Failed:
    """`exam[3]`: one task, `exam[2..]`: a part of the set of tasks; by index, not by place."""
    members, whole = family.members.get(), family.value()
    if isinstance(members, Failed) or isinstance(whole, Failed):
        return FAILED
    picked = pick(b, family.name, tuple(members), family.span, index, where, span)
    if isinstance(picked, Failed):
        return FAILED
    if picked.single:
        return members[picked.keys[0]].value()
    return whole.part(tuple(members[key].name for key in picked.keys))


def pick_set(
    b: Builder, chosen: IndexSet, index: Sequence[tree.Index], where: Where, span: Span
) -> Value:
    """`task[1]` is an element, `task[2..]` and `task[!which]` are sets: places count from 1."""
    if len(index) != 1:
        b.report.add(TooManyIndices(chosen.name, len(index), 1, span, span))
        return FAILED
    item = index[0]
    if isinstance(item, tree.Others | tree.Range):
        kept = _part(b, chosen, item, where)
        if isinstance(kept, Failed):
            return FAILED
        return chosen.part(tuple(x for x in chosen.labels if x in kept.labels))
    if isinstance(item, tree.Every):
        return chosen
    if isinstance(item, tree.Bind):
        b.report.add(NotAnIndex("a name for members, not a place of a set", item.span))
        return FAILED
    place = express.value(b, item, where)
    if isinstance(place, int) and 1 <= place <= len(chosen):
        return Element(chosen.labels[place - 1], chosen.home or chosen)
    label = place.label if isinstance(place, Element) else place
    label = label.name if isinstance(label, Bare) else label
    if isinstance(label, str | int) and label in chosen.labels:
        return Element(label, chosen.home or chosen)
    if not isinstance(place, Failed):
        known = tuple(f"`{chosen.name}[{p}]`" for p in range(1, len(chosen) + 1))
        grouped = any(label in group.labels for group in chosen.groups)
        hint = f"the group that holds it is `{chosen.name}({item.span.text})`" if grouped else ""
        b.report.add(NoSuchMember(chosen.name, f"[{_shown(place)}]", span, known, hint=hint))
    return FAILED


def _part(
    b: Builder, chosen: IndexSet, item: tree.Others | tree.Range, where: Where
) -> Keep | Failed:
    """What a slice or a complement keeps of a set, whose members are also known by place."""
    labels = list(chosen.labels)
    if isinstance(item, tree.Range):
        kept = slices.sliced(b, item, labels, where, whole=labels, by_place=True)
        return kept if isinstance(kept, Failed) else Keep(kept, one=False)
    out = express.value(b, item.value, where) if isinstance(item.value, tree.Int) else None
    if isinstance(out, int) and 1 <= out <= len(labels):
        return Keep(frozenset(labels) - {labels[out - 1]}, one=False)
    return _kept(b, item, labels, where, labels)


def pick_item(
    b: Builder,
    items: tuple[object, ...],
    index: Sequence[tree.Index],
    where: Where,
    span: Span,
    name: str,
) -> object:
    """`widths[2]`, `own[task]`: a list is indexed by a number or by a member's place."""
    value: object = items
    for item in index:
        if isinstance(item, tree.Range | tree.Bind | tree.Every | tree.Others):
            b.report.add(NotAnIndex("not one place of a list", item.span))
            return FAILED
        place = express.value(b, item, where)
        if isinstance(place, Failed):
            return FAILED
        number = place.place if isinstance(place, Element) else place
        if not isinstance(value, tuple) or isinstance(number, bool) or not isinstance(number, int):
            b.report.add(NotAnIndex(describe(place), item.span))
            return FAILED
        count = len(value)  # pyright: ignore[reportUnknownArgumentType]
        if not 1 <= number <= count:
            known = tuple(f"`{name}[{p}]`" for p in range(1, count + 1))
            b.report.add(NoSuchMember(name, f"[{_shown(place)}]", span, known))
            return FAILED
        value = value[number - 1]  # pyright: ignore[reportUnknownVariableType]
    return value  # pyright: ignore[reportUnknownVariableType]


def _shown(place: Value) -> str:
    if isinstance(place, Element):
        return str(place.label)
    return str(place) if isinstance(place, int | float | str) else describe(place)
