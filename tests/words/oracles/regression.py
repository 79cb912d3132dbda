"""A number: squared, absolute, Huber's and the pinball loss, over the rows that have a label."""

import numpy as np

from tests.words.oracles import Array


def loss(
    values: Array,
    labels: Array,
    kind: str = "mse",
    *,
    delta: float = 1.0,
    quantile: float = 0.5,
    transform: str | None = None,
) -> float:
    """[B, 1], [B, 1] -> the mean over labelled rows, 0 where there is none; NaN is no label.

    With r = y - z: r²; |r|; Huber (1964), r²/2 up to δ and δ(|r| - δ/2) beyond; Koenker and
    Bassett (1978), max(q r, (q - 1) r). With `transform: log1p` y is log(1 + label).
    """
    present = ~np.isnan(labels)
    if not present.any():
        return 0.0
    y = labels[present]
    r = (np.log1p(y) if transform == "log1p" else y) - values[present]
    size = np.abs(r)
    each = {
        "mse": r**2,
        "mae": size,
        "huber": np.where(size <= delta, r**2 / 2, delta * (size - delta / 2)),
        "quantile": np.maximum(quantile * r, (quantile - 1) * r),
    }
    return float(each[kind].mean())


def serve(values: Array, transform: str | None = None) -> Array:
    """[B, 1] -> [B, 1]: the number in the unit of the label."""
    return np.expm1(values) if transform == "log1p" else values
