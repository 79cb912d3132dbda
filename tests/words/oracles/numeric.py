"""A number: null becomes the training mean, the encodings follow, an indicator of null is last.

`numeric(log1p, normalize)` applies its encodings from left to right. Each is fitted on the
training rows that are not null, as the encodings before it left them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.words.oracles import Array, buckets, log1p, normalize, piecewise

Step = normalize.Fitted | piecewise.Fitted | buckets.Fitted | None
"""What was fitted for an encoding; nothing for `log1p`."""
Encoding = tuple[str] | tuple[str, int]
"""A word and its options by place: `("normalize",)`, `("piecewise", 16)`."""


@dataclass(frozen=True)
class Fitted:
    mean: float
    """What a null stands for; 0 where no training row has a value."""

    steps: tuple["Step", ...]


def fit(train: Array, encodings: Sequence[Encoding]) -> Fitted:
    """From [N] training values; NaN is null."""
    values = train[~np.isnan(train)][:, None]
    mean = float(values.mean()) if len(values) else 0.0
    steps: list[Step] = []
    for encoding in encodings:
        fitted = _fit_one(encoding, values)
        values = _encode_one(fitted, values)
        steps.append(fitted)
    return Fitted(mean, tuple(steps))


def encode(fitted: Fitted, x: Array) -> Array:
    """[N] -> [N, k + 1], k the width that the encodings leave; NaN is null."""
    null = np.isnan(x)
    values = np.where(null, fitted.mean, x)[:, None]
    for step in fitted.steps:
        values = _encode_one(step, values)
    return np.concatenate([values, null[:, None].astype(np.float64)], axis=1)


def _fit_one(encoding: Encoding, values: Array) -> Step:
    match encoding:
        case ("normalize",):
            return normalize.fit(values)
        case ("log1p",):
            return log1p.fit(values)
        case ("piecewise", int(n)):
            return piecewise.fit(values, n)
        case ("buckets", int(n)):
            return buckets.fit(values, n)
        case _:
            raise AssertionError(encoding)


def _encode_one(step: Step, values: Array) -> Array:
    match step:
        case normalize.Fitted():
            return normalize.encode(step, values)
        case piecewise.Fitted():
            return piecewise.encode(step, values)
        case buckets.Fitted():
            return buckets.encode(step, values)
        case None:
            return log1p.encode(step, values)
