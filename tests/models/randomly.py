"""Random weights and rows for the oracles, by seed."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from tests.words.oracles import Array


def weights(shapes: Mapping[str, tuple[int, ...]], seed: int = 0) -> dict[str, Array]:
    """Normal values, scaled so that activations stay near 1 from layer to layer."""
    rng = np.random.default_rng(seed)
    return {
        name: rng.normal(scale=1.5 / np.sqrt(_summed(name, shape)), size=shape)
        for name, shape in shapes.items()
    }


def _summed(name: str, shape: tuple[int, ...]) -> int:
    """How many of an array's numbers a value is a weighted sum with."""
    return shape[0] if name.endswith(".mixing") else shape[-1]


def ids(rows: int, size: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """[B] rows of a table of that size; all of them where the batch is long enough."""
    rng = np.random.default_rng(seed)
    return rng.permutation(np.resize(np.arange(size), rows)).astype(np.int64)


def numbers(rows: int, width: int, seed: int = 0) -> Array:
    """[B, width], each exactly a float32."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, width)).astype(np.float32).astype(np.float64)
