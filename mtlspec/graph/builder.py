"""What is shared while a graph is built: the report, the nodes so far, who owns what is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mtlspec.diagnostics import Diagnostic, Label, Report
from mtlspec.graph.calls.stored import FilesOfWeights, Loading, begin
from mtlspec.graph.files.program import Program
from mtlspec.graph.limits import Unrolled
from mtlspec.graph.naming.scope import ComponentName, Scope
from mtlspec.graph.node import (
    Apply,
    Caller,
    Index,
    Learned,
    Node,
    Nothing,
    Role,
    Site,
    Statement,
)
from mtlspec.graph.schema import FeatureField
from mtlspec.names import fresh
from mtlspec.source import Span
from mtlspec.types import UNKNOWN, Tensor, Type
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op
from mtlspec.words.owning import AS_USUAL, OwnerOptions
from mtlspec.words.word import Bound

if TYPE_CHECKING:
    from mtlspec.graph.bodies.contracts import Contract
    from mtlspec.graph.calls.loans import Loan
    from mtlspec.graph.calls.several import Naming

CALLERS = frozenset({"layer", "expert", "head", "return"})
"""Statements that may own weights and call a component that does."""

OWNERS = CALLERS | {"weight", "gate", "stitch"}
"""Statements that may own weights."""


PATHS = frozenset({"MTL0103", "MTL0105", "MTL0152", "MTL0205"})
"""Errors after which a file is not read: in its path, in reaching it, or in its lines."""


@dataclass(frozen=True, slots=True)
class Host:
    """The call that the body of a component is made by.

    `index` is that of the member that calls, `may_own` whether the component may own weights
    there, `calls_from` where the call is written, `loan` the block whose weights it borrows,
    `learned` how all weights inside are learned, `loads` the files that they begin as.
    """

    caller: Caller
    index: Index
    may_own: bool
    component: ComponentName
    calls_from: Scope

    loan: Loan | None = None
    learned: OwnerOptions = AS_USUAL
    loads: tuple[Loading, ...] = ()

    def marks(self) -> tuple[Label, ...]:
        """The calls that led there, as marks of a message."""
        return (_mark(self.caller), *marks_of(self.caller.statement))


@dataclass(slots=True)
class Owner:
    """The member of a statement that the nodes being made belong to.

    `index` is what its own statement declares; within a component the index of its nodes begins
    with that of the member that calls. While a member uses a block there is an owner `of` it,
    whose weights are those of the block.
    """

    statement: Statement
    index: Index
    may_own: bool
    host: Host | None = None
    nodes: int = 0
    owning: int = 0
    calls: int = 0
    attributes: set[str] = field(default_factory=lambda: {"gate", "layers", "mixing", "out"})
    """The attributes that its class has or may have."""
    of: Owner | None = None
    borrows: Loan | None = None
    use: int = 0
    """Which flow through a block it is that is being written out; 0 is none."""
    uses: int = 0
    loads: tuple[Loading, ...] = ()
    """The file that the op begins as which is being applied."""

    @property
    def all_loads(self) -> tuple[Loading, ...]:
        """The files that its weights begin as, that of the outermost call last."""
        return (*self.loads, *(self.host.loads if self.host else ()))

    @property
    def learned(self) -> OwnerOptions:
        """How its weights are learned, by the calls of components that led there."""
        return self.host.learned if self.host else AS_USUAL

    @property
    def loan(self) -> Loan | None:
        """The block whose weights it takes, where it may own none itself."""
        return self.borrows or (self.host.loan if self.host else None)

    def using(self, loan: Loan) -> Owner:
        """The same member, while values flow into a block."""
        whole = self.of or self
        whole.uses += 1
        use = self.use or whole.uses  # a block in a block is part of what that one does
        return replace(self, may_own=True, owning=0, calls=0, of=whole, borrows=loan, use=use)

    @property
    def whole_index(self) -> Index:
        return (*self.host.index, *self.index) if self.host else self.index

    def next_site(self) -> Site:
        if self.of is not None:
            return self.of.next_site()
        self.nodes += 1
        return Site(self.statement, self.whole_index, self.nodes - 1)

    def next_inner(self) -> str:
        """The name of the next op that owns weights: its ordinal in the statement."""
        self.owning += 1
        return str(self.owning - 1)

    def next_call(self) -> str:
        """What tells its next call of a component apart: the first needs nothing."""
        self.calls += 1
        return self.next_inner() if self.calls > 1 else ""

    def index_here(self, node: Node) -> Index:
        """The index of a node as the statements beside this one know it."""
        lead = self.host.index if self.host else ()
        index = node.site.index
        return index[len(lead) :] if index[: len(lead)] == lead else index


@dataclass(frozen=True, slots=True)
class Where:
    """The place of an expression: which names it sees, and who owns what it makes."""

    scope: Scope
    owner: Owner | None = None
    owning: OwnerOptions = AS_USUAL
    """How the weights of the op are learned that is being applied."""
    naming: Naming | None = None
    """The names that take the results of an op with several."""

    def seeing(self, scope: Scope) -> Where:
        return replace(self, scope=scope)


def marks_of(statement: Statement) -> list[Label]:
    """The calls that a statement of a component is made by, as marks of a message."""
    return [_mark(caller) for caller in statement.callers()]


def _mark(caller: Caller) -> Label:
    text = f"in this expansion of `{caller.component}`, called here"
    iteration = ".".join(map(str, caller.statement.iteration))
    return Label(caller.span, f"{text} in iteration {iteration}" if iteration else text)


@dataclass
class ReportOfCall(Report):
    """A report inside a call of a component: every message marks the calls that led there."""

    outer: Report = field(kw_only=True)
    caller: Caller = field(kw_only=True)

    def add(self, diagnostic: Diagnostic) -> None:
        self.outer.add(diagnostic.led_by([_mark(self.caller)]))


@dataclass(slots=True)
class Builder:
    """The state of one build."""

    program: Program
    report: Report
    sizes: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many classes tasks have, where the data tell."""
    files: FilesOfWeights = field(default_factory=lambda: FilesOfWeights(None))
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    statements: list[Statement] = field(default_factory=list[Statement])
    alone: set[str] = field(default_factory=set[str])
    """The values that are some gate's only candidate: the keys of their nodes."""
    unrolled: Unrolled = field(default_factory=Unrolled)
    unread: set[str] = field(default_factory=set[str])
    """The words of statements that did not parse; empty where not even the word is known."""
    picked: dict[str, str] = field(default_factory=dict[str, str])
    """The arrays that differ by row in which member of a family they are: the keys of their nodes,
    and of the nodes that pick."""
    lifted: set[Statement] = field(default_factory=set[Statement])
    """The statements whose arrays are computed where they are multiplied."""
    grouping: dict[str, FeatureField] = field(default_factory=dict[str, FeatureField])
    """The categories that ops tell rows apart by."""
    hidden: set[str] = field(default_factory=set[str])
    """The features that a name of the model hides."""
    blind: bool = False
    """Whether a declaration could not be read, so that an unknown name may be one of its own."""
    clashing: list[str] = field(default_factory=list[str])
    """The keys that two nodes would have had."""

    contracts: list[Contract] = field(default_factory=list["Contract"])
    """What the spec requires of the graph, once it is whole."""

    def within(self, caller: Caller) -> Builder:
        """The same build inside a call of a component: what is reported tells of the call."""
        report = ReportOfCall(self.report.found, outer=self.report, caller=caller)
        return replace(self, report=report, blind=False)

    def may_lack(self, word: str) -> bool:
        """Whether what a word declares may be missing because it could not be read."""
        keywords = {broken.keyword for broken in self.program.broken}
        unread = any(found.id in PATHS for found in self.report.found)
        return unread or self.blind or bool(keywords & {"", "use", word})

    def add(
        self, role: Role, kind: Type, inputs: tuple[Node, ...], owner: Owner, span: Span
    ) -> Node:
        """A new node that belongs to the owner."""
        self.unrolled.add(1, span)
        site = owner.next_site()
        key = f"{site.logical}:{site.ordinal}"
        while key in self.nodes:  # only where a name is declared twice, which is an error
            self.clashing.append(key)
            key += "'"
        node = Node(key, role, kind, tuple(node.key for node in inputs), site, span, owner.use)
        self.nodes[key] = node
        return node

    def nothing(self, owner: Owner, span: Span) -> Node:
        """A node of unknown type, where an error has been reported."""
        return self.add(Nothing(), UNKNOWN, (), owner, span)

    def apply(
        self,
        op: Bound,
        kind: Type,
        inputs: tuple[Node, ...],
        owner: Owner,
        span: Span,
        *,
        parameters: tuple[Parameter, ...] = (),
        inner: str | None = None,
    ) -> Node:
        """A node that applies an op; one with a module takes the next inner name, or `inner`."""
        parameters = tuple(map(owner.learned.change, parameters))
        keeps = bool(parameters) or (isinstance(op.word, Op) and op.word.remembers)
        name = (inner or owner.next_inner()) if keeps else ""
        parameters = begin(self.files, self.report, owner, parameters, name)
        if not keeps or owner.loan is None:
            return self.add(Apply(op, parameters, name), kind, inputs, owner, span)
        types = tuple(node.type for node in inputs if isinstance(node.type, Tensor))
        held = owner.loan.hold(self, owner, op, parameters, name, types, span)
        if held is None:
            return self.nothing(owner, span)
        return self.add(Apply(op, lent=True), kind, (*inputs, held), owner, span)

    def learn(
        self, parameter: Parameter, owner: Owner, span: Span, *, inner: str | None = None
    ) -> Node:
        """An array that is learned as it is; it takes the next inner name, or `inner`."""
        parameter = owner.learned.change(parameter)
        name = owner.next_inner() if inner is None else inner
        (parameter,) = begin(self.files, self.report, owner, (parameter,), name)
        if owner.loan is not None:
            lent = owner.loan.learn(self, owner, parameter, name, span)
            return self.nothing(owner, span) if lent is None else lent
        attribute = parameter.name
        if name:
            attribute = fresh(f"{parameter.name}_{name}", owner.attributes)
        kind = Tensor(parameter.shape, rows=False)
        return self.add(Learned(parameter, name, attribute), kind, (), owner, span)
