"""`product`: values multiplied."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.words.ops import Family, Op
from mtlspec.words.word import Options


class Product(Op):
    """The product of values of one shape, number by number; families may be among them.

    Example:
        let h = product(e) -> relu
    """

    also = ("prod", "mul", "multiply")
    signature = "f32[…]+ -> f32[…]"
    reduces = True
    lining = "spread"

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        if len(values) == 1:
            return values[0]
        if len(values) == 2:
            return py.Binary("*", values[0], values[1])
        stacked = py.call("torch.stack", py.array(values))
        return py.call("torch.prod", stacked, dim=py.Constant(0))

    def write_family(self, options: Options, family: Family) -> py.Expr:
        del options
        return py.call("torch.prod", family.expr, dim=py.Constant(family.axis))


WORD = Product()
