"""`blocks`: matrices below one another, each a number on its diagonal."""

from collections.abc import Mapping, Sequence
from typing import cast

from mtlspec import pysource as py
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

    def write(self, options: Options) -> py.Expr | None:
        read = cast("BlocksOptions", options)
        blocks = [
            _block(number - read.other, count, read.columns)
            for number, count in zip(read.diagonals, read.rows, strict=True)
        ]
        whole = _below(blocks)
        if read.other:
            whole = py.call("torch.add", whole, py.Constant(read.other))
        return py.call("torch.flatten", whole) if read.flat else whole


def _block(number: float, rows: int, columns: int) -> py.Expr:
    sizes = (rows,) if rows == columns else (rows, columns)
    return py.Binary("*", py.Constant(number), py.call("torch.eye", *map(py.Constant, sizes)))


def _below(blocks: Sequence[py.Expr]) -> py.Expr:
    return blocks[0] if len(blocks) == 1 else py.call("torch.cat", py.array(blocks))


WORD = Blocks()
