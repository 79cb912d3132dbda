"""The signed logarithm."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from mtlspec.words.word import Options


class Fitted(BaseModel):
    """Nothing is fitted."""

    model_config = ConfigDict(frozen=True)


def fit(values: NDArray[np.float32], options: Options) -> Fitted:
    """Nothing is fitted."""
    del values, options
    return Fitted()


def encode(values: NDArray[np.float32], fitted: Fitted) -> NDArray[np.float32]:
    """float32 [N] -> [N, 1]."""
    del fitted
    return (np.sign(values) * np.log1p(np.abs(values)))[:, None]
