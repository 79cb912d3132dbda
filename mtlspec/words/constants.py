"""Numbers that are known beforehand, as a reader would write them: `torch.full((5, 5), 0.1)`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from mtlspec import pysource as py

Row = tuple[float, ...]


START = py.Name("initial")
"""The variable in which an array is made."""
SHORT = 64
"""The most letters of a chain of calls on one line."""

Steps = tuple[py.Expr, ...]
"""An expression, and what is done to its value, `START`, to make the array."""


@dataclass(frozen=True, slots=True)
class Start:
    """How an array begins: steps to `START`, and the array, `whole`, as it is then.

    `comment` says what the numbers of the first step are.
    """

    steps: Steps
    whole: py.Expr = START
    comment: str = ""

    def statements(self, keep: Callable[[py.Expr], py.Stmt]) -> Iterator[py.Stmt]:
        """Statements that make the array; the last is what `keep` makes of its expression."""
        if len(self.steps) == 1 and self.whole == START and not self.comment:
            yield keep(self.steps[0])
            return
        for place, step in enumerate(self.steps):
            # what ends in `_` changes the value itself
            in_place = isinstance(step, py.Call) and py.flat(step.function).endswith("_")
            comment = "" if place else self.comment
            yield py.Do(step) if in_place and place else py.Assign(START, step, comment)
        yield keep(self.whole)


def write_rows(rows: Sequence[Row]) -> Steps:
    """Rows of numbers [rows, numbers], in the shortest way that gives exactly these."""
    return min(_ways(rows), key=lambda way: sum(len(py.flat(step)) for step in way))


def write_row(row: Row) -> py.Expr:
    """Numbers of one axis."""
    if len(set(row)) == 1:
        return write_full((len(row),), row[0])
    return py.call("torch.tensor", _listed(row))


def write_full(sizes: Sequence[int], number: float) -> py.Expr:
    """An array of one number."""
    if number in (0.0, 1.0):
        return py.call("torch.ones" if number else "torch.zeros", *map(py.Constant, sizes))
    return py.call("torch.full", py.sized(*sizes), py.Constant(number))


def _ways(rows: Sequence[Row]) -> Iterator[Steps]:
    if len({number for row in rows for number in row}) == 1:
        yield (write_full((len(rows), len(rows[0])), rows[0][0]),)
        return
    yield (py.call("torch.tensor", py.array(map(_plain, rows))),)
    yield (py.call("torch.tensor", py.array(map(_listed, rows))),)
    if len(set(rows)) == 1:
        yield (py.method(write_row(rows[0]), "repeat", py.Constant(len(rows)), py.Constant(1)),)
    yield from _blocks(rows)
    yield from _padded(rows)


def _blocks(rows: Sequence[Row]) -> Iterator[Steps]:
    """One number on a diagonal of blocks, another beside them."""
    high, wide = _repeats(rows), _repeats(list(zip(*rows, strict=True)))
    diagonal = _diagonal([row[::wide] for row in rows[::high]])
    if diagonal is not None:
        yield _spread(diagonal, high, wide)


def _padded(rows: Sequence[Row]) -> Iterator[Steps]:
    """The same between columns of one number."""
    columns = list(zip(*rows, strict=True))
    for number in dict.fromkeys((columns[0][0], columns[-1][0])):
        plain = [set(column) == {number} for column in columns]
        if any(plain) and not all(plain):
            lead, trail = plain.index(False), plain[::-1].index(False)
            middle = [row[lead : len(row) - trail] for row in rows]
            sides, value = py.sized(lead, trail), py.Constant(number)
            pad = py.call("F.pad", START, sides, value=value)
            yield from ((*steps, pad) for steps in _blocks(middle))


def _spread(diagonal: Steps, high: int, wide: int) -> Steps:
    """Each row and each column several times in a row."""
    return (
        *diagonal,
        *(
            py.method(START, "repeat_interleave", py.Constant(times), dim=py.Constant(dim))
            for times, dim in ((high, 0), (wide, 1))
            if times > 1
        ),
    )


def _diagonal(rows: Sequence[Row]) -> Steps | None:
    """One number on a diagonal, another beside it."""
    high, wide = len(rows), len(rows[0])
    first = next((at for at, x in enumerate(rows[0]) if rows[0].count(x) == 1), 0)
    on = {x for place, row in enumerate(rows) for at, x in enumerate(row) if at == place + first}
    off = {x for place, row in enumerate(rows) for at, x in enumerate(row) if at != place + first}
    if min(high, wide) < 2 or len(on) != 1 or len(off) != 1:
        return None
    full, number = write_full((high, wide), off.pop()), py.Constant(on.pop())
    if first:
        part = py.method(START, "diagonal", py.Constant(first))
        return full, py.method(part, "fill_", number)
    filled = py.method(full, "fill_diagonal_", number)
    if len(py.flat(filled)) <= SHORT:
        return (filled,)
    return full, py.method(START, "fill_diagonal_", number)


def _repeats(rows: Sequence[Row]) -> int:
    """The most times that all rows stand in a row, each as often."""
    lengths = [len(list(group)) for _, group in groupby(rows)]
    most = min(lengths)
    return next(n for n in range(most, 0, -1) if all(length % n == 0 for length in lengths))


def _plain(row: Row) -> py.Expr:
    return py.array(map(py.Constant, row))


def _listed(row: Row) -> py.Expr:
    """A list; of several equal numbers in a row `[0.1] * 8`, if that is shorter."""
    parts = [_times(number, len(list(group))) for number, group in groupby(row)]
    whole = parts[0]
    for part in parts[1:]:
        whole = py.Binary("+", whole, part)
    return min(_plain(row), whole, key=lambda way: len(py.flat(way)))


def _times(number: float, count: int) -> py.Expr:
    one = py.array([py.Constant(number)])
    return one if count == 1 else py.Binary("*", one, py.Constant(count))
