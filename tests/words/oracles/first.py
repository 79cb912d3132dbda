"""The first token of each row, or 0 where there is none."""

import numpy as np

from tests.words.oracles import Array


def forward(x: Array, mask: Array) -> Array:
    """[B, L, d] and a mask [B, L] -> [B, d]."""
    return np.stack([_of_row(tokens[kept]) for tokens, kept in zip(x, mask, strict=True)])


def _of_row(tokens: Array) -> Array:
    return tokens[0] if len(tokens) else np.zeros(tokens.shape[-1])
