"""Lowerings of a bank of linear layers: one file each, never imported, copied as text.

All have one layout, [members, out, in], so weights move between them as they are; they differ in
how many members read one input.
"""

from mtlspec.emit.readings import Pattern

BASE = "linears"
"""What the classes have in common."""

MIX = "mix"
"""The function that weighs candidates, row by row."""
MIX_CHANNELS = "mix_channels"
"""The function that weighs the channels of candidates, row by row."""
BLEND = "blend"
"""The function that weighs candidates, all rows alike."""
TABLES = "tables"
"""Tables of a family side by side."""
ROW_MEAN = "row_mean"
"""The function that makes one number of the losses of rows."""
WEIGHTED_MEAN = "weighted_mean"
"""The same, where rows have weights."""
PUT = "put_side_by_side"
"""The function that sets matrices from what was computed of them side by side."""
MEANS = frozenset({ROW_MEAN, WEIGHTED_MEAN})
FUNCTIONS = MEANS | {MIX, MIX_CHANNELS, BLEND, PUT, "by_name", "stacked"}

LOWERINGS: dict[Pattern, str] = {
    "one": "wide_linear",
    "groups": "grouped_linear",
    "each": "bank_linear",
}
"""The file whose class serves a pattern of reading."""


def class_of(lowering: str) -> str:
    """The class in a lowering's file: `wide_linear` has `WideLinear`."""
    return lowering.title().replace("_", "")
