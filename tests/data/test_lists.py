"""Columns of lists: batches, splits, and lists that meet in the model."""

import numpy as np
import pyarrow as pa
import pytest

from mtlspec import pipeline
from mtlspec.data import encode, encode_features, fit
from mtlspec.data.splitting import hash_rows
from mtlspec.diagnostics import SpecError
from mtlspec.graph.schema import Schema
from tests.data.spec import table, told

FEATURES = """
    item  : category
    seen  : sequence(of: item, max: 3)
    kinds : sequence(of: category, max: 3, pool: no)
    marks : sequence(of: category, max: 3, pool: no)
"""
ROWS = table(
    item=["a", "b", None],
    seen=[["b", "c"], None, ["a", "b", "c", "d"]],
    kinds=[[1, 2], [], [3, 3, 1]],
    marks=[[7, None, None], [], [5, 5, 5]],
    click=[0, 1, 1],
)


def schema(model: str) -> Schema:
    text = f"mtl 1\nfeatures {{{FEATURES}}}\ntasks {{ click : binary }}\nmodel m {{ {model} }}\n"
    outcome = pipeline.run("spec.mtl", read={"spec.mtl": text}.__getitem__, upto="graph")
    assert outcome.built is not None, told(outcome.report.errors)
    return outcome.built.used


APART = schema("head[click] = concat(features, kinds -> pool, marks -> pool)")
MEETING = schema("head[click] = kinds + marks -> pool")


def test_a_batch_holds_a_list_as_rows_of_its_table():
    rows = encode(APART, fit(APART, ROWS), ROWS)
    batch, _ = rows.take(slice(0, 3)).batch(slice(0, 2))
    assert batch["item"].tolist() == [2, 3]  # known: a, b, c, d, from both columns
    assert batch["seen"].tolist() == [[3, 4, -1], [-1, -1, -1]]
    assert batch["kinds"].tolist() == [[2, 3, -1], [-1, -1, -1]]
    assert batch["marks"].tolist() == [[3, -1, -1], [-1, -1, -1]]


def test_features_of_one_table_have_one_vocabulary():
    fitted = fit(APART, ROWS)
    assert fitted.sizes == {"item": 2 + 4, "kinds": 2 + 3, "marks": 2 + 2}
    assert fitted.from_json(fitted.to_json(), APART) == fitted


def test_a_row_keeps_its_side_by_the_entries_of_its_lists_in_order():
    lists = [["a", "b"], ["b", "a"], ["a"], None, [], ["a", "b"]]
    nothing = [None] * len(lists)
    rows = table(item=nothing, seen=lists, kinds=nothing, marks=nothing)
    hashes = hash_rows(rows, APART, 0)
    assert hashes[0] == hashes[5] != hashes[1]
    assert hashes[3] == hashes[4]
    assert len(set(hashes)) == 4
    halves = pa.concat_tables([rows.slice(0, 1), rows.slice(1)])
    np.testing.assert_array_equal(hash_rows(halves, APART, 0), hashes)


def test_lists_that_meet_have_one_length_in_every_row():
    assert APART.aligned == ()
    assert MEETING.aligned == (("kinds", "marks"),)
    fitted = fit(MEETING, ROWS)
    with pytest.raises(SpecError) as caught:
        encode(MEETING, fitted, ROWS, "rows.parquet")
    said = told(caught.value.diagnostics)
    assert "MTL0643" in said
    assert "the lists `kinds` and `marks` meet in the model and differ in length" in said
    assert "2 and 1 entries in `rows.parquet`, row 1" in said
    encode_features(MEETING, fitted, ROWS)
    whole = ROWS.slice(1)
    encode(MEETING, fit(MEETING, whole), whole)


def test_a_list_is_no_category_and_a_category_no_list():
    wrong = ROWS.set_column(0, "item", ROWS.column("seen"))
    wrong = wrong.set_column(1, "seen", ROWS.column("item"))
    with pytest.raises(SpecError) as caught:
        encode(APART, fit(APART, ROWS), wrong, "rows.parquet")
    said = told(caught.value.diagnostics)
    assert "`category` cannot read `item`, which is list<item: string> in `rows.parquet`" in said
    assert "a column of lists is a sequence" in said
    assert "`sequence` cannot read `seen`, which is string in `rows.parquet`" in said
