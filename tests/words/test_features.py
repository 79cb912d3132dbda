"""Features, encodings and the yes-or-no task: types, options, values and mistakes."""

import math
from collections.abc import Sequence

import mmh3
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mtlspec.diagnostics import SpecError
from mtlspec.source import SourceFile, Span
from mtlspec.words.column import ColumnPlace
from mtlspec.words.encodings.piecewise import PiecewiseOptions
from mtlspec.words.encodings.piecewise import run as piecewise
from mtlspec.words.features import Feature, Table
from mtlspec.words.features.category import CategoryOptions
from mtlspec.words.features.category import run as category
from mtlspec.words.features.numeric import NumericOptions
from mtlspec.words.features.numeric import run as numeric
from mtlspec.words.registry import find
from mtlspec.words.tasks import TaskOptions
from mtlspec.words.tasks.binary.run import read_labels
from mtlspec.words.word import Bound

PLACE = ColumnPlace("rows.parquet", "c")


def bind(kind: str, name: str, **options: object) -> Bound:
    word = find(kind, name)
    assert word is not None
    return word.bind(**options)


def width(name: str, **options: object) -> str:
    bound = bind("features", name, **options)
    assert isinstance(bound.word, Feature)
    return str(bound.word.type(bound.options, "c", getattr(bound.options, "dim", None)))


def column(*chunks: Sequence[object]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(chunk) for chunk in chunks])


def ids(train: pa.ChunkedArray, served: pa.ChunkedArray, **options: object) -> list[int]:
    bound = bind("features", "category", **options)
    assert isinstance(bound.options, CategoryOptions)
    fitted = category.fit([(train, PLACE)], bound.options)
    return category.encode(served, bound.options, fitted, PLACE).tolist()


NORMALIZE, LOG1P = bind("encodings", "normalize"), bind("encodings", "log1p")
PIECEWISE = bind("encodings", "piecewise", n=16)


@pytest.mark.parametrize(
    ("encodings", "expected"),
    [
        ((), "f32[2]"),
        ((NORMALIZE,), "f32[2]"),
        ((LOG1P, NORMALIZE), "f32[2]"),
        ((PIECEWISE,), "f32[17]"),
        ((LOG1P, PIECEWISE), "f32[17]"),
    ],
    ids=str,
)
def test_a_number_is_its_encoding_and_an_indicator_of_null(
    encodings: tuple[Bound, ...], expected: str
):
    assert width("numeric", encodings=encodings) == expected


def test_a_category_is_a_row_of_its_table():
    assert width("category") == "f32[8]"
    assert width("category", dim=16) == "f32[16]"
    bound = bind("features", "category", dim=16)
    assert isinstance(bound.word, Feature)
    assert bound.word.table(bound.options) == Table(bound, 16)


def test_what_widens_stands_last():
    with pytest.raises(ValidationError, match="only the last makes several numbers of one"):
        bind("features", "numeric", encodings=(PIECEWISE, NORMALIZE))


@pytest.mark.parametrize("options", [{"dim": 0}, {"oov": 0}, {"min_count": 0}, {"hash": 0}])
def test_options_of_a_category_have_ranges(options: dict[str, object]):
    with pytest.raises(ValidationError):
        bind("features", "category", **options)


# --- categories ----------------------------------------------------------------------------------


def test_the_order_of_rows_and_chunks_does_not_change_the_ids():
    served = column(["a", "é", "B", None, "zz"])
    expected = [3, 4, 2, 0, 1]
    assert ids(column(["é", "a", "B"]), served) == expected
    assert ids(column(["B"], ["a", "é"], ["a"]), served) == expected


def test_a_closed_category_knows_its_values_in_their_order_whatever_the_rows_hold():
    served = column(["a", "b", None, "", "x", "c"])
    assert ids(column(["a", "x"]), served, values=("c", "a", "b")) == [3, 4, 0, 0, 1, 2]
    assert ids(column([7, 3]), column([3, 4, 9, None]), values=(9, 3)) == [3, 1, 2, 0]
    assert ids(column([True]), column([False, True]), values=(0, 1)) == [2, 3]


