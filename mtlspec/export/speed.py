"""How quick an exported file is in ONNX Runtime on this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np
import onnxruntime as ort
import pyarrow as pa

from mtlspec.export.interface import Interface
from mtlspec.export.pair import Pair
from mtlspec.export.raw import read_raw, repeat_rows

BATCH: Final = 8192
_SECONDS: Final = 0.3
_WARMUP: Final = 1
_MOST: Final = 1000
_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds for a single raw row, and rows a second at batch 8192."""

    p50: float
    p99: float
    rows_per_second: float
    """From raw columns, strings included."""
    network_rows_per_second: float
    """From encoded features: the network alone."""


def measure_speed(
    pair: Pair, network: ort.InferenceSession, table: pa.Table, interface: Interface
) -> Speed:
    """The speed on rows of `table`; `network` is the exported network without its columns."""
    one = read_raw(repeat_rows(table, 1), interface.inputs)
    many = repeat_rows(table, BATCH)
    raw = read_raw(many, interface.inputs)
    names = [value.name for value in network.get_inputs()]
    encoded = {name: x.numpy() for name, x in zip(names, pair.encode(many), strict=True)}
    single = _seconds(lambda: pair.run_onnx(one))
    return Speed(
        float(np.percentile(single, 50)),
        float(np.percentile(single, 99)),
        BATCH / float(np.median(_seconds(lambda: pair.run_onnx(raw)))),
        BATCH / float(np.median(_seconds(lambda: network.run(None, encoded)))),
    )


def _seconds(run: Callable[[], object]) -> list[float]:
    """The times of repeated runs, for about `_SECONDS`."""
    for _ in range(_WARMUP):
        run()
    taken: list[float] = []
    while len(taken) < _FEWEST or (sum(taken) < _SECONDS and len(taken) < _MOST):
        start = perf_counter()
        run()
        taken.append(perf_counter() - start)
    return taken
