"""A weighted sum of losses with fixed weights."""

from collections.abc import Mapping


def objective(losses: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Σ w L; what has no weight counts once."""
    total = 0.0
    for name, loss in losses.items():
        total += weights[name] * loss if name in weights else loss
    return total
