"""`f[c]`: of the members of a family, row by row the one that a column names."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.ops import Family, Op, Value
from mtlspec.words.word import Options


class Pick(Op):
    """y_r = x_s of row r, where s is the member that the row's value of a category names.

    A row whose value is null, unknown or no member takes the mean of all members.

    Example:
        let h = e[scenario]
    """

    kind = "operators"
    sign = "f[c]"
    signature = "f32[], f32[…]+ -> f32[…]"
    lining = "own"
    functions = ("pick_by_row",)

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        place, *members = values
        stacked = any(member.stacked for member in members)
        exprs: Sequence[py.Expr] = [member.expr for member in members]
        if stacked and not all(member.stacked for member in members):
            alike = py.call("torch.broadcast_tensors", *exprs)
            together = py.call("torch.stack", alike, dim=py.Constant(1))
        else:
            together = py.call("torch.stack", py.array(exprs), dim=py.Constant(int(stacked)))
        return _picked(together, place.expr, members[0].type, int(stacked))

    def write_family(self, options: Options, family: Family) -> py.Expr:
        del options
        return _picked(family.expr, family.beside[0].expr, family.type, family.axis)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError("a pick is written by `write_values`")


def _picked(members: py.Expr, place: py.Expr, kind: Tensor, axis: int) -> py.Expr:
    """Of members on an axis, which rows follow if they have some."""
    by_row = py.Constant(kind.rows)
    return py.call("pick_by_row", members, place, dim=py.Constant(axis), rows=by_row)


WORD = Pick()
