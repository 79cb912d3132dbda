"""Ops: what is computed from values, and how it is written in PyTorch."""

import builtins
import math
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, ClassVar, Literal, Protocol, TypeVar

from pydantic import AfterValidator

from mtlspec import pysource as py
from mtlspec.diagnostics import Error
from mtlspec.source import Span
from mtlspec.types import Axis, Dim, Mismatch, Signature, Tensor
from mtlspec.words.initialisers import Parameter, fan_in
from mtlspec.words.owning import MatrixOptions, OwnerOptions
from mtlspec.words.word import Bound, Groups, OfKind, Options, Word

Lining = Literal["stretch", "spread", "own"]
"""`stretch`: PyTorch stretches axes of 1; `spread`: all get one size of members and rows; `own`:
the op says it itself, in `write_values`."""

SAME = "f32[…] -> f32[…]"
"""The signature of ops that keep the shape of their one value and own nothing."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value as an op writes it: `stacked` tells that members lie in front of rows and axes."""

    expr: py.Expr
    type: Tensor
    stacked: bool

    @property
    def axes(self) -> str:
        """Letters for the axes before its own: `m` for members, `b` for rows."""
        return "m" * self.stacked + "b" * self.type.rows


@dataclass(frozen=True, slots=True)
class Family(Value):
    """Several values as one array; `type` is that of one of them.

    They lie on an axis of their own: the first, or behind the members' where it is `stacked`.
    `beside` are the values that stand before them.
    """

    count: int
    beside: tuple[Value, ...] = ()

    @property
    def axis(self) -> int:
        return int(self.stacked)


class Op(Word):
    """An op. Leading axes (members, rows, tokens) are left out of its signature.

    An op is one of three kinds:

    - made of others (`mlp`): it is a `Composed`;
    - without weights (`relu`): `write` gives the expression;
    - with weights (`linear`): `parameters` gives those of one member, `layer` says how their
      module is made, and `write` calls it.
    """

    kind = "ops"
    used = "`x -> {}`"
    signature: ClassVar[str]
    sign: ClassVar[str] = ""
    """How a spec writes it, if not by its name."""
    reads_columns: ClassVar[bool] = False
    """Whether its values are columns as the batch has them, before any table."""
    lining: ClassVar[Lining] = "stretch"
    """How values with and without members, rows or further axes are lined up."""
    layer: ClassVar[str] = "linear"
    """How the module of an op with weights is made: a key of `emit.layers.LAYERS`."""
    classes: ClassVar[tuple[str, ...]] = ()
    """The classes of its `module.py` that `make` may call."""
    reads_groups: ClassVar[bool] = False
    """Whether its module takes a value for each group of members that share one."""
    owner_options: ClassVar[type[OwnerOptions]] = MatrixOptions
    """What it takes besides its own options, if it owns weights."""
    remembers: ClassVar[bool] = False
    """Whether its module keeps more of what it has seen than weights."""
    functions: ClassVar[tuple[str, ...]] = ()
    """The functions of its `module.py` that emitted files need."""
    borrows: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Functions of other words that these need: the word's module, and the name."""
    value_names: ClassVar[tuple[str, ...]] = ()
    """Values that are given by name, behind those by place."""
    leading: ClassVar[int] = 0
    """How many options by place stand before its values."""
    keeps_meaning: ClassVar[bool] = False
    """Whether what it makes of a logit is a logit, and of a probability one."""
    of_distributions: ClassVar[bool] = False
    """Whether the numbers of its values have to sum to one."""
    bounded: ClassVar[bool] = False
    """Whether its numbers lie between 0 and 1, so that they may be meant as probabilities."""
    passes_gradient: ClassVar[bool] = True
    """Whether a loss moves what its values were computed from."""
    pairs: ClassVar[bool] = True
    """Whether the tokens of its values meet, the first with the first."""
    contracts: ClassVar[bool] = False
    """Whether it sums over an axis that its values have in common."""
    adds_layers: ClassVar[bool] = False
    """Whether its values for the layers of what it is given are added up."""
    reduces: ClassVar[bool] = False
    """Whether it makes one value of several of a shape, number by number, and nothing of one."""
    several: ClassVar[bool] = False
    """Whether it has several results, which it says in `results`; it is never written itself."""
    by_member: ClassVar[frozenset[str]] = frozenset()
    """The options in which members that are computed as one may differ."""
    draws: ClassVar[bool] = False
    """Whether it draws random numbers, so that members may not share one result."""

    def copies(self, options: Options) -> tuple[tuple[str, str], ...]:
        """All functions that emitted files need, each with its module."""
        return (*((self.module, name) for name in self.needs(options)), *self.borrows)

    def multiply_adds(
        self,
        options: Options,
        types: Sequence[Tensor],
        result: Tensor,
        parameters: Sequence[Parameter],
    ) -> int:
        """The products that one row takes, as far as they are added up.

        Each number of a matrix meets each token once; an op that contracts its values goes along
        the last axis of the first for each number of the result.
        """
        del options
        matrices = (p for p in parameters if p.matrix and p.rows_of is None)
        owned = builtins.sum(math.prod(p.shape) for p in matrices)
        summed = (
            count_places(result.shape) * count_places(types[0].shape[-1:]) if self.contracts else 0
        )
        return owned * count_places(result.shape[:-1]) + summed

    @property
    def takes(self) -> Signature:
        return _parsed(self.signature)

    @property
    def joins(self) -> bool:
        """Whether it takes any number of values, so that a family may be its argument."""
        return self.reads_columns or any(p.repeated for p in self.takes.arguments)

    @property
    def owns(self) -> bool:
        """Whether it may learn something."""
        learns = type(self).parameters is not Op.parameters
        return self.reads_columns or self.remembers or learns

    @property
    def maps(self) -> bool:
        """Whether a family may flow into it, member by member."""
        return len(self.takes.arguments) == 1 and not self.joins and not self.owns

    @property
    def keeps_shape(self) -> bool:
        """Whether its value has the shape of the one that it takes."""
        one = len(self.takes.arguments) == 1 and not self.joins
        return one and self.takes.arguments[0] == self.takes.result

    def letters(self, options: Options) -> Mapping[str, int]:
        """The letters of the signature that options give."""
        del options
        return {}

    def settle(self, options: Options, types: Sequence[Tensor]) -> Options:
        """The options, with what is decided by the values that the op meets."""
        del types
        return options

    def masked(self, options: Options) -> int | None:
        """The place of the value whose token axis' mask follows the values, if one does.

        A mask is bool [B, L], False for padding.
        """
        del options
        return None

    def groups(self, options: Options) -> Groups | None:
        """What rows are told apart by; a row's place among them then follows the values, [B].

        It is the number of the row's value, -1 where it has none of them.
        """
        del options
        return None

    def answers_apart(self, options: Options) -> bool:
        """Whether each of its numbers is a probability of its own, so that they sum to nothing."""
        del options
        return False

    def needs(self, options: Options) -> tuple[str, ...]:
        """The functions of its `module.py` that an emitted file needs."""
        del options
        return self.functions

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        """The result's type, where unification of the signature says it."""
        return self.takes.apply(types, self.letters(options))

    def results(
        self, options: Options, kind: Tensor, names: int | None, span: Span, place: Span
    ) -> tuple[Bound, ...] | Error:
        """The ops of one value that make its results, in order, for an op with several.

        `names` is how many names take a result each, None where one name may take all; the call
        stands at `span`, its value at `place`.
        """
        raise AssertionError(f"{self.name} has one result")

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        """What one member learns; empty for an op that owns nothing."""
        del options, types
        return ()

    def usual(self, parameter: Parameter) -> Bound:
        """How its module fills a parameter by itself."""
        del parameter
        return fan_in.WORD.bind()

    def make(self, options: Options, types: Sequence[Tensor], members: int | None) -> py.Call:
        """How the module of one member is made, or of several; for `layer = "module"`."""
        raise AssertionError(f"{self.name} is no module of its own")

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        """The expression of an op without weights that lines its values up itself."""
        return self.write(options, [value.expr for value in values], None)

    def write_members(
        self, options: Sequence[Options], values: Sequence[py.Expr], kind: Tensor
    ) -> py.Expr:
        """[members, …], of members that have options of their own, each with the value it reads."""
        raise AssertionError(f"the options of {self.name} are the same for all members")

    def write_family(self, options: Options, family: Family) -> py.Expr | None:
        """The expression of a variadic op of values that are one array already, if it has one."""
        del options, family
        return None

    def is_linear_in(self, options: Options, places: frozenset[int]) -> bool:
        """Whether the mean of its results is its result of the means of the values there."""
        del options, places
        return False

    def factor(self, options: Options) -> float | None:
        """What its values are multiplied with in the sum that it makes of them, if it makes one."""
        del options
        return None

    @abstractmethod
    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        """The expression for values with any leading axes; `layer` is the module it owns."""


