"""The z-score: its statistics, and its numbers."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from mtlspec.words.word import Options

_SMALLEST_NORMAL = float(np.finfo(np.float32).tiny)


class Fitted(BaseModel):
    """Both are float32 values; `std` is 0 for a column that is constant in training."""

    model_config = ConfigDict(frozen=True)
    mean: float
    std: float


def fit(values: NDArray[np.float32], options: Options) -> Fitted:
    """The statistics of float32 [N] without nulls; of none, mean 0 and std 0."""
    del options
    if not len(values):
        return Fitted(mean=0.0, std=0.0)
    exact = values.astype(np.float64)
    mean, std = np.float32(exact.mean()), np.float32(exact.std())
    constant = values.min() == values.max() or std < _SMALLEST_NORMAL
    return Fitted(mean=float(mean), std=0.0 if constant else float(std))


def encode(values: NDArray[np.float32], fitted: Fitted) -> NDArray[np.float32]:
    """float32 [N] -> [N, 1]."""
    if fitted.std == 0:
        return np.zeros((len(values), 1), dtype=np.float32)
    scaled = (values - np.float32(fitted.mean)) / np.float32(fitted.std)
    return scaled[:, None]
