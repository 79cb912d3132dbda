"""The nodes of the graph: every value of the model, for every member and iteration, once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from mtlspec.graph.schema import FeatureField, TaskField
from mtlspec.source import Span
from mtlspec.types import Meaning, Tensor, Type
from mtlspec.words.initialisers import Parameter
from mtlspec.words.routers import Per
from mtlspec.words.word import Bound

Label = str | int
"""One index of a member: the name of a task, say, or a number from 1."""

Index = tuple[Label, ...]
"""The indices of a member; empty for a statement that declares no family."""

Keyword = Literal[
    "features",
    "layer",
    "expert",
    "let",
    "block",
    "weight",
    "stream",
    "gate",
    "stitch",
    "head",
    "loss",
    "return",
]


@dataclass(frozen=True, slots=True)
class Statement:
    """Where nodes come from: one statement of the spec in one iteration of its repeats.

    `order` is its place among all statements as they are unrolled; `family` whether it has
    indices on the left, or its caller has. A statement of a component has a caller; the indices
    of its members begin with those of the member that calls, so that the calls of a family are
    one statement.
    """

    keyword: Keyword
    name: str
    iteration: tuple[int, ...]
    family: bool
    order: tuple[int, ...]
    span: Span
    members: tuple[Index, ...] = field(default=(), compare=False, repr=False)
    """The indices that it declares, in the order of their sets."""
    caller: "Caller | None" = None

    @property
    def title(self) -> str:
        """`mine@1`, the name with its iteration; behind the call, in a component: `h@1.mine`."""
        lead = f"{self.caller.title}." if self.caller else ""
        return lead + self._own

    def logical(self, index: Index) -> str:
        """`mine@1[income, 2]`: the logical name of a member; `y[income].a[2]` in a component."""
        if self.caller is None:
            return self._own + show_index(index)
        depth = self.caller.depth
        return f"{self.caller.logical(index[:depth])}.{self._own}{show_index(index[depth:])}"

    @property
    def _own(self) -> str:
        return f"{self.name}@{'.'.join(map(str, self.iteration))}" if self.iteration else self.name

    def callers(self) -> "Iterator[Caller]":
        """The calls that it is made by, the nearest first."""
        caller = self.caller
        while caller is not None:
            yield caller
            caller = caller.statement.caller


@dataclass(frozen=True, slots=True)
class Caller:
    """A call of a component: the statement that calls, and where.

    `number` tells a further call in one statement apart; `depth` is how many indices the member
    that calls has, `results` how many values the component returns. Where a block is used, whose
    weights the call borrows, `lent` tells the calls in the block's recipe apart.
    """

    statement: Statement
    number: str
    depth: int
    component: str
    span: Span
    lent: str | None = None
    results: int = 1

    @property
    def title(self) -> str:
        return self.statement.title + self._tail

    def logical(self, index: Index) -> str:
        return self.statement.logical(index) + self._tail

    @property
    def _tail(self) -> str:
        return f".{self.number}" if self.number else ""


@dataclass(frozen=True, slots=True)
class Site:
    """The place of a node: its statement, the member, and its ordinal among the member's nodes."""

    statement: Statement
    index: Index
    ordinal: int

    @property
    def logical(self) -> str:
        """`mine@1[income, 2]`: the member's logical name."""
        return self.statement.logical(self.index)

    @property
    def of_caller(self) -> "Site | None":
        """The member that calls, for the member of a component's statement."""
        caller = self.statement.caller
        return Site(caller.statement, self.index[: caller.depth], 0) if caller else None


def show_index(index: Index) -> str:
    """`[income, 2]`, or nothing for the empty index."""
    return f"[{', '.join(map(str, index))}]" if index else ""


@dataclass(frozen=True, slots=True)
class Column:
    """A feature: a column, embedded by the schema's shared table where it has one."""

    field: FeatureField


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A feature as the batch has it: ids, or encoded numbers. Read by ops with own tables."""

    field: FeatureField


RAW = "raw "
"""How the name of a raw column's statement begins."""
MASK = "mask "
"""How the name of a mask's statement begins."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Which tokens of a feature are not padding: bool, with its token axis alone."""

    field: FeatureField


