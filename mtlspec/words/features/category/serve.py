"""A category as ONNX: known values are looked up, unknown ones hashed where they have many rows."""

import itertools
from collections.abc import Mapping
from itertools import islice

from mtlspec.words.features.category import CategoryOptions
from mtlspec.words.features.category.run import Fitted
from mtlspec.words.serving import NULL_INTEGER, Attribute, Nodes, RawColumn


def write(nodes: Nodes, raw: RawColumn, options: CategoryOptions, fitted: Fitted) -> str:
    """The table's row of the one value of each row of the batch, int64 [batch]."""
    del options
    return nodes.add("Squeeze", rows_of(nodes, raw, fitted), nodes.constant([1], "int64"))


def rows_of(nodes: Nodes, raw: RawColumn, fitted: Fitted) -> str:
    """The table's row of each value, int64 [batch, entries]."""
    many = fitted.oov > 1
    known = nodes.add("LabelEncoder", raw.value, default_int64=-1 if many else 1, **_table(fitted))
    if many:
        absent = nodes.add("Less", known, nodes.constant([0], "int64"))
        known = nodes.add("Where", absent, _hash(nodes, raw, fitted.oov), known)
    return known


def unseen(fitted: Fitted, count: int) -> tuple[str, ...] | tuple[int, ...]:
    """`count` different values that training did not know; integers near those that it did."""
    known = frozenset(fitted.known)
    if fitted.kind == "string":
        texts = (("ü?" * length)[:length] for length in itertools.count(1))
        return tuple(islice((text for text in texts if text not in known), count))
    middle = int(fitted.known[len(known) // 2]) if known else 0
    near = (middle + step for size in itertools.count(1) for step in (size, -size))
    fits = (value for value in near if NULL_INTEGER < value < -NULL_INTEGER)
    return tuple(islice((value for value in fits if value not in known), count))


def _table(fitted: Fitted) -> Mapping[str, Attribute]:
    rows = [0, *range(1 + fitted.oov, fitted.rows)]
    if fitted.kind == "string":
        return {"keys_strings": ["", *map(str, fitted.known)], "values_int64s": rows}
    return {"keys_int64s": [NULL_INTEGER, *map(int, fitted.known)], "values_int64s": rows}


def _hash(nodes: Nodes, raw: RawColumn, oov: int) -> str:
    """1 + MurmurHash3(value) mod `oov`."""
    hashed = nodes.cast(nodes.add("MurmurHash3", raw.value, seed=0, positive=1), "int64")
    bucket = nodes.add("Mod", hashed, nodes.constant([oov], "int64"))
    return nodes.add("Add", bucket, nodes.constant([1], "int64"))
