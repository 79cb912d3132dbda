"""Names: what each stands for, and from where it can be seen.

File → model → repeat body → member: a scope sees the names of those around it, never the
reverse. A stream is the one name whose value depends on where it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from mtlspec.graph.node import Index, Node
from mtlspec.graph.schema import FeatureField, TaskField
from mtlspec.graph.values import FAILED, Absent, Element, Failed, IndexSet, Instance, Value
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import word as words

if TYPE_CHECKING:
    from mtlspec.graph.bodies.body import Body
    from mtlspec.graph.builder import Host

T = TypeVar("T")


@dataclass(slots=True)
class Lazy(Generic[T]):
    """A value computed when first asked for; `in_circle` is what it is when asked meanwhile."""

    compute: Callable[[], T]
    in_circle: Callable[[], T]
    value: T | None = None
    running: bool = False

    def get(self) -> T:
        if self.value is not None:
            return self.value
        if self.running:
            return self.in_circle()
        self.running = True
        self.value = self.compute()
        self.running = False
        return self.value


MemberValue = Node | Absent | Instance
Moment = Mapping[Index, Lazy[MemberValue]]
"""The members of a family, or of a stream at one moment."""


@dataclass(frozen=True, slots=True)
class Constants:
    """A param: its value, and the span where that was given (`--set`, `use (…)` or itself)."""

    name: str
    span: Span
    value: Lazy[Value]


@dataclass(frozen=True, slots=True)
class Sets:
    """A set's declaration."""

    name: str
    span: Span
    value: Lazy[IndexSet | Failed]


@dataclass(frozen=True, slots=True)
class Bound:
    """A name bound to a member: `task` inside `layer h[task] = …`."""

    name: str
    span: Span
    element: Element


@dataclass(frozen=True, slots=True)
class FeatureName:
    """A feature: its type, and then its table, are read when they are first needed.

    `joined` tells that it is declared, and so a part of `features`; `source` is not. It is
    `unknown` to a model whose file does not use the one that declares it.
    """

    name: str
    span: Span
    type: Lazy[words.Bound | Failed]
    read: Lazy[FeatureField | Failed]
    joined: bool = True
    unknown: bool = False

    @property
    def field(self) -> FeatureField | None:
        """What was declared; None where its type has an error."""
        found = self.read.get()
        return None if isinstance(found, Failed) else found


@dataclass(frozen=True, slots=True)
class TaskName:
    """A task: its type is read when it is first needed. `tasks` is the set of all."""

    name: str
    span: Span
    read: Lazy[TaskField | Failed]
    tasks: Lazy[IndexSet | Failed]

    @property
    def task(self) -> TaskField | None:
        """What was declared; None where its type has an error."""
        found = self.read.get()
        return None if isinstance(found, Failed) else found

    def value(self) -> Element | Failed:
        """The member of the set of tasks that it is."""
        home = self.tasks.get()
        return home if isinstance(home, Failed) else Element(self.name, home)


@dataclass(frozen=True, slots=True)
class TaskFamily:
    """The tasks that one field declares, `exam[s in 1..139]`, by their indices."""

    name: str
    span: Span
    members: Lazy[Mapping[Index, TaskName] | Failed]
    tasks: Lazy[IndexSet | Failed]

    def value(self) -> IndexSet | Failed:
        """Its tasks as a part of the set of all tasks."""
        members, home = self.members.get(), self.tasks.get()
        if isinstance(members, Failed) or isinstance(home, Failed):
            return FAILED
        return IndexSet(self.name, tuple(task.name for task in members.values()), home)


@dataclass(slots=True)
class Family:
    """What statements define under one name; a single value has the empty index alone."""

    name: str
    span: Span
    keyword: str
    arity: int = 0
    members: dict[Index, Lazy[MemberValue]] = field(default_factory=dict[Index, Lazy[MemberValue]])
    spans: dict[Index, Span] = field(default_factory=dict[Index, Span])
    ranks: dict[Index, tuple[int, ...]] = field(default_factory=dict[Index, tuple[int, ...]])
    broken: bool = False
    fill: Callable[[], None] | None = None
    """Enters the members, where a call says which there are: they come out of it whole."""

    def moment(self) -> Moment:
        """The members, known now."""
        if self.fill is not None:
            self.fill()
        return self.members


@dataclass(slots=True)
class StreamName:
    """A stream: its family is the value that it starts with."""

    family: Family
    body: Body

    @property
    def name(self) -> str:
        return self.family.name

    @property
    def span(self) -> Span:
        return self.family.span


@dataclass(frozen=True, slots=True)
class ComponentName:
    """A component. `sees` are the other components of its file, `beside` all names of the file."""

    name: str
    span: Span
    component: tree.Component
    sees: Mapping[str, Symbol]
    beside: Mapping[str, Symbol]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """What stands before the names of a file that is used `as` it: `p.cgc`."""

    name: str
    span: Span
    names: Mapping[str, Symbol]

    def of_components(self) -> Prefix:
        """The same, as a component sees it."""
        inner: dict[str, Symbol] = {}
        for name, symbol in self.names.items():
            if isinstance(symbol, ComponentName):
                inner[name] = symbol
            elif isinstance(symbol, Prefix):
                inner[name] = symbol.of_components()
        return Prefix(self.name, self.span, inner)


Symbol = (
    Constants
    | Sets
    | Bound
    | FeatureName
    | TaskName
    | TaskFamily
    | Family
    | StreamName
    | ComponentName
    | Prefix
)


@dataclass(slots=True)
class Scope:
    """Names seen from a place. `body` and `position` tell where in a body that is."""

    parent: Scope | None
    names: dict[str, Symbol]
    body: Body | None = None
    position: int = 0

    def find(self, name: str) -> Symbol | None:
        for scope in self.chain():
            if name in scope.names:
                return scope.names[name]
        return None

    def prefixed(self, expr: tree.MemberOf) -> Symbol | None:
        """What `p.name` stands for; None where there is no such prefix, or no such name."""
        match expr.value:
            case tree.Name(name=name):
                prefix = self.find(name)
            case tree.MemberOf() as inner:
                prefix = self.prefixed(inner)
            case _:
                prefix = None
        return prefix.names.get(expr.name.name) if isinstance(prefix, Prefix) else None

    def chain(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def outermost(self) -> Scope:
        """The scope of the file."""
        return self if self.parent is None else self.parent.outermost()

    def visible(self) -> dict[str, Symbol]:
        """Every name that can be seen from here."""
        seen: dict[str, Symbol] = {}
        for scope in self.chain():
            seen = {**scope.names, **seen}
        return seen

    @property
    def heads(self) -> Family | None:
        """The heads of the model that this scope stands in, if it has any."""
        bodies = (scope.body for scope in self.chain() if scope.body is not None)
        return next((body.heads for body in bodies if body.heads is not None), None)

    def moment(self, stream: StreamName) -> Moment:
        """The value of a stream where this scope stands."""
        for scope in self.chain():
            if scope.body is not None:
                return scope.body.moment(stream, scope.position)
        return stream.family.moment()

    @property
    def host(self) -> Host | None:
        """The call of the component whose text this is; None in a model."""
        found = (scope.body.host for scope in self.chain() if scope.body is not None)
        return next(found, None)

    def inside(self, names: Mapping[str, Symbol]) -> Scope:
        """A scope within this one that sees these names as well."""
        return Scope(self, dict(names))