PLACE = "place "
"""How the name of a place's statement begins."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the value of a category stands among labels, from 0; -1 where it is none of them."""

    field: FeatureField
    labels: tuple[Label, ...]

    @property
    def name(self) -> str:
        """`place scenario`; with the labels where they are not all values in their order."""
        own = f"{PLACE}{self.field.name}"
        whole = self.labels == self._known
        return own if whole else f"{own} in {', '.join(map(str, self.labels))}"

    @property
    def first(self) -> int:
        """The row of the category's table that its first value has."""
        table = self.field.table
        assert table is not None
        return (table.rows or 0) - len(self._known)

    @property
    def rows(self) -> tuple[int, ...]:
        """The place of each row of the category's table."""
        place = {label: number for number, label in enumerate(self.labels)}
        return (*[-1] * self.first, *(place.get(value, -1) for value in self._known))

    @property
    def _known(self) -> tuple[Label, ...]:
        assert self.field.table is not None
        return self.field.table.known or ()


@dataclass(frozen=True, slots=True)
class Learned:
    """An array that is learned as it is, such as a stitch's coefficients.

    `inner` names it within the member, empty for the only array of a statement; `attribute` is
    what the member's class calls it.
    """

    parameter: Parameter
    inner: str
    attribute: str


@dataclass(frozen=True, slots=True)
class Apply:
    """An op applied to the node's inputs. `inner` names its parameters within the member.

    `lent` tells that the weights are those of a block: the last input is its `Held`.
    """

    op: Bound
    parameters: tuple[Parameter, ...] = ()
    inner: str = ""
    lent: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """The weights of an op that a block holds, for all values that flow through the block.

    `types` are those of the values that flowed in first.
    """

    op: Bound
    parameters: tuple[Parameter, ...]
    inner: str
    types: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """a = router(ℓ): the coefficients of a mix. Inputs: the scores that the router reads.

    `axis` is the one that candidates lie along: the last, or that before the channels.
    `quantities` are the keys of the nodes that losses may read, by what they are.
    """

    router: Bound
    candidates: int
    axis: int
    quantities: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Mix:
    """Σ aᵢ cᵢ. Inputs: the candidates, then the coefficients a.

    `places` is where each candidate stands in the list; `per` says what a coefficient is.
    """

    candidates: int
    places: tuple[Span, ...]
    per: Per


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says of a task, as the task's kind means it (a logit, for `binary`)."""

    task: TaskField


@dataclass(frozen=True, slots=True)
class LabelOf:
    """A task's labels in training: as they are, or `filled`, with 0 where a row has none."""

    task: TaskField
    filled: bool

    @property
    def name(self) -> str:
        """What the statement of its node is called."""
        return f"{'label' if self.filled else 'labels'} of {self.task.name}"


@dataclass(frozen=True, slots=True)
class ErrorOf:
    """The loss of each row: of a prediction with that meaning, and the task's labels."""

    task: TaskField
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class WeightsOf:
    """A weight matrix [in, out] of another node, read as a value: its parameter's, transposed."""

    owner: str
    inner: str
    parameter: Parameter


@dataclass(frozen=True, slots=True)
class Term:
    """A loss term: one number per member, a mean over rows where there are rows.

    One that is `proximal` is no number but a step that follows the optimiser's.
    """

    name: str
    proximal: bool = False


@dataclass(frozen=True, slots=True)
class Nothing:
    """Stands where an error was reported."""


Input = Column | RawColumn | Mask | Place
"""What a node is that the batch gives."""
Role = (
    Input
    | Learned
    | Held
    | WeightsOf
    | Apply
    | Route
    | Mix
    | Prediction
    | LabelOf
    | ErrorOf
    | Term
    | Nothing
)


@dataclass(frozen=True, slots=True)
class Node:
    """One value. `key` is its identity in the graph: logical name and ordinal.

    `use` tells which flow through a block it is part of, counted in its member; 0 is none.
    """

    key: str
    role: Role
    type: Type
    inputs: tuple[str, ...]
    site: Site
    span: Span
    use: int = 0

    @property
    def inner(self) -> str:
        """The name of its parameters within the member; empty where they have none of their own."""
        return self.role.inner if isinstance(self.role, Apply | Held) else ""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it learns; a table is its feature's, and not the column's."""
        match self.role:
            case Apply() | Held():
                return self.role.parameters
            case Learned():
                return (self.role.parameter,)
            case Column():
                return self.role.field.parameters
            case _:
                return ()
