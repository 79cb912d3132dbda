"""Which rows train and which validate: by a hash of the seed and the features' values.

A row's hash depends on nothing but the seed and the values of the columns that the features read,
so rows that look alike to the model are always on one side, and a row stays on its side in
whatever order, file or process it is read. Each distinct row is for validation with probability
`fraction`, so the share of rows is that in expectation (a value that takes many rows makes it
vary). Integers, floats and bools of one value are equal; all nulls are equal.

Where tasks have groups, such as the rows of a query, the hash is that of the group's value instead,
so that all its rows are on one side; a row without a group is hashed as ever.
"""

from __future__ import annotations

import mmh3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mtlspec.data.conditions import read_column
from mtlspec.data.together import group_values
from mtlspec.graph.schema import Schema
from mtlspec.words.lists import Lists, entry_type

Hashes = NDArray[np.uint64]

_NULL = np.uint64(0x9E3779B97F4A7C15)


def split_rows(
    table: pa.Table, schema: Schema, fraction: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The indices of the training rows and of the validation rows, each rising."""
    valid = hash_rows(table, schema, seed) < np.uint64(min(int(fraction * 2.0**64), 2**64 - 1))
    return np.flatnonzero(~valid), np.flatnonzero(valid)


def hash_rows(table: pa.Table, schema: Schema, seed: int) -> Hashes:
    """uint64 [N], evenly spread, from the seed and what says which rows are on one side.

    Rows that are alike but for their data set are on one side.
    """
    total = np.zeros(table.num_rows, dtype=np.uint64)
    read = [feature for feature in schema.features if not feature.is_source]
    for name in {feature.column: None for feature in read}:
        total += _mix(_hash_column(table, name) ^ _hash_text(name))
    for groups in group_values(schema, table):
        total = np.where(groups.is_null().to_numpy(), total, _mix(_hash_values(groups)))
    return _mix(total ^ _hash_text(f"seed {seed}"))


def _hash_column(table: pa.Table, name: str) -> Hashes:
    return _hash_values(read_column(table, name))


def _hash_values(column: pa.ChunkedArray) -> Hashes:
    """Hashes of values as conditions see them; strings are hashed once each."""
    if entry_type(column.type) is not None:
        return _hash_lists(column)
    if pa.types.is_null(column.type):
        return np.full(len(column), _NULL)
    if pa.types.is_string(column.type):
        return _hash_strings(column)
    numbers = column.cast(pa.float64(), safe=False).to_numpy() + 0.0  # -0.0 becomes 0.0
    null = np.isnan(numbers)
    return np.where(null, _NULL, numbers.view(np.uint64))


def _hash_lists(column: pa.ChunkedArray) -> Hashes:
    """Of each list from its entries and their places; an empty one is a null."""
    lists = Lists.of(column)
    entries = _hash_column(pa.table({"entries": lists.entries}), "entries")
    rows = np.repeat(np.arange(len(column)), lists.lengths)
    places = np.arange(len(rows)) - np.repeat(
        np.cumsum(lists.lengths) - lists.lengths, lists.lengths
    )
    total = np.zeros(len(column), dtype=np.uint64)
    np.add.at(total, rows, _mix(entries[lists.indices] + _mix(places.astype(np.uint64))))
    return np.where(lists.lengths > 0, total, _NULL)


def _hash_strings(column: pa.ChunkedArray) -> Hashes:
    encoded = pc.dictionary_encode(column.combine_chunks())
    hashes = [_hash_text(value) for value in encoded.dictionary.to_pylist()]
    table = np.array([*hashes, _NULL], dtype=np.uint64)
    return table[encoded.indices.fill_null(len(hashes)).to_numpy()]


def _hash_text(text: str) -> np.uint64:
    return np.uint64(mmh3.hash64(text.encode(), signed=False)[0])


def _mix(x: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele et al., OOPSLA 2014): a bijection that spreads bits."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
