"""Compares an exported file, run by ONNX Runtime, with the PyTorch model, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mtlspec.diagnostics import Error
from mtlspec.export.interface import Interface
from mtlspec.export.pair import Pair
from mtlspec.export.probes import ROWS_EACH, Change, apply_changes
from mtlspec.export.raw import RawRows, as_table, read_raw, repeat_rows

TOLERANCE: Final = 1e-5
BATCHES: Final = (1, 7, 1000)


@dataclass(frozen=True, slots=True)
class Verification:
    """The largest difference over all rows and tasks, and where it is."""

    difference: float
    task: str
    place: str
    """Such as `a batch of 7` or `` `age` null ``."""

    rows: int
    batches: tuple[int, ...]

    @property
    def passed(self) -> bool:
        return self.difference <= TOLERANCE


class ExportDiffers(Error):
    """An exported file must serve what the trained model predicts.

    What it means: on the rows that were tried, ONNX Runtime and PyTorch gave results that are
    further apart than 0.00001 (of their size, where that is above 1). No file was written; one
    that was there before is as it was.

    Example:
        mtlspec export @last -o model.onnx     # a weight of the run is not a number

    Instead: look at the place that the message names. A difference that is not a number comes
    from the weights: train again, with a smaller learning rate. Any other one is a defect of
    mtlspec or of ONNX Runtime: please report it with the spec.

    Why: a file that is a little wrong is worse than none, since nobody looks at it again.
    """

    id = "MTL0801"
    title = "an exported file must serve what the trained model predicts"
    verification: Verification

    def headline(self) -> str:
        return "the exported model and the PyTorch model differ"

    def found(self) -> str:
        it = self.verification
        what = f"a difference of {it.difference:.1e}" if isfinite(it.difference) else "not a number"
        return f"{what} in task `{it.task}`, {it.place}"

    def expected(self) -> str:
        return f"at most {TOLERANCE:.0e}"

    def help(self) -> str:
        return "no file was written"


class NothingToVerifyWith(Error):
    """An exported file is compared with the trained model on real rows.

    What it means: the table that the comparison should read has no rows.

    Example:
        mtlspec export @last -o model.onnx     # the run's validation file is empty by now

    Instead: give a data file that has at least one row.

    Why: without rows nothing is known about the file, and it would look as if it were.
    """

    id = "MTL0803"
    title = "an exported file is compared with the trained model on real rows"

    def headline(self) -> str:
        return "there are no rows to compare the exported model on"


def verify(
    pair: Pair, table: pa.Table, interface: Interface, changes: tuple[Change, ...]
) -> Verification:
    """Batches of 1, 7 and 1,000 rows of `table` (repeated where it is shorter), then changes."""
    found: list[tuple[float, str, str]] = []
    rows, sizes = 0, list[int]()
    for part, raw, places in _batches(table, interface, changes):
        expected, served = pair.run_torch(part), pair.run_onnx(raw)
        rows += len(places)
        sizes.append(len(places))
        for port, e, s in zip(interface.outputs, expected, served, strict=True):
            apart = _apart(e, s)
            worst = int(apart.argmax())
            found.append((float(apart[worst]), port.task, places[worst]))
    difference, task, place = max(found, key=lambda item: item[0])
    return Verification(difference, task, place, rows, tuple(sizes))


def _batches(
    table: pa.Table, interface: Interface, changes: tuple[Change, ...]
) -> Iterator[tuple[pa.Table, RawRows, list[str]]]:
    """A table, the same as raw rows, and for each row what it shows."""
    for size in BATCHES:
        part = repeat_rows(table, size)
        yield part, read_raw(part, interface.inputs), [f"a batch of {size:,}"] * size
    few = read_raw(repeat_rows(table, ROWS_EACH), interface.inputs)
    changed = apply_changes(few, changes)
    places = [change.name for change in changes for _ in range(ROWS_EACH)]
    yield as_table(changed, interface.inputs), changed, places


def _apart(
    expected: npt.NDArray[np.float32], served: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """The largest difference of each row; what is not a number is infinitely far.

    That of a number beyond 1 is relative: float32 has as many digits there and no more.
    """
    size = np.maximum(1.0, np.abs(expected.astype(np.float64)))
    difference = (np.abs(expected.astype(np.float64) - served) / size).max(axis=1)
    return np.where(np.isnan(difference), np.inf, difference)
