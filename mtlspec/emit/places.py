"""Lists of places, as a reader would write them: `[0, 2, 3]`, `[5 * j + i for i in range(9) …]`."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mtlspec import pysource as py

SHORT = 56
"""The most letters of a list that is written out."""


def write_places(places: Sequence[int]) -> py.Expr:
    """A list of these places: written out if it is short, else by a rule that they follow."""
    plain = py.array(map(py.Constant, places))
    if len(py.flat(plain)) <= SHORT:
        return plain
    return min((plain, *_rules(places)), key=lambda way: len(py.flat(way)))


def _rules(places: Sequence[int]) -> Iterator[py.Expr]:
    yield _runs(places)
    for count in range(2, len(places) // 2 + 1):
        if len(places) % count == 0:
            rows = [places[at : at + count] for at in range(0, len(places), count)]
            yield from _steps(rows)
            yield from _all_but_one(rows)


def _runs(places: Sequence[int]) -> py.Expr:
    """`[*range(2, 10), 0, *range(5, 9)]`."""
    ends = [at for at, (a, b) in enumerate(pairwise(places), start=1) if b != a + 1]
    items: list[py.Expr] = []
    for start, stop in pairwise([0, *ends, len(places)]):
        first, last = places[start], places[stop - 1]
        if stop - start > 2:
            lead = f"{first}, " if first else ""
            items.append(py.Name(f"*range({lead}{last + 1})"))
        else:
            items.extend(map(py.Constant, places[start:stop]))
    return py.array(items)


def _steps(rows: Sequence[Sequence[int]]) -> Iterator[py.Expr]:
    """`[5 * j + i for i in range(9) for j in range(4)]`, where all rows go by the same steps."""
    base, down, across = rows[0][0], rows[1][0] - rows[0][0], rows[0][1] - rows[0][0]
    regular = all(
        place == base + down * i + across * j
        for i, row in enumerate(rows)
        for j, place in enumerate(row)
    )
    if regular and min(down, across) > 0:
        i, j = _times(down, "i"), _times(across, "j")
        terms = [j, i] if across > down else [i, j]
        item = py.Binary("+", *terms)
        item = py.Binary("+", item, py.Constant(base)) if base else item
        yield py.Comprehension(item, _loops(i=len(rows), j=len(rows[0])))


def _times(factor: int, name: str) -> py.Expr:
    return py.Name(name) if factor == 1 else py.Binary("*", py.Constant(factor), py.Name(name))


def _all_but_one(rows: Sequence[Sequence[int]]) -> Iterator[py.Expr]:
    """`[j for i in range(5) for j in range(10) if j // 2 != i]`: of each row, all but its own."""
    rest, count = len(rows[0]), len(rows)
    width, left = divmod(rest, count - 1)
    size = rest + width
    others = [[j for j in range(size) if j // max(width, 1) != i] for i in range(count)]
    if left or not width or [list(row) for row in rows] != others:
        return
    whose = py.Name("j") if width == 1 else py.Binary("//", py.Name("j"), py.Constant(width))
    other = py.Binary("!=", whose, py.Name("i"))
    yield py.Comprehension(py.Name("j"), _loops(i=count, j=size), other)


def _loops(**counts: int) -> tuple[tuple[str, py.Expr], ...]:
    return tuple((name, py.call("range", py.Constant(n))) for name, n in counts.items())
