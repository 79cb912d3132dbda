"""Conditions on columns, evaluated on a table: `label:` and `where:`.

Null follows SQL's three values: a comparison or an arithmetic with a null is null, `and` and `or`
are decided by one side where that is enough (`no and null` is `no`), `not null` is null, and
`missing(c)` is never null. An empty string, a NaN and the integer -2**63 are nulls (as they are in
serving), and so is a division by 0. A bool counts as 0 or 1 where a number is needed; arithmetic
is in float64; integers are compared exactly; strings are compared by code points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from mtlspec.syntax import tree
from mtlspec.words.conditions import COMPARISONS, CONNECTIVES, column_of, missing_of
from mtlspec.words.serving import NULL_INTEGER

Value = pa.ChunkedArray | pa.Scalar
V = TypeVar("V", bound=Value)

_COMPARE: Mapping[str, Callable[[Value, Value], Value]] = {
    "==": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
_CALCULATE: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": pc.add,
    "-": pc.subtract,
    "*": pc.multiply,
    "/": pc.divide,
}
_CONNECT: Mapping[str, Callable[[Value, Value], Value]] = {
    "and": pc.and_kleene,
    "or": pc.or_kleene,
}


def evaluate(condition: tree.Expr, table: pa.Table) -> pa.ChunkedArray:
    """A value for each row: bool, int64, float64, string or null type.

    The condition has been checked against the table's columns (`check_condition`).
    """
    value = _evaluate(condition, table)
    if isinstance(value, pa.Scalar):
        return pa.chunked_array([pa.repeat(value, table.num_rows)])
    return value


def result_type(condition: tree.Expr, columns: pa.Schema) -> pa.DataType:
    """The type of a checked condition's values, for a table with these columns."""
    return evaluate(condition, columns.empty_table()).type


def read_column(table: pa.Table, name: str) -> pa.ChunkedArray:
    """A column as conditions see it: bool, int64, float64, string or null type, one null each."""
    column = table.column(name)
    kind = column.type
    if isinstance(kind, pa.DictionaryType):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return column
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return _without(column.cast(pa.int64()), pa.scalar(NULL_INTEGER, pa.int64()))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _nan_is_null(_as_float(column))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _without(column.cast(pa.string()), pa.scalar(""))
    return column  # only `missing(c)` reads any other type


def _evaluate(node: tree.Expr, table: pa.Table) -> Value:
    read, missing = column_of(node), missing_of(node)
    if read:
        return read_column(table, read.name)
    if missing:
        return pc.is_null(read_column(table, missing.name))
    match node:
        case tree.Paren(value=value):
            return _evaluate(value, table)
        case tree.Unary(op="not", value=value):
            return pc.invert(_as_bool(_evaluate(value, table)))
        case tree.Unary(value=value):
            return pc.negate(_as_number(_evaluate(value, table)))
        case tree.Binary(op=op, left=left, right=right):
            return _binary(op, _evaluate(left, table), _evaluate(right, table))
        case _:
            return _literal(node)


def _literal(node: tree.Expr) -> pa.Scalar:
    assert isinstance(node, tree.Int | tree.Float | tree.String | tree.Bool)
    return pa.scalar(node.value)


def _binary(op: str, left: Value, right: Value) -> Value:
    if op in CONNECTIVES:
        return _CONNECT[op](_as_bool(left), _as_bool(right))
    if op in COMPARISONS:
        return _compare(op, left, right)
    a, b = _as_float(left), _as_float(right)
    result = _CALCULATE[op](a, b)
    return _nan_is_null(pc.if_else(pc.equal(b, 0.0), _NOTHING, result) if op == "/" else result)


def _compare(op: str, left: Value, right: Value) -> Value:
    if pa.types.is_null(left.type) or pa.types.is_null(right.type):
        return pc.and_(pc.is_null(left), pa.scalar(None, pa.bool_()))
    if not pa.types.is_string(left.type):
        left, right = _as_number(left), _as_number(right)
    if left.type != right.type:
        left, right = _as_float(left), _as_float(right)
    return _COMPARE[op](left, right)


_NOTHING = pa.scalar(None, pa.float64())


def _as_bool(value: Value) -> Value:
    return value.cast(pa.bool_())


def _as_number(value: V) -> V:
    """int64 or float64; a bool is 0 or 1."""
    number = pa.types.is_integer(value.type) or pa.types.is_floating(value.type)
    return value if number else value.cast(pa.int64())


def _as_float(value: V) -> V:
    return pc.cast(value, pa.float64(), safe=False)


def _nan_is_null(value: V) -> V:
    return pc.if_else(pc.is_nan(value), _NOTHING, value)


def _without(column: pa.ChunkedArray, stand_in: pa.Scalar) -> pa.ChunkedArray:
    """The column, null where it holds what stands for null."""
    return pc.if_else(pc.equal(column, stand_in), pa.scalar(None, column.type), column)
