"""The parts that every model is made of: towers of layers, gates, heads."""

from collections.abc import Sequence

import numpy as np

from tests.words.oracles import Array, Weights, linear, mlp, part, softmax

Shapes = dict[str, tuple[int, ...]]


def tower(weights: Weights, name: str, x: Array, widths: Sequence[int]) -> Array:
    """`name[…] = x -> mlp(widths)`: [B, d] -> [B, widths[-1]]."""
    return mlp.forward(part(weights, name), x, *widths)


def gate(weights: Weights, name: str, selector: Array, candidates: Sequence[Array]) -> Array:
    """Σᵢ softmax(W s)ᵢ cᵢ, W without bias: n candidates [B, w] -> [B, w].

    A gate of one candidate is that candidate and owns nothing.
    """
    if len(candidates) == 1:
        assert f"{name}.gate.weight" not in weights
        return candidates[0]
    w = weights[f"{name}.gate.weight"]
    assert w.shape == (len(candidates), selector.shape[1]), (name, w.shape)
    a = softmax.coefficients(selector @ w.T)
    mixed = a[:, [0]] * candidates[0]
    for i in range(1, len(candidates)):
        mixed = mixed + a[:, [i]] * candidates[i]
    return mixed


def mix(coefficients: Array, candidates: Sequence[Array]) -> Array:
    """Σᵢ aᵢ cᵢ with coefficients that are the same for all rows: n candidates [B, w] -> [B, w].

    `coefficients` are [n, 1], a number for each candidate, or [n, w], one for each channel.
    """
    n, channels = coefficients.shape
    assert n == len(candidates)
    assert channels in (1, candidates[0].shape[1])
    mixed = np.zeros_like(candidates[0])
    for a, candidate in zip(coefficients, candidates, strict=True):
        for channel in range(candidate.shape[1]):
            mixed[:, channel] += a[channel if channels > 1 else 0] * candidate[:, channel]
    return mixed


def head(weights: Weights, task: str, x: Array, widths: Sequence[int]) -> Array:
    """`head[task] = x -> mlp(widths)` and the output layer: [B, w] -> logits [B, 1]."""
    z = tower(weights, f"head[{task}]", x, widths)
    last = part(weights, f"head[{task}].out")
    return linear.forward({f"0.{key}": value for key, value in last.items()}, z, 1)


def tower_shapes(name: str, d: int, widths: Sequence[int]) -> Shapes:
    shapes: Shapes = {}
    for k, width in enumerate(widths):
        shapes[f"{name}.{k}.weight"] = (width, d)
        shapes[f"{name}.{k}.bias"] = (width,)
        d = width
    return shapes


def gate_shapes(name: str, d: int, candidates: int) -> Shapes:
    return {} if candidates == 1 else {f"{name}.gate.weight": (candidates, d)}


def head_shapes(task: str, d: int, widths: Sequence[int]) -> Shapes:
    name = f"head[{task}]"
    last = widths[-1] if widths else d
    out: Shapes = {f"{name}.out.weight": (1, last), f"{name}.out.bias": (1,)}
    return tower_shapes(name, d, widths) | out


def counts(tasks: Sequence[str], own: int | Sequence[int]) -> dict[str, int]:
    """How many experts each task has of its own: one number for all, or one per task."""
    each = [own] * len(tasks) if isinstance(own, int) else own
    return dict(zip(tasks, each, strict=True))
