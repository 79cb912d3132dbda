"""`expand`: a vector per row, beside each token."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Op, Value
from mtlspec.words.word import Options


class Expand(Op):
    """A vector of a row for each of its tokens; `like` is a value with these tokens.

    Arithmetic and `concat` do so by themselves.

    Example:
        layer near = mlp(expand(item, like: bought) * bought, 16)
    """

    signature = "f32[d], f32[L, e] -> f32[L, d]"
    lining = "own"
    value_names = ("like",)

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        del options
        q, k = values
        minus, count = py.Constant(-1), py.pick(py.Attribute(k.expr, "shape"), -2)
        lead = [minus] * len(q.axes)
        return py.method(
            py.method(q.expr, "unsqueeze", py.Constant(-2)), "expand", *lead, count, minus
        )

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError("it is written by `write_values`")


WORD = Expand()
