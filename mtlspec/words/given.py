"""`given`: numbers that are known beforehand."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from mtlspec import pysource as py
from mtlspec.words.constants import START, Row, Start, write_full, write_row, write_rows
from mtlspec.words.initialisers import Initialiser, Numbers
from mtlspec.words.word import Options


class GivenOptions(Options):
    """`numbers`: what the array begins with; an array with more columns repeats its one column.

    `meaning`: what they are, in words.
    """

    by_place: ClassVar[tuple[str, ...]] = ("numbers",)

    numbers: Numbers
    meaning: str = ""


class Given(Initialiser):
    """The array begins with these numbers."""

    takes_options = GivenOptions
    function = ""
    given = True

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}

    def values(self, options: Options) -> Numbers:
        return cast("GivenOptions", options).numbers

    def write(
        self, members: Sequence[Options], shape: tuple[int, ...], *, stacked: bool
    ) -> Start | None:
        read = [cast("GivenOptions", options) for options in members]
        rows = [_row(one.numbers) for one in read]
        lead = (len(rows), len(rows[0])) if stacked else (len(rows[0]),)
        meaning = read[0].meaning if len({one.meaning for one in read}) == 1 else ""
        channels = shape[len(lead) - stacked :]
        if len({number for row in rows for number in row}) == 1:
            full = write_full((*lead, *channels), rows[0][0])
            return Start((full,), comment=meaning)
        steps = write_rows(rows) if stacked else (write_row(rows[0]),)
        return Start(steps, _repeated(len(lead), channels), meaning)


def _row(numbers: Numbers) -> Row:
    """The numbers of one member; those of one column in a row."""
    return tuple(one[0] if isinstance(one, tuple) else one for one in numbers)


def _repeated(axes: int, channels: Sequence[int]) -> py.Expr:
    """The numbers, for each channel alike."""
    if not channels:
        return START
    column = py.method(START, "unsqueeze", py.Constant(-1))
    if channels[0] == 1:
        return column
    ones = [py.Constant(1)] * axes
    return py.method(column, "repeat", *ones, py.Constant(channels[0]))


WORD = Given()
