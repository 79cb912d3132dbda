"""How many training rows name no member where a column picks one row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch

from mtlspec.data.rows import Rows
from mtlspec.diagnostics import Diagnostic, Label, Warn
from mtlspec.graph.node import Place
from mtlspec.source import Span


class RowsWithoutMember(Warn):
    """A row names a member where a column picks one.

    What it means: in some training rows the value of the category is null, unknown, or no member of
    the family that it picks from. Such a row takes the mean of all members; where
    `batch_norm(by: c)` norms rows apart, it is normed with all rows.

    Example:
        scenario : category(values: [home, search])     # the data have `cart` as well

    Instead:
        scenario : category(values: [home, search, cart])

    Why: a few such rows are usual; many of them are most often a value that was forgotten or
    misspelt.
    """

    id = "rows-without-member"
    title = "a row names a member where a column picks one"
    feature: str
    rows: int
    of: int
    span: Span

    def headline(self) -> str:
        share = 100 * self.rows / self.of
        return (
            f"{self.rows:,} of {self.of:,} training rows ({share:.2g} %) name no member by "
            f"`{self.feature}` and take the mean of all"
        )

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "null, unknown, or no member", primary=True)]


def check_members(places: Iterable[Place], rows: Rows) -> list[Diagnostic]:
    """A warning for each column that picks members, where rows name none."""
    found: list[Diagnostic] = []
    for place in places:
        ids = rows.ids[:, rows.id_names.index(place.field.name)]
        lost = int((torch.tensor(place.rows)[ids] < 0).sum())
        if lost:
            found.append(RowsWithoutMember(place.field.name, lost, len(rows), place.field.span))
    return found