def test_a_closed_category_without_a_row_that_holds_a_value_is_empty():
    for train, empty in ((column(["x", None]), True), (column(["a"]), False)):
        options = CategoryOptions(values=("a", "b"))
        fitted = category.fit([(train, PLACE)], options)
        assert (fitted.empty, fitted.rows) == (empty, 4)
    nulls = pa.chunked_array([pa.nulls(3)])
    assert ids(nulls, nulls, values=(1, 2)) == [0, 0, 0]


@pytest.mark.parametrize(
    ("train", "values"), [(column([1, 2]), ("1", "2")), (column(["1", "2"]), (1, 2))]
)
def test_the_values_of_a_closed_category_are_of_the_column_s_kind(
    train: pa.ChunkedArray, values: tuple[object, ...]
):
    with pytest.raises(SpecError) as raised:
        ids(train, train, values=values)
    assert [found.id for found in raised.value.diagnostics] == ["MTL0236"]


@pytest.mark.parametrize(
    "values", [(), ("a", "a"), ("a", 1), (1.5,), (True,), ("",), (2**63,), (-(2**63),), "a"]
)
def test_what_closes_a_category_is_texts_or_whole_numbers(values: object):
    with pytest.raises(ValidationError):
        bind("features", "category", values=values)


def test_chunks_with_dictionaries_of_their_own_are_one_column():
    chunks = [pa.array(["b", "a"]).dictionary_encode(), pa.array(["c", "b"]).dictionary_encode()]
    both = pa.chunked_array(chunks)
    assert ids(both, both) == [3, 2, 4, 3]


@pytest.mark.parametrize(
    "coded",
    [
        pa.array(["b", "", None, "a"], pa.large_string()),
        pa.array(["b", "", None, "a"], pa.string_view()),
        pa.array(["b", "", None, "a"], pa.large_string()).dictionary_encode(),
        pa.DictionaryArray.from_arrays([1, 0, None, 2], ["", "b", "a"]),
        pa.DictionaryArray.from_arrays([1, 0, 3, 2], ["", "b", "a", None]),
        pa.DictionaryArray.from_arrays([0, None, None, 2], ["b", "never read", "a"]),
        pa.DictionaryArray.from_arrays([3, None, None, 2], ["b", "never read", "a", "b"]),
    ],
    ids=range(7),
)
def test_strings_of_all_kinds_are_strings(coded: pa.Array):
    one = pa.chunked_array([coded])
    assert ids(one, one) == [3, 0, 0, 2]


def test_a_value_that_a_dictionary_holds_but_no_row_is_not_known():
    coded = pa.chunked_array([pa.DictionaryArray.from_arrays([0, 0], ["a", "b"])])
    assert ids(coded, column(["a", "b"])) == [2, 1]


@pytest.mark.parametrize(
    "numbers",
    [
        pa.array([9, None, -3], pa.int8()),
        pa.array([9, -(2**63), -3], pa.int64()),
        pa.array([9.0, math.nan, -3.0]),
        pa.array([9, None, -3], pa.int64()).cast(pa.decimal128(30, 2)),
        pa.array([9, None, -3], pa.int64()).dictionary_encode(),
    ],
    ids=lambda numbers: str(numbers.type),
)
def test_whole_numbers_of_all_kinds_are_integers(numbers: pa.Array):
    one = pa.chunked_array([numbers])
    assert ids(one, one) == [3, 0, 2]
    assert ids(column([9, -3, 100]), one) == [3, 0, 2]


def test_bools_are_the_integers_0_and_1():
    assert ids(column([True, None, False]), column([1, 0, None])) == [3, 2, 0]


def test_integers_beyond_floats_are_told_apart():
    large = column([2**60, 2**60 + 1])
    assert ids(large, large) == [2, 3]


def test_hashes_of_64_bits_without_a_sign_are_told_apart():
    hashes = pa.chunked_array([pa.array([2**64 - 1, 2**63 + 5, 7], pa.uint64())])
    assert sorted(ids(hashes, hashes)) == [2, 3, 4]


