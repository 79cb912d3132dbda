"""What is shared while a graph is built: the report, the nodes so far, who owns what is made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mtlspec.diagnostics import Report
from mtlspec.graph.node import Apply, Index, Learned, Node, Nothing, Role, Site, Statement
from mtlspec.graph.program import Program
from mtlspec.graph.scope import Scope
from mtlspec.names import fresh
from mtlspec.source import Span
from mtlspec.types import UNKNOWN, Tensor, Type
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound


@dataclass(slots=True)
class Owner:
    """The member of a statement that the nodes being made belong to."""

    statement: Statement
    index: Index
    may_own: bool
    nodes: int = 0
    owning: int = 0
    attributes: set[str] = field(default_factory=lambda: {"gate", "layers", "mixing", "out"})
    """The attributes that its class has or may have."""

    def next_site(self) -> Site:
        self.nodes += 1
        return Site(self.statement, self.index, self.nodes - 1)

    def next_inner(self) -> str:
        """The name of the next op that owns weights: its ordinal in the statement."""
        self.owning += 1
        return str(self.owning - 1)


@dataclass(frozen=True, slots=True)
class Where:
    """The place of an expression: which names it sees, and who owns what it makes."""

    scope: Scope
    owner: Owner | None = None

    def seeing(self, scope: Scope) -> Where:
        return replace(self, scope=scope)


@dataclass(slots=True)
class Builder:
    """The state of one build."""

    program: Program
    report: Report
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    statements: list[Statement] = field(default_factory=list[Statement])
    alone: set[str] = field(default_factory=set[str])
    blind: bool = False
    """Whether a declaration could not be read, so that an unknown name may be one of its own."""
    clashing: bool = False
    """Whether two nodes would have had one key."""

    def may_lack(self, word: str) -> bool:
        """Whether what a word declares may be missing because it could not be read."""
        keywords = {broken.keyword for broken in self.program.broken}
        return self.blind or bool(keywords & {"", "use", word})

    def add(
        self, role: Role, kind: Type, inputs: tuple[Node, ...], owner: Owner, span: Span
    ) -> Node:
        """A new node that belongs to the owner."""
        site = owner.next_site()
        key = f"{site.logical}:{site.ordinal}"
        node = Node(key, role, kind, tuple(node.key for node in inputs), site, span)
        while key in self.nodes:  # only where a name is declared twice, which is an error
            self.clashing = True
            key += "'"
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
        keeps = bool(parameters) or (isinstance(op.word, Op) and op.word.remembers)
        name = (inner or owner.next_inner()) if keeps else ""
        return self.add(Apply(op, parameters, name), kind, inputs, owner, span)

    def learn(
        self, parameter: Parameter, owner: Owner, span: Span, *, inner: str | None = None
    ) -> Node:
        """An array that is learned as it is; it takes the next inner name, or `inner`."""
        name = owner.next_inner() if inner is None else inner
        attribute = parameter.name
        if name:
            attribute = fresh(f"{parameter.name}_{name}", owner.attributes)
        kind = Tensor(parameter.shape, rows=False)
        return self.add(Learned(parameter, name, attribute), kind, (), owner, span)
