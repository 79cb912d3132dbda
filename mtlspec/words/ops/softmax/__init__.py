"""`softmax`: positive numbers that sum to one."""

from collections.abc import Sequence
from typing import ClassVar, Literal, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Mismatch, Signature, Tensor
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


class SoftmaxOptions(Options):
    """`temperature`: x is divided by it; above 1 the result is flatter. `over`: what sums to one,
    the last axis if it is not `tokens`.
    """

    by_place: ClassVar[tuple[str, ...]] = ("temperature",)

    temperature: float = Field(default=1.0, gt=0)
    over: Literal["tokens"] | None = None


class Softmax(Op):
    """exp(xᵢ / temperature) / Σⱼ exp(xⱼ / temperature) along the last axis, or over the tokens.

    Example:
        layer a = features -> linear(4) -> softmax
    """

    takes_options = SoftmaxOptions
    signature = "f32[…, d] -> f32[…, d]"
    bounded = True
    lining = "own"

    def masked(self, options: Options) -> int | None:
        return 0 if cast("SoftmaxOptions", options).over == "tokens" else None

    def needs(self, options: Options) -> tuple[str, ...]:
        return () if self.masked(options) is None else ("softmax_tokens",)

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        signature = self.takes if self.masked(options) is None else _OVER_TOKENS
        return signature.apply(types, {})

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        temperature = cast("SoftmaxOptions", options).temperature
        scores, *mask = values
        if temperature != 1.0:
            scores = py.Binary("/", scores, py.Constant(temperature))
        if mask:
            return py.call("softmax_tokens", scores, *mask)
        return py.call("F.softmax", scores, dim=py.Constant(-1))


_OVER_TOKENS = Signature.parse("f32[L, d] -> f32[L, d]")

WORD = Softmax()