@pytest.mark.parametrize("oov", [2, 7])
def test_unknown_values_share_rows_by_their_hash(oov: int):
    words = [f"word {i}" for i in range(50)]
    found = ids(column(["known"]), column([*words, "known", None]), oov=oov)
    expected = [1 + mmh3.hash(word, 0, signed=False) % oov for word in words]
    assert found == [*expected, 1 + oov, 0]
    assert set(found[:50]) == set(range(1, 1 + oov))


def test_rare_values_are_unknown():
    train = column(["a", "b", "a", "c", "b", None, None])
    assert ids(train, column(["a", "b", "c", None]), min_count=2) == [2, 3, 1, 0]


def test_no_rows_at_all():
    assert ids(column(["a"]), pa.chunked_array([], pa.string())) == []
    assert ids(pa.chunked_array([], pa.string()), column(["a", None])) == [1, 0]


@settings(max_examples=100, deadline=None)
@given(
    train=st.lists(st.none() | st.text(max_size=2)),
    served=st.lists(st.none() | st.text(max_size=2)),
    oov=st.integers(1, 3),
)
def test_every_row_of_a_table_has_one_meaning(
    train: list[str | None], served: list[str | None], oov: int
):
    known = sorted({value for value in train if value})
    found = ids(
        pa.chunked_array([pa.array(train, pa.string())]),
        pa.chunked_array([pa.array(served, pa.string())]),
        oov=oov,
    )
    for value, row in zip(served, found, strict=True):
        if not value:
            assert row == 0
        elif value in known:
            assert row == 1 + oov + known.index(value)
        else:
            assert 1 <= row <= oov


@pytest.mark.parametrize("value", [0.5, -math.inf, 1e30])
def test_a_number_that_is_not_whole_is_no_category(value: float):
    span = Span(SourceFile("spec.mtl", "price : category"), 0, 5)
    place = ColumnPlace("rows.parquet", "price", span)
    with pytest.raises(SpecError) as caught:
        category.encode(
            column([1.0, value, None]),
            CategoryOptions(),
            category.Fitted(kind="int64", oov=1, known=(1,)),
            place,
        )
    (error,) = caught.value.diagnostics
    assert error.id == "MTL0612"
    assert error.primary is not None
    assert error.primary.span is span
    assert f"`price` of `rows.parquet` holds {value!r}" in error.found()
    assert "`price : numeric(normalize)`" in error.help()


def test_columns_of_strings_and_of_integers_share_no_table():
    span = Span(SourceFile("spec.mtl", "friend : category(share: user)"), 0, 6)
    with pytest.raises(SpecError) as caught:
        category.fit(
            [
                (column(["a"]), ColumnPlace("rows.parquet", "user")),
                (column([None]), ColumnPlace("rows.parquet", "nobody")),
                (column([7]), ColumnPlace("rows.parquet", "friend", span)),
            ],
            CategoryOptions(),
        )
    (error,) = caught.value.diagnostics
    assert error.id == "MTL0642"
    assert error.primary is not None
    assert error.primary.span is span
    said = "`user` and `friend` share a table, but one is strings and the other integers"
    assert error.headline() == said


# --- numbers -------------------------------------------------------------------------------------


def vectors(train: Sequence[object], served: Sequence[object], *encodings: Bound) -> list[object]:
    bound = bind("features", "numeric", encodings=encodings)
    assert isinstance(bound.options, NumericOptions)
    fitted = numeric.fit([(column(train), PLACE)], bound.options)
    return numeric.encode(column(served), bound.options, fitted, PLACE).tolist()


def test_a_null_is_the_mean_of_the_others_and_says_so():
    assert vectors([1, 3, None], [None, 5]) == [[2, 1], [5, 0]]
    assert vectors([1, 3, None], [math.nan, 5.0], NORMALIZE) == [[0, 1], [3, 0]]


def test_encodings_are_applied_from_left_to_right():
    # |log1p(e - 1)| is 1: the two values are -1 and 1 before they are normalised
    e1 = math.e - 1
    assert vectors([e1, -e1], [e1, 0.0], LOG1P, NORMALIZE) == [[1, 0], [0, 0]]


