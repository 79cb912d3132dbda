"""Parameters of components: what they are given becomes names that the body sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.option_values import OptionValue
from mtlspec.graph.expressions import express
from mtlspec.graph.indexing.one import one_needed
from mtlspec.graph.naming.names import NameInACircle, NameTwice
from mtlspec.graph.naming.params import kind_of, takes
from mtlspec.graph.naming.scope import (
    ComponentName,
    Constants,
    Family,
    Lazy,
    MemberValue,
    Scope,
    Sets,
    Symbol,
)
from mtlspec.graph.node import Index, Node
from mtlspec.graph.values import FAILED, Absent, Failed, IndexSet, Members, Value, describe
from mtlspec.source import Span
from mtlspec.syntax import tree

T = TypeVar("T")

Given = tuple[Node | Members | Absent, Span]
"""A value that a component is given, and where it stands."""


class FamilyExpected(Error):
    """A parameter with an index takes a family with as many indices.

    What it means: `h[k]` is given one value, or a family that has another number of indices.

    Example:
        component c(h[k]) { … return concat(h) }
        layer y = c(features)

    Instead:
        layer x[task] = features -> mlp(8)
        layer y = c(x)

    Why: inside, `k` names the set that the family runs over; one value runs over none.
    """

    id = "MTL0231"
    title = "a parameter with an index takes a family"
    name: str
    indices: int
    found_what: str
    span: Span
    declared: Span

    def headline(self) -> str:
        many = "1 index" if self.indices == 1 else f"{self.indices} indices"
        return f"`{self.name}` takes a family with {many}"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, f"this is {self.found_what}", primary=True),
            Label(self.declared, "declared here"),
        ]


class SetsDiffer(Error):
    """Families that share an index of a component run over one set.

    What it means: two parameters name their index alike, and are given families with unlike
    members.

    Example:
        component c(a[k], b[k]) { … }
        layer y = c(x, x[2..])

    Instead: give both all of their members, or name the indices apart, `c(a[k], b[j])`.

    Why: `k` is one set inside of the component.
    """

    id = "MTL0235"
    title = "families that share an index run over one set"
    index: str
    name: str
    span: Span
    first: Span

    def headline(self) -> str:
        return f"`{self.name}` runs over another set `{self.index}`"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, "this family has other members", primary=True),
            Label(self.first, "than this one"),
        ]


def enter_parameters(
    b: Builder,
    component: ComponentName,
    given: Sequence[Given],
    options: Mapping[str, tuple[Value, Span]],
    where: Where,
) -> dict[str, Symbol] | None:
    """The parameters as names that the body sees; None after an error.

    `where` is the place of the call.
    """
    names: dict[str, Symbol] = {}
    inner = Scope(Scope(None, dict(component.sees)), names)
    left = list(given)
    fine = True
    for parameter in component.component.params:
        name, span = parameter.target.name.name, parameter.target.name.span
        first = names.get(name) or component.sees.get(name)
        if first is not None:
            b.report.add(NameTwice(name, first.span, span))
            return None
        if parameter.default is not None:
            names[name] = _option(b, component, parameter, options.get(name), inner)
            continue
        value, place = left.pop(0)
        fine = _enter_value(b, parameter.target, value, place, names, where) and fine
    return names if fine else None


def _enter_value(
    b: Builder,
    target: tree.Target,
    value: Node | Members | Absent,
    place: Span,
    names: dict[str, Symbol],
    where: Where,
) -> bool:
    """Enters a value, and the sets that its indices name."""
    name, index = target.name, target.index or ()
    if not index and isinstance(value, Members):
        b.report.add(one_needed(value, place, where))
        return False
    members: dict[Index, MemberValue] = {}
    if not index:
        assert not isinstance(value, Members)
        members = {(): value}
    elif isinstance(value, Members):
        members = dict(value.own_members())
    if index and (isinstance(value, Node) or any(len(key) != len(index) for key in members)):
        b.report.add(
            FamilyExpected(target.span.text, len(index), _described(value), place, target.span)
        )
        return False
    family = Family(name.name, name.span, "component", len(index))
    for key, member in members.items():
        family.members[key] = _ready(member)
        family.spans[key] = place
    names[name.name] = family
    return _enter_sets(b, target, tuple(members), place, names)


def _described(value: Node | Members | Absent) -> str:
    if isinstance(value, Members):
        arity = max((len(key) for key in value.own_members()), default=0)
        return f"a family with {arity} indices" if arity != 1 else "a family with 1 index"
    return describe(value)


def _enter_sets(
    b: Builder, target: tree.Target, keys: Sequence[Index], place: Span, names: dict[str, Symbol]
) -> bool:
    for number, item in enumerate(target.index or ()):
        assert isinstance(item, tree.Name)
        labels = tuple(dict.fromkeys(key[number] for key in keys))
        known = names.get(item.name)
        if known is None:
            names[item.name] = Sets(item.name, place, _ready(IndexSet(item.name, labels)))
            continue
        if not isinstance(known, Sets):
            b.report.add(NameTwice(item.name, known.span, item.span))
            return False
        run_over = known.value.get()
        if isinstance(run_over, IndexSet) and run_over.labels != labels:
            b.report.add(SetsDiffer(item.name, target.name.name, place, known.span))
            return False
    return True


def _option(
    b: Builder,
    component: ComponentName,
    parameter: tree.ComponentParam,
    given: tuple[Value, Span] | None,
    scope: Scope,
) -> Constants:
    """An option as a constant: what is given, if it is of the default's type."""
    name = parameter.target.name
    default = parameter.default
    assert default is not None

    def compute() -> Value:
        own = express.value(b, default, Where(scope))
        if given is None or isinstance(own, Failed):
            return own
        value, span = given
        if not isinstance(own, Absent) and not takes(own, value):
            text, needed = describe(value), kind_of(own)
            b.report.add(OptionValue(component.name, name.name, span, text, needed))
            return FAILED
        return value

    def in_circle() -> Value:
        b.report.add(NameInACircle(name.name, name.span))
        return FAILED

    return Constants(name.name, given[1] if given else name.span, Lazy(compute, in_circle))


def _ready(value: T) -> Lazy[T]:
    """A value that is known already."""
    return Lazy(lambda: value, lambda: value)
