"""What an expression of the language can be: a number, a recipe, a set, a node, a family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mtlspec.graph.node import Index, Label, Node
from mtlspec.syntax import tree

if TYPE_CHECKING:
    from mtlspec.graph.calls.loans import Loan
    from mtlspec.graph.naming.scope import Scope


@dataclass(frozen=True, slots=True)
class IndexSet:
    """An ordered set of labels. `home` is the set that it was cut from, for neighbours.

    `groups` are the members of each label's group, where the set is a partition of another.
    """

    name: str
    labels: tuple[Label, ...]
    home: IndexSet | None = None
    groups: tuple[IndexSet, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    def elements(self) -> Iterator[Element]:
        return (Element(label, self.home or self) for label in self.labels)

    def part(self, labels: tuple[Label, ...]) -> IndexSet:
        return IndexSet(self.name, labels, self.home or self)


@dataclass(frozen=True, slots=True)
class Element:
    """A member of an index set: a task, a number, a name."""

    label: Label
    home: IndexSet

    @property
    def is_number(self) -> bool:
        """Whether it is a number of a range without a name: then it counts as that number."""
        return isinstance(self.label, int) and not self.home.name

    @property
    def place(self) -> int:
        """Its place in its home, from 1."""
        return self.home.labels.index(self.label) + 1

    @property
    def group(self) -> IndexSet | None:
        """The members of its group, where its home is a partition."""
        return self.home.groups[self.place - 1] if self.home.groups else None


@dataclass(frozen=True, slots=True)
class Bare:
    """A word that names nothing: an option's choice."""

    name: str


@dataclass(frozen=True, slots=True)
class Absent:
    """`none`: no value; it disappears from lists."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """`1..4`."""

    start: int | float
    stop: int | float


@dataclass(frozen=True)
class Recipe:
    """An op or a chain of ops without its values, with the scope in which it was written."""

    expr: tree.Expr
    scope: Scope


@dataclass(frozen=True, slots=True)
class Instance:
    """A block: a recipe whose weights are made once, by the first value that flows into it."""

    name: str
    recipe: Recipe
    loan: Loan


@dataclass(frozen=True, slots=True)
class Members:
    """A family, or a part of one: members in order.

    `layered` tells that the last index counts the weight matrices of one member, from 1.
    """

    name: str
    members: Mapping[Index, Node]
    layered: bool = False
    picked: frozenset[int] = frozenset()
    """The places of the index that an element was given for."""
    written: tree.Expr | None = field(default=None, compare=False, repr=False)
    """The name or the pick that it was read by."""

    def nodes(self) -> tuple[Node, ...]:
        return tuple(self.members.values())

    def layers(self) -> tuple[Label, ...]:
        """The places of matrices that some member has."""
        return tuple(dict.fromkeys(key[-1] for key in self.members))

    def layer(self, place: Label) -> Node | Members:
        """The matrices at one place, without that index: one, or a family."""
        found = {key[:-1]: node for key, node in self.members.items() if key[-1] == place}
        return found[()] if () in found else Members(self.name, found)

    def own_members(self) -> Iterator[tuple[Index, Node]]:
        """The members by the indices that are left: `mine[income]` runs over its experts."""
        for key, node in self.members.items():
            yield tuple(x for place, x in enumerate(key) if place not in self.picked), node


@dataclass(frozen=True, slots=True)
class Results:
    """What a call returns where that is more than one value, by place.

    `component` is the name of what is called; `keyword` begins a statement that may call it.
    """

    component: str
    values: tuple[Node | Members | Absent, ...]
    keyword: str = "layer"


@dataclass(frozen=True, slots=True)
class Failed:
    """An error has been reported: whoever meets this keeps quiet."""


FAILED = Failed()
Scalar = int | float | bool | str | Bare | Absent | Numbers
Value = (
    Scalar
    | tuple["Value", ...]
    | IndexSet
    | Element
    | Recipe
    | Instance
    | Node
    | Members
    | Results
    | Failed
)


def describe(value: Value) -> str:
    """What a value is, in a person's words."""
    match value:
        case bool():
            return "`yes`" if value else "`no`"
        case int() | float():
            return f"the number {value}"
        case str():
            return f'the text "{value}"'
        case tuple():
            return "a list"
        case Bare(name):
            return f"the word `{name}`"
        case Absent():
            return "`none`"
        case Numbers(start, stop):
            return f"the range {start}..{stop}"
        case IndexSet(name):
            return f"the set `{name}`"
        case Element(label):
            return f"`{label}`, a member of `{value.home.name}`"
        case Instance() | Recipe():
            what = f"the block `{value.name}`" if isinstance(value, Instance) else "a recipe"
            return f"{what}, not yet given a value"
        case Node():
            return f"a value, {value.type}"
        case Members(name):
            count = len(value.members)
            return f"the family `{name}`, {count} value{'s' * (count != 1)}"
        case Results(component, values):
            return f"the {len(values)} results of `{component}`"
        case Failed():
            return "unknown"
