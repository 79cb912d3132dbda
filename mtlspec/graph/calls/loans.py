"""Loans: the weights of a block, made by the first value that flows in and lent to all others.

What is computed belongs to the statement that uses the block; what is learned is held by the
block. Each op with weights finds its own again by where it stands in the block's recipe.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Owner
from mtlspec.graph.node import Caller, Held, Index, Node, Statement
from mtlspec.source import Span
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound

NO_ROWS = Tensor((), rows=False)
"""What stands for the type of weights that are no value themselves."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where values flow into a block, and their types."""

    span: Span
    types: str


class BlockTakesOneType(Error):
    """All that flows into a block fits the weights that it has.

    What it means: the first value that flowed into the block said how large its weights are, and
    this value needs others.

    Example:
        block same = linear(32)
        layer a = features -> linear(64) -> same
        layer b = a -> same                 # f32[32], where the weights are for f32[64]

    Instead:
        block same  = linear(32)
        block other = linear(32)
        layer a = features -> linear(64) -> same
        layer b = a -> other

    Why: a block is one instance of its recipe; its weights have one shape.
    """

    id = "MTL0530"
    title = "all that flows into a block fits the weights that it has"
    block: str
    use: Use
    first: Use

    def headline(self) -> str:
        return f"the weights of `{self.block}` do not fit this value"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.use.span, f"{self.use.types} flows in here", primary=True),
            Label(self.first.span, f"{self.first.types} flowed in first"),
        ]

    def help(self) -> str:
        return "a second `block` with the same recipe has weights of its own"


Place = tuple[Statement, Index]
"""A statement of the block, or of its twin, and a member of it."""


@dataclass(slots=True, eq=False)
class Loan:
    """What one member of a block holds. `owner` is the member itself."""

    name: str
    owner: Owner
    held: dict[tuple[str, str], Node] = field(default_factory=dict[tuple[str, str], Node])
    homes: dict[str, Owner] = field(default_factory=dict[str, Owner])
    uses: list[Use] = field(default_factory=list[Use])
    """The first use, and those that are being written out."""

    @contextmanager
    def used(self, span: Span, values: Sequence[Node]) -> Generator[None]:
        """While values flow in."""
        use = Use(span, ", ".join(str(value.type) for value in values))
        self.uses = [*(self.uses or [use]), use]
        yield
        self.uses.pop()

    def hold(
        self,
        b: Builder,
        borrower: Owner,
        op: Bound,
        parameters: tuple[Parameter, ...],
        inner: str,
        types: tuple[Tensor, ...],
        span: Span,
    ) -> Node | None:
        """The weights of an op of the recipe; None, with an error, where they do not fit."""

        def make(home: Owner) -> Node:
            return b.add(Held(op, parameters, inner, types), NO_ROWS, (), home, span)

        found = self._found(b, borrower, inner, make, parameters)
        if found is None or _remembers_alike(found, types):
            return found
        b.report.add(BlockTakesOneType(self.name, self.uses[-1], self.uses[0]))
        return None

    def learn(
        self, b: Builder, borrower: Owner, parameter: Parameter, inner: str, span: Span
    ) -> Node | None:
        """An array of the recipe that is learned as it is; None where it has another shape."""

        def make(home: Owner) -> Node:
            return b.learn(parameter, home, span, inner=inner)

        name = f"{inner}.{parameter.name}"
        return self._found(b, borrower, name, make, (parameter,))

    def near(self, borrower: Owner) -> Place:
        """Where this very block holds what a borrower uses, be it a part of another or not."""
        if borrower.of is not None:
            return self.owner.statement, self.owner.whole_index
        return self._twin(borrower.statement, borrower.whole_index)

    def nodes(self) -> list[Node]:
        """What it holds so far, in the order of the recipe."""
        return list(self._root.held.values())

    def _found(
        self,
        b: Builder,
        borrower: Owner,
        inner: str,
        make: Callable[[Owner], Node],
        parameters: tuple[Parameter, ...],
    ) -> Node | None:
        root, (statement, index) = self._root, self._place(borrower)
        member = statement.logical(index)
        if (member, inner) not in root.held:
            home = root.homes.setdefault(member, Owner(statement, index, may_own=True))
            root.held[member, inner] = make(home)
        node = root.held[member, inner]
        if [p.shape for p in node.parameters] == [p.shape for p in parameters]:
            return node
        b.report.add(BlockTakesOneType(self.name, self.uses[-1], self.uses[0]))
        return None

    @property
    def _root(self) -> Loan:
        """The outermost loan: a block may stand in a component that a block is made of."""
        outer = self.owner.loan
        return self if outer is None else outer._root

    def _place(self, borrower: Owner) -> Place:
        """Where what a borrower uses is held: by the block, or by its twin of a statement."""
        place, outer = self.near(borrower), self.owner.loan
        return place if outer is None else outer._lifted(place)

    def _lifted(self, place: Place) -> Place:
        place, outer = self._twin(*place), self.owner.loan
        return place if outer is None else outer._lifted(place)

    def _twin(self, statement: Statement, index: Index) -> Place:
        """A statement of a component as one of the block: `same.mine@1` for `h@3.mine@1`."""
        cut, lead = _depth(statement), self.owner.whole_index
        members = tuple(dict.fromkeys((*lead, *member[cut:]) for member in statement.members))
        twin = replace(
            statement,
            keyword="block",
            order=(*self.owner.statement.order, *statement.order),
            family=bool(lead) or any(len(member) > cut for member in statement.members),
            members=members,
            caller=self._twin_caller(statement, len(lead) - cut),
        )
        return twin, (*lead, *index[cut:])

    def _twin_caller(self, statement: Statement, shift: int) -> Caller:
        caller = statement.caller
        assert caller is not None
        depth = caller.depth + shift
        if caller.lent is not None:
            return replace(
                caller, statement=self.owner.statement, number=caller.lent, depth=depth, lent=None
            )
        return replace(caller, statement=self._twin(caller.statement, ())[0], depth=depth)


def _remembers_alike(held: Node, types: tuple[Tensor, ...]) -> bool:
    """Whether what a module keeps of values, besides weights, fits these."""
    role = held.role
    if not isinstance(role, Held) or not isinstance(role.op.word, Op) or not role.op.word.remembers:
        return True
    return [kind.shape for kind in role.types] == [kind.shape for kind in types]


def _depth(statement: Statement) -> int:
    """How many indices of a component's members are those of the member that uses the block."""
    return next(caller.depth for caller in statement.callers() if caller.lent is not None)
