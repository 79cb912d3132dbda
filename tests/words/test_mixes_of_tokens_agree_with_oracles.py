"""Mixes of values with a token axis: a mixture for each row, or for each token."""

import numpy as np
import pytest

from tests.words.oracles import Array, Weights, linear, part, pool, sigmoid, softmax
from tests.words.test_tokens_agree_with_oracles import AGE, MASK, predicted, run, tokens

CANDIDATES = """
    layer a    = seen -> linear(4)
    layer b[2] = seen -> linear(4)
"""
B, L = MASK.shape


def candidates(weights: Weights) -> Array:
    """[3, B, L, 4]; padding is not a number."""
    names = ("a", "b[1]", "b[2]")
    return np.stack([linear.forward(part(weights, n), tokens(weights), 4) for n in names])


def assert_pools(mix: str, of: str, per: str, by: str) -> None:
    found, weights = run(f"{CANDIDATES}{mix} g[task] = a, b{by}\nhead[task] = pool(g[task])")
    values = candidates(weights)
    for task in ("click", "buy"):
        a = coefficients(weights, task, of, per, by)
        if per == "matrix":
            side_by_side = np.concatenate(list(values), axis=-1)
            mixture = np.einsum("bli,blij->blj", side_by_side, np.broadcast_to(a, (B, L, 12, 4)))
        else:
            mixture = np.einsum("blnd,nbld->bld", np.broadcast_to(a, (B, L, 3, 4)), values)
        pooled = pool.forward({}, mixture, MASK)
        np.testing.assert_allclose(found[task], predicted(weights, task, pooled), atol=1e-9)


def coefficients(weights: Weights, task: str, of: str, per: str, by: str) -> Array:
    """[B | 1, L | 1, n, d | 1], or matrices below one another."""
    if not by:
        return weights[f"g[{task}].mixing"]
    selector = AGE[:, None] if by == " by age" else np.nan_to_num(tokens(weights))
    scores = selector @ weights[f"g[{task}].gate.weight"].T
    scores = scores.reshape(*scores.shape[:-1], 12 if per == "matrix" else 3, -1)
    if of == "sigmoid":
        return sigmoid.coefficients(scores)
    return softmax.coefficients(scores.swapaxes(-1, -2)).swapaxes(-1, -2)


@pytest.mark.parametrize("by", [" by age", " by seen"], ids=["by row", "by token"])
@pytest.mark.parametrize("per", ["scalar", "channel", "matrix"])
def test_a_gate_mixes_tokens(per: str, by: str) -> None:
    of = "sigmoid" if per == "matrix" else "softmax"
    assert_pools(f"gate({of}, per: {per})", of, per, by)


@pytest.mark.parametrize("per", ["scalar", "channel", "matrix"])
def test_a_stitch_mixes_tokens_all_alike(per: str) -> None:
    assert_pools(f"stitch(per: {per})", "free", per, "")
