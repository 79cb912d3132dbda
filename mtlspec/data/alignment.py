"""Whether lists whose tokens meet in the model have one length in every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mtlspec.data.fitting import place_of
from mtlspec.diagnostics import Diagnostic, Error, Label
from mtlspec.graph.schema import Schema
from mtlspec.words.column import ColumnPlace


class TokensApart(Error):
    """Lists whose tokens meet have one length in every row.

    What it means: the model adds or joins two lists token by token, and in some row one of them has
    more entries than the other. A null at the end of a list is padding, no entry.

    Example:
        items : sequence(of: item, max: 50, pool: no)       # [a, b, c]
        kinds : sequence(of: kind, max: 50, pool: no)       # [click, buy]
        model m { let events = items + kinds … }

    Instead: write both columns with an entry for each event, or pool each before they meet.

    Why: the last entries of one list would be paired with nothing, and the rest perhaps wrongly.
    """

    id = "MTL0643"
    title = "lists whose tokens meet have one length in every row"
    first: ColumnPlace
    second: ColumnPlace
    row: int
    lengths: tuple[int, int]
    count: int

    def headline(self) -> str:
        names = f"`{self.first.name}` and `{self.second.name}`"
        return f"the lists {names} meet in the model and differ in length"

    def labels(self) -> Sequence[Label]:
        spans = [place.span for place in (self.first, self.second) if place.span]
        return [Label(span, primary=n == 0) for n, span in enumerate(spans)]

    def place(self) -> str:
        return self.first.path

    def found(self) -> str:
        one, other = self.lengths
        others = "" if self.count == 1 else f", the first of {self.count:,} such rows"
        return f"{one} and {other} entries in {self.first.row(self.row)}{others}"


Ids = NDArray[np.int64] | NDArray[np.float32]


def check_aligned(
    schema: Schema, features: Mapping[str, Ids], table: pa.Table, path: str
) -> Iterator[Diagnostic]:
    """An error for each pair of features that meet and whose lists differ in length somewhere."""
    fields = {field.name: field for field in schema.features}
    for first, second in schema.aligned:
        if first not in features or second not in features:
            continue
        one, other = ((features[name] >= 0).sum(axis=1) for name in (first, second))
        rows = np.flatnonzero(one != other)
        if len(rows):
            places = [place_of(fields[name], table, path) for name in (first, second)]
            row = int(rows[0])
            lengths = (int(one[row]), int(other[row]))
            yield TokensApart(places[0], places[1], row, lengths, len(rows))
