"""Operators: the four signs between values, or between a value and a number."""

from collections.abc import Sequence
from typing import cast

from mtlspec import pysource as py
from mtlspec.types import Dim, Mismatch, Tensor
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class OperatorOptions(Options):
    """`left` and `right`: the number on that side, where it is no value.

    `probs`: whether both sides are probabilities and the result is one too.
    """

    left: float | None = None
    right: float | None = None
    probs: bool = False


class Operator(Op):
    """A sign; trailing axes align, an axis of 1 and a missing one are stretched."""

    kind = "operators"
    takes_options = OperatorOptions
    signature = "f32[…], f32[…] -> f32[…]"

    def keeps_probs(self, options: OperatorOptions) -> bool:
        """Whether the result is a probability where every value is one."""
        del options
        return False

    def settle(self, options: Options, types: Sequence[Tensor]) -> Options:
        read = cast("OperatorOptions", options)
        probs = all(found.meaning == "prob" for found in types) and self.keeps_probs(read)
        return read.model_copy(update={"probs": probs})

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        shape = types[0].shape
        for place, found in enumerate(types[1:], start=1):
            joined = _stretched(shape, found.shape)
            if joined is None:
                return Mismatch(place, str(types[0]), str(found))
            shape = joined
        probs = cast("OperatorOptions", options).probs
        rows = any(found.rows for found in types)
        return Tensor(shape, rows=rows, meaning="prob" if probs else "plain")

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        read = cast("OperatorOptions", options)
        sides = list(values)
        if read.left is not None:
            sides.insert(0, py.Constant(read.left))
        if read.right is not None:
            sides.append(py.Constant(read.right))
        return py.Binary(self.sign, sides[0], sides[1])


def _stretched(left: tuple[Dim, ...], right: tuple[Dim, ...]) -> tuple[Dim, ...] | None:
    """The common shape of two, or None."""
    longer, shorter = (left, right) if len(left) >= len(right) else (right, left)
    lead = len(longer) - len(shorter)
    joined: list[Dim] = list(longer[:lead])
    for a, b in zip(longer[lead:], shorter, strict=True):
        if a != b and a != 1 and b != 1:
            return None
        joined.append(b if a == 1 else a)
    return tuple(joined)
