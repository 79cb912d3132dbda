"""`attend`: a weighted mean of tokens, the more alike their keys are to a query the heavier."""

from collections.abc import Sequence
from typing import cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Mismatch, Tensor
from mtlspec.words.ops import Value
from mtlspec.words.tokens import TokenOp
from mtlspec.words.word import Options


class AttendOptions(Options):
    """`heads`: how many parts of the widths attend apart; they divide them."""

    heads: int = Field(default=1, ge=1)


class Attend(TokenOp):
    """softmax(q·k / √d) v over the tokens of a row; 0 for a row without any.

    Scaled dot-product attention, Vaswani et al., NeurIPS 2017, eq. 1: of one query per row, or of
    one per token of this or of another list. With the candidate as the query and a user's history
    as keys and values it is what Deep Interest Network's activation unit does (Zhou et al., KDD
    2018), with a softmax. With `heads:` parts of the vectors attend apart, each with its own d.

    Example:
        let taste = attend(item, bought, bought)
    """

    takes_options = AttendOptions
    also = ("attention", "cross_attention", "scaled_dot_product_attention", "din")
    signature = "f32[…, d], f32[L, d], f32[L, e] -> f32[…, e]"
    functions = ("attend",)
    pairs = False

    def masked(self, options: Options) -> int:
        del options
        return 1

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        found = super().infer(options, types)
        heads = cast("AttendOptions", options).heads
        if isinstance(found, Mismatch) or heads == 1:
            return found
        for place, given in enumerate(types):
            if given.width % heads:
                return Mismatch(place, f"a width that {heads} heads divide", str(given))
        return found

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        q, *others = values
        heads = cast("AttendOptions", options).heads
        given = [value.expr for value in others]
        named = {"heads": py.Constant(heads)} if heads > 1 else {}
        if q.type.tokens:
            return py.call("attend", q.expr, *given, **named)
        found = py.call("attend", py.method(q.expr, "unsqueeze", py.Constant(-2)), *given, **named)
        return py.method(found, "squeeze", py.Constant(-2))


WORD = Attend()
