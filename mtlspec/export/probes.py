"""Changes to real rows that judge an exported file: nulls and categories that nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import BaseModel

from mtlspec.export.interface import Interface
from mtlspec.export.raw import RawRows, null_in, null_of
from mtlspec.graph.schema import Schema

ROWS_EACH: Final = 7
"""Real rows that one change is tried on."""

Values = Sequence[str | int | float]
Unseen = Callable[[BaseModel, int], Sequence[str] | Sequence[int]]
"""A word's `serve.unseen`: values that training did not know."""


@dataclass(frozen=True, slots=True)
class Change:
    """`ROWS_EACH` values for each of some columns, and what that is called.

    A list is left with that one value.
    """

    name: str
    values: Mapping[str, Values]


def list_changes(
    schema: Schema, features: Mapping[str, BaseModel], interface: Interface
) -> tuple[Change, ...]:
    """Each column null, each category unknown, and all of them at once."""
    nulls: dict[str, Values] = {
        port.name: [null_of(port.kind)] * ROWS_EACH for port in interface.inputs
    }
    unseen: dict[str, Values] = {}
    unknown: list[Change] = []
    for field in schema.features:
        if not field.served:
            continue
        find_unseen: Unseen = field.word.part("serve").unseen
        if values := find_unseen(features[field.state], ROWS_EACH):
            unknown.append(Change(f"`{field.name}` unknown", {field.column: values}))
            unseen[field.column] = values
    if unknown:
        unknown.append(Change("all categories unknown", unseen))
    return (
        *(Change(f"`{name}` null", {name: values}) for name, values in nulls.items()),
        Change("all columns null", nulls),
        *unknown,
    )


def apply_changes(raw: RawRows, changes: Sequence[Change]) -> RawRows:
    """For each change in turn the first `ROWS_EACH` rows of `raw`, changed."""
    rows = {name: np.tile(column[:ROWS_EACH], (len(changes), 1)) for name, column in raw.items()}
    for place, change in enumerate(changes):
        for name, values in change.values.items():
            changed = rows[name][place * ROWS_EACH : (place + 1) * ROWS_EACH]
            changed[:, 0] = values
            changed[:, 1:] = null_in(changed)
    return rows