def test_a_constant_column_is_0():
    assert vectors([0.1, 0.1, 0.1], [0.1, 5.0, None], NORMALIZE) == [[0, 0], [0, 0], [0, 1]]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([True, None, False]),
        pa.array([1, None, 0], pa.uint64()),
        pa.array([1.0, None, 0.0], pa.float32()),
        pa.array([1, None, 0], pa.int64()).cast(pa.decimal128(25, 3)),
    ],
    ids=lambda values: str(values.type),
)
def test_numbers_of_all_kinds(values: pa.Array):
    bound = bind("features", "numeric")
    one = pa.chunked_array([values])
    assert isinstance(bound.options, NumericOptions)
    fitted = numeric.fit([(one, PLACE)], bound.options)
    encoded = numeric.encode(one, bound.options, fitted, PLACE).tolist()
    assert encoded == [[1, 0], [0.5, 1], [0, 0]]


def edges(values: Sequence[float], n: int) -> tuple[float, ...]:
    return piecewise.fit(np.array(values, dtype=np.float32), PiecewiseOptions(n=n)).edges


def test_few_distinct_values_are_the_edges_themselves():
    assert edges([3, 1, 1, 2], 3) == (1, 2, 3)
    assert vectors([3, 1, 1, 2], [1.5, 9, -9], bind("encodings", "piecewise", n=4)) == [
        [0.5, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ]


def test_many_values_have_quantiles_as_edges():
    assert edges(range(101), 4) == (0, 25, 50, 75, 100)


def test_a_value_that_takes_most_rows_leaves_bins_for_the_others():
    amounts = [0.0] * 1_000 + [float(i) for i in range(1, 100)]
    found = edges(amounts, 16)
    assert len(found) == 17
    assert found[0] == 0
    assert found[-1] == 99


@settings(max_examples=100, deadline=None)
@given(
    values=st.lists(st.integers(-50, 50).map(lambda i: i / 4), min_size=1, max_size=60),
    n=st.integers(1, 20),
)
def test_edges_rise_and_reach_from_the_smallest_to_the_largest(values: list[float], n: int):
    found = edges(values, n)
    distinct = sorted(set(values))
    assert list(found) == sorted(set(found))
    assert len(found) == min(n + 1, len(distinct))
    assert (found[0], found[-1]) == (distinct[0], distinct[-1])


def test_a_larger_number_is_nowhere_smaller():
    rng = np.random.default_rng(0)
    bound = bind("encodings", "piecewise", n=8)
    found = np.array(vectors(rng.normal(size=500).tolist(), np.linspace(-4, 4, 99).tolist(), bound))
    assert (np.diff(found, axis=0) >= 0).all()
    assert found.min() == 0
    assert found.max() == 1


@pytest.mark.parametrize("value", [math.inf, -math.inf, 2e38])
def test_a_number_beyond_float32_is_an_error(value: float):
    with pytest.raises(SpecError) as caught:
        vectors([1.0], [value])
    (error,) = caught.value.diagnostics
    assert error.id == "MTL0613"
    assert error.found() == f"`c` of `rows.parquet` holds {value!r}"


# --- labels --------------------------------------------------------------------------------------


def test_labels_are_0_1_or_missing():
    found = read_labels(column([1, None, 0]), TaskOptions(), None, PLACE)
    assert found.dtype == np.float32
    assert found.tolist()[::2] == [1, 0]
    assert np.isnan(found[1])


@pytest.mark.parametrize("value", [2, -1, 0.5, math.inf])
def test_any_other_number_is_an_error_that_names_the_row(value: float):
    with pytest.raises(SpecError) as caught:
        read_labels(column([1.0, None], [value, 0.0, value]), TaskOptions(), None, PLACE)
    (error,) = caught.value.diagnostics
    assert error.id == "MTL0614"
    assert error.found() == f"{value:.15g} in `rows.parquet`, row 3, the first of 2 such rows"


def test_a_row_is_counted_in_its_own_file():
    place = ColumnPlace("d", "c", files=(("d/a", 10), ("d/b", 1_200)))
    assert place.row(9) == "`d/a`, row 10"
    assert place.row(1_209) == "`d/b`, row 1,200"
    assert ColumnPlace("d", "c").row(0) == "`d`, row 1"
