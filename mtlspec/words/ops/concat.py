"""`concat`: values side by side."""

from collections.abc import Sequence
from dataclasses import replace

from mtlspec import pysource as py
from mtlspec.types import Axis, Mismatch, Tensor
from mtlspec.words.ops import Family, Op
from mtlspec.words.word import Options


class Concat(Op):
    """The values joined on their last axis, in order; families may be among them.

    A vector per row stands beside each token of a value that has some.

    Example:
        layer h = concat(mine[task], ours) -> mlp(64)
    """

    also = ("cat", "concatenate", "hstack")
    signature = "f32[…, d]+ -> f32[…, sum of d]"
    lining = "spread"

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        del options
        leading = max((found.shape[:-1] for found in types), key=len)
        for place, found in enumerate(types):
            alone = len(found.shape) == 1 and all(isinstance(dim, Axis) for dim in leading)
            if not found.shape or (found.shape[:-1] != leading and not alone):
                wanted = ", ".join([*map(str, leading), "d"])
                return Mismatch(place, f"f32[{wanted}]", str(found))
        width = sum(found.width for found in types)
        rows = any(found.rows for found in types)
        return replace(types[0], shape=(*leading, width), rows=rows, meaning="plain")

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options, layer
        if len(values) == 1:
            return values[0]
        return py.call("torch.cat", py.array(values), dim=py.Constant(-1))

    def write_family(self, options: Options, family: Family) -> py.Expr | None:
        del options
        if family.stacked:
            return None
        return py.call("torch.cat", py.call("list", family.expr), dim=py.Constant(-1))


WORD = Concat()
