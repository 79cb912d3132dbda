"""Readers: ops of what a mix computes on its way, its scores and its coefficients."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.losses import added
from mtlspec.words.ops import Family, Op, Value
from mtlspec.words.word import Bound, Options

COEFFICIENTS = "coefficients"
"""The quantity that every mix has."""


class ReadOptions(Options):
    """What a reader knows of the mix; `candidates` are how many it weighs.

    Further fields take the options of these names from the mix's router.
    """

    candidates: Annotated[int, Field(ge=1)]


class Reader(Op):
    """An op of one mix; its value is made of quantities of the mix, not of the mixture.

    Of a family a number is the sum over its members, and anything else is taken member by member.
    """

    kind = "losses"
    used = "`{}(g)` of a gate"
    signature = "f32[…]+ -> f32[]"
    lining = "own"
    quantities: ClassVar[tuple[str, ...]] = (COEFFICIENTS,)
    """What it reads: coefficients, or what the mix's router has of these names."""
    knows: ClassVar[type[ReadOptions]] = ReadOptions
    over_rows: ClassVar[bool] = False
    """Whether it takes the rows of a batch together, so that coefficients have to differ by row."""
    per_channel: ClassVar[bool] = False
    """Whether it may read a mix with a coefficient per channel."""

    def of(self, router: Bound, candidates: int) -> Bound:
        """The reader of a mix with this router."""
        fields = type(self).knows.model_fields
        known = {name: getattr(router.options, name, None) for name in fields}
        return Bound(self, type(self).knows.model_validate({**known, "candidates": candidates}))

    @abstractmethod
    def read(self, options: Options, types: Sequence[Tensor]) -> Tensor:
        """The type of its value, of the quantities of one mix."""

    @abstractmethod
    def of_one(self, options: Options, *values: Value) -> py.Expr:
        """The expression of its value, of the quantities of one mix."""

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        size = len(self.quantities)
        starts = range(0, len(values), size)
        return added([self.of_one(options, *values[start : start + size]) for start in starts])

    def write_family(self, options: Options, family: Family) -> py.Expr | None:
        if len(self.quantities) > 1:
            return None
        value = Value(family.expr, family.type, stacked=True)
        return py.method(self.of_one(options, value), "sum", dim=py.Constant(family.axis))

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError("a reader is written by `write_values`")


def candidates_last(value: Value) -> py.Expr:
    """Scores or coefficients with the candidates on the last axis, where a stitch has [n, 1]."""
    if value.type.rows:
        return value.expr
    return py.method(value.expr, "squeeze", py.Constant(-1))
