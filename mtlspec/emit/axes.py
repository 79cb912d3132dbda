"""Axes: values with and without members, rows and further axes are lined up for one op.

The axes of an array are [members, rows, own axes]. A value that all members share lacks the
first, one that is the same for all rows the second.
"""

from collections.abc import Sequence
from dataclasses import replace

from mtlspec import pysource as py
from mtlspec.emit.readings import Read
from mtlspec.types import Axis

WHOLE = py.Slice()
NEW = py.Constant(None)


def stretchable(value: Read, *, rows: bool, rank: int) -> py.Expr:
    """The value with axes of 1 where it lacks rows or own axes, so that PyTorch stretches it."""
    kept = value.stacked + value.type.rows
    added = (rank - len(value.type.shape)) + (rows and not value.type.rows and value.stacked)
    return _with_new(value.spread(), kept, added) if kept else value.spread()


def spread_out(values: Sequence[Read], members: int) -> list[py.Expr]:
    """The values with one size of members (where any has them), of rows and of tokens."""
    stacked = any(value.stacked for value in values)
    rows = next((value for value in values if value.type.rows), None)
    tokens = next((value.type.tokens for value in values if value.type.tokens), ())
    count = members if stacked else None
    sized = [_with_tokens(value, tokens, count) for value in values]
    return [_sized(value, count, rows) for value in sized]


def _with_tokens(value: Read, tokens: Sequence[Axis], members: int | None) -> Read:
    """A vector per row beside each token, where it has none."""
    if not tokens or value.type.tokens:
        return value
    (axis,), minus = tokens, py.Constant(-1)
    lead = [minus] * (value.stacked + value.type.rows)
    if members is not None and not value.stacked:
        lead = [py.Constant(members), *lead]
    each = py.method(value.spread(), "unsqueeze", py.Constant(-2))
    expr = py.method(each, "expand", *lead, py.Constant(axis.length), minus)
    kind = replace(value.type, shape=(axis, *value.type.shape))
    return Read(expr, "one" if members is None else "each", kind)


def for_members(value: Read, members: int) -> py.Expr:
    """A value that all members share, with a member axis in front."""
    return value.spread() if value.stacked else _sized(value, members, None)


def with_row(value: Read) -> py.Expr:
    """A layer of several members takes rows: a value that is the same for all of them has one."""
    lacks = value.stacked and not value.type.rows
    return py.method(value.expr, "unsqueeze", py.Constant(-2)) if lacks else value.expr


def without_row(written: py.Expr, operands: Sequence[Read]) -> py.Expr:
    """The same of what comes out."""
    lacks = operands[0].stacked and not any(o.type.rows for o in operands)
    return py.method(written, "squeeze", py.Constant(-2)) if lacks else written


def _sized(value: Read, members: int | None, rows: Read | None) -> py.Expr:
    """The value with as many members and with the rows of another, where it lacks them."""
    minus = py.Constant(-1)
    lacks_rows = rows is not None and not value.type.rows
    sizes: list[py.Expr] = []
    if members is not None:
        sizes.append(minus if value.stacked else py.Constant(members))
    if rows is not None and lacks_rows:
        sizes.append(_row_count(rows))
    elif value.type.rows:
        sizes.append(minus)
    sizes.extend([minus] * len(value.type.shape))
    expr = value.spread()
    if all(size is minus for size in sizes):
        return expr
    if lacks_rows and value.stacked:
        expr = _with_new(expr, 1, 1)
    return py.method(expr, "expand", *sizes)


def _row_count(value: Read) -> py.Expr:
    place = -1 - len(value.type.shape)
    return py.pick(py.Attribute(value.expr, "shape"), place)


def _with_new(expr: py.Expr, kept: int, added: int) -> py.Expr:
    """Axes of 1 behind the first ones: `x[:, None]`."""
    return py.pick(expr, *[WHOLE] * kept, *[NEW] * added) if added else expr
