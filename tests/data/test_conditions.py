"""Conditions on columns: three values, as in SQL."""

import math
import operator
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtlspec.data.condition_types import check_condition
from mtlspec.data.conditions import evaluate
from tests.data.spec import condition, table

ROWS = table(
    a=[1, None, 3],
    f=[0.5, math.nan, 0.0],
    ok=[True, None, False],
    s=["x", "", None],
    blank=[None, None, None],
)
ROWS = ROWS.append_column("marital status", pa.array(["single", None, "married"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a == 1", [True, None, False]),
        ("a != 1", [False, None, True]),
        ("1 < a", [False, None, True]),
        ('s == "x"', [True, None, None]),
        ('s >= "w"', [True, None, None]),
        ("ok", [True, None, False]),
        ("not ok", [False, None, True]),
        ("ok == 1", [True, None, False]),
        ("ok == no", [False, None, True]),
        ("ok or yes", [True, True, True]),
        ("ok and no", [False, False, False]),
        ("ok and yes", [True, None, False]),
        ("ok or no", [True, None, False]),
        ("missing(s)", [False, True, True]),
        ("missing(f) or a == 3", [False, True, True]),
        ("not missing(a) and a > 2", [False, False, True]),
        ("f < 1", [True, None, True]),
        ("a * 2 - 1 == 5", [False, None, True]),
        ("-a < 0", [True, None, True]),
        ("a / f > 1", [True, None, None]),
        ('column("marital status") == "single"', [True, None, False]),
        ('missing(column("marital status"))', [False, True, False]),
        ("blank == 1", [None, None, None]),
        ("blank or yes", [True, True, True]),
        ("missing(blank)", [True, True, True]),
        ("yes", [True, True, True]),
    ],
)
def test_a_condition_row_by_row(text: str, expected: list[bool | None]):
    kind, mistakes = check_condition(condition(text), ROWS.schema, "rows.parquet")
    assert (kind, mistakes) == ("bool", [])
    assert evaluate(condition(text), ROWS).to_pylist() == expected


def test_a_column_alone_is_its_values_with_one_kind_of_null():
    assert evaluate(condition("f"), ROWS).to_pylist() == [0.5, None, 0.0]
    assert evaluate(condition("s"), ROWS).to_pylist() == ["x", None, None]
    smallest = table(a=[-(2**63), 5])
    assert evaluate(condition("a"), smallest).to_pylist() == [None, 5]


def test_strings_that_come_as_dictionaries_are_strings():
    coded = pa.table({"s": ROWS.column("s").dictionary_encode()})
    assert evaluate(condition('s == "x"'), coded).to_pylist() == [True, None, None]
    assert evaluate(condition("missing(s)"), coded).to_pylist() == [False, True, True]


def test_large_integers_are_compared_exactly():
    ids = table(id=[2**60, 2**60 + 1])
    assert evaluate(condition(f"id == {2**60 + 1}"), ids).to_pylist() == [False, True]


@pytest.mark.parametrize("kind", [pa.uint64(), pa.int8(), pa.float32(), pa.decimal128(25, 2)])
def test_numbers_of_all_types_are_numbers(kind: pa.DataType):
    column = pa.array([1, None, 3], type=pa.int64()).cast(kind)
    assert evaluate(condition("x > 1.5"), pa.table({"x": column})).to_pylist() == [
        False,
        None,
        True,
    ]


# --- against an evaluator that goes row by row ----------------------------------------------------

Cell = bool | int | float | str | None
Row = dict[str, Cell]
Part = tuple[str, Callable[[Row], Cell]]
"""A condition as text, and what it means."""

_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "i": st.none() | st.integers(-3, 3) | st.sampled_from([2**60, 2**60 + 1]),
            "f": st.none() | st.sampled_from([-1.5, -0.0, 0.0, 0.5, 2.0, 1e300, math.nan]),
            "b": st.none() | st.booleans(),
            "s": st.none() | st.sampled_from(["", "a", "b", "é", "😀", "\uffff"]),
        }
    ),
    max_size=6,
)
_SIGNS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _column(name: str) -> Part:
    def value(row: Row) -> Cell:
        cell = row[name]
        return None if cell == "" or cell != cell else cell

    return name, value


def _compared(sign: str, left: Part, right: Part) -> Part:
    def value(row: Row) -> Cell:
        a, b = left[1](row), right[1](row)
        if a is None or b is None:
            return None
        if isinstance(a, float) != isinstance(b, float) and not isinstance(a, str):
            a, b = float(a), float(b)
        return bool(_SIGNS[sign](a, b))

    return f"({left[0]} {sign} {right[0]})", value


def _connected(word: str, left: Part, right: Part) -> Part:
    decides = word == "or"

    def value(row: Row) -> Cell:
        sides = left[1](row), right[1](row)
        if decides in sides:
            return decides
        return None if None in sides else not decides

    return f"({left[0]} {word} {right[0]})", value


def _calculated(sign: str, left: Part, right: Part) -> Part:
    def value(row: Row) -> Cell:
        a, b = left[1](row), right[1](row)
        if a is None or b is None or (sign == "/" and b == 0):
            return None
        x, y = float(a), float(b)
        found = {"+": x + y, "-": x - y, "*": x * y, "/": x / y if y else 0.0}[sign]
        return None if math.isnan(found) else found

    return f"({left[0]} {sign} {right[0]})", value


def _negated(part: Part) -> Part:
    def value(row: Row) -> Cell:
        found = part[1](row)
        assert not isinstance(found, str)
        return None if found is None else -found

    return f"(-{part[0]})", value


def _inverted(part: Part) -> Part:
    def value(row: Row) -> Cell:
        found = part[1](row)
        return None if found is None else not found

    return f"(not {part[0]})", value


def _missing(name: str) -> Part:
    return f"missing({name})", lambda row: _column(name)[1](row) is None


_NUMBERS = st.recursive(
    st.sampled_from([_column("i"), _column("f"), ("1", lambda _: 1), ("0.5", lambda _: 0.5)]),
    lambda inner: (
        st.builds(_calculated, st.sampled_from("+-*/"), inner, inner) | st.builds(_negated, inner)
    ),
    max_leaves=4,
)
_STRINGS = st.sampled_from([_column("s"), ('"a"', lambda _: "a"), ('"é"', lambda _: "é")])
_CONDITIONS = st.recursive(
    st.sampled_from([_column("b"), ("yes", lambda _: True), *map(_missing, "ifbs")])
    | st.builds(_compared, st.sampled_from(list(_SIGNS)), _NUMBERS, _NUMBERS)
    | st.builds(_compared, st.sampled_from(list(_SIGNS)), _STRINGS, _STRINGS),
    lambda inner: (
        st.builds(_connected, st.sampled_from(["and", "or"]), inner, inner)
        | st.builds(_inverted, inner)
    ),
    max_leaves=6,
)
_TYPES = {"i": pa.int64(), "f": pa.float64(), "b": pa.bool_(), "s": pa.string()}


@settings(max_examples=300, deadline=None)
@given(rows=_ROWS, part=_CONDITIONS)
def test_whole_columns_mean_what_row_by_row_means(rows: list[Row], part: Part):
    text, meaning = part
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in _TYPES.items()}
    found = evaluate(condition(text), pa.table(columns))
    assert found.to_pylist() == [meaning(row) for row in rows]
