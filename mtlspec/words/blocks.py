"""`blocks`: matrices below one another, each a number on its diagonal."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import cast

from mtlspec import pysource as py
from mtlspec.words.constants import START, Start, write_row, write_rows
from mtlspec.words.initialisers import Initialiser, Numbers
from mtlspec.words.word import Options


class BlocksOptions(Options):
    """`diagonals`: the number of each block. `rows`: how many rows it has. `columns`: of them all.

    `other`: the number beside the diagonals. `flat`: whether the array has one axis alone.
    """

    diagonals: tuple[float, ...]
    rows: tuple[int, ...]
    columns: int
    other: float = 0.0
    flat: bool = False


class Blocks(Initialiser):
    """Block i has `diagonals[i]` at its places (r, r), and another number at all others.

    It is how the matrices of `stitch(per: matrix)` begin: Gao et al., CVPR 2019 (NDDR-CNN), §3.3.
    """

    takes_options = BlocksOptions
    function = ""
    given = True

    def arguments(self, options: Options, fan_in: int) -> Mapping[str, float]:
        del options, fan_in
        return {}

    def values(self, options: Options) -> Numbers:
        read = cast("BlocksOptions", options)
        rows = tuple(
            tuple(number if row == column else read.other for column in range(read.columns))
            for number, count in zip(read.diagonals, read.rows, strict=True)
            for row in range(count)
        )
        return tuple(number for row in rows for number in row) if read.flat else rows

    def write(
        self, members: Sequence[Options], shape: tuple[int, ...], *, stacked: bool
    ) -> Start | None:
        """diagonals[..., 1, 1] times an identity, the blocks of each member below one another."""
        del shape
        read = [cast("BlocksOptions", options) for options in members]
        diagonals = [one.diagonals for one in read]
        first = write_rows(diagonals) if stacked else (write_row(diagonals[0]),)
        parts, axis = list(_parts(read[0])), int(stacked)
        if len(parts) == 1:
            last = () if read[0].flat else (axis + 1,)
            return Start((*first, parts[0]), _flattened(START, axis, *last))
        below = py.array(_flattened(part, axis, axis + 1) for part in parts)
        whole = py.call("torch.cat", below, dim=py.Constant(axis))
        return Start((*first, whole), _flattened(START, axis) if read[0].flat else START)


def _parts(read: BlocksOptions) -> Iterator[py.Expr]:
    """Blocks in a row with equally many rows: [..., blocks, rows, columns]."""
    place, new = 0, py.Constant(None)
    for rows, group in groupby(read.rows):
        stop = place + len(list(group))
        whole = stop - place == len(read.rows)
        part = [] if whole else [py.Slice(place or None, None if stop == len(read.rows) else stop)]
        numbers = py.pick(START, py.Name("..."), *part, new, new)
        yield _on_the_diagonal(numbers, rows, read)
        place = stop


def _on_the_diagonal(number: py.Expr, rows: int, read: BlocksOptions) -> py.Expr:
    """A number on the diagonal of a block, the other one beside it."""
    sizes = (rows,) if rows == read.columns else (rows, read.columns)
    eye = py.call("torch.eye", *map(py.Constant, sizes))
    if not read.other:
        return py.Binary("*", number, eye)
    return py.call("torch.where", py.method(eye, "bool"), number, py.Constant(read.other))


def _flattened(value: py.Expr, *axes: int) -> py.Expr:
    return py.method(value, "flatten", *map(py.Constant, axes))


WORD = Blocks()