def _keeps_shape(act: Bound) -> Bound:
    word = act.word
    if not isinstance(word, Op) or not word.keeps_shape:
        raise ValueError("an op that keeps the shape, such as `relu`")
    return act


Activation = Annotated[Bound, OfKind("ops"), AfterValidator(_keeps_shape)]
"""An option that takes an activation."""


V = TypeVar("V")


class Maker(Protocol[V]):
    """What a composed op is made with."""

    def apply(self, op: Bound, *values: V, owning: OwnerOptions | None = None) -> V:
        """A value that an op makes of values; `owning` says how its weights are learned."""
        ...

    def learn(self, parameter: Parameter) -> V:
        """An array that is learned as it is, the same for all rows."""
        ...


class Composed(Op):
    """An op that is made of others; it is never written itself.

    Its own signature says which values it takes, those of its parts what comes of them.
    """

    @property
    def owns(self) -> bool:
        """Whether some part owns weights."""
        return True

    @abstractmethod
    def compose(
        self, options: Options, types: Sequence[Tensor], values: Sequence[V], make: Maker[V]
    ) -> V:
        """The value that the parts make of `values`, whose types are given."""

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError(f"{self.name} is composed before it is written")


class Chain(Composed):
    """An op that is short for others through which a value flows."""

    @abstractmethod
    def expand(self, options: Options) -> tuple[Bound, ...]:
        """The ops that this one is short for, in order of flow."""

    def compose(
        self, options: Options, types: Sequence[Tensor], values: Sequence[V], make: Maker[V]
    ) -> V:
        del types
        value = values[0]
        for op in self.expand(options):
            value = make.apply(op, value)
        return value


def count_places(dims: Iterable[Dim]) -> int:
    """How many places there are along some axes."""
    return math.prod(dim.length if isinstance(dim, Axis) else dim for dim in dims)


@cache
def _parsed(text: str) -> Signature:
    return Signature.parse(text)
