"""Ops that bring the tokens of a row together, by a function of their own."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op, Value
from mtlspec.words.word import Options


class TokenOp(Op):
    """An op whose function of `module.py` takes its values and the mask of their token axis."""

    lining = "own"

    def masked(self, options: Options) -> int | None:
        del options
        return 0

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        (function,) = self.needs(options)
        return py.call(function, *(value.expr for value in values))

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError(f"{self.name} is written by `write_values`")
