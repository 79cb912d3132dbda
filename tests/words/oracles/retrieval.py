"""Matching users to items: the softmax over the items of a batch, Yi et al., RecSys 2019.

Eq. 5 with s^c(x_i, y_j) = s(x_i, y_j) - log p_j (section 3.1); the items of rows that are not
positive, and other rows of the row's own item, are none of its negatives.
"""

import numpy as np

from tests.words.oracles import Array


def losses(pairs: Array, items: Array, temperature: float = 1.0, log_q: Array | None = None):
    """[B, 2d], [B] (NaN: no positive), [B] -> the loss of each row [B], 0 where it has none."""
    users, things = np.split(pairs, 2, axis=1)
    found = np.zeros(len(pairs))
    for i, item in enumerate(items):
        if np.isnan(item):
            continue
        own = score(users[i], things[i], i, temperature, log_q)
        others = [
            score(users[i], things[j], j, temperature, log_q)
            for j, other in enumerate(items)
            if not np.isnan(other) and other != item
        ]
        found[i] = np.logaddexp.reduce([own, *others]) - own
    return found


def score(user: Array, item: Array, j: int, temperature: float, log_q: Array | None) -> float:
    """The score of a pair, less the logarithm of how often the item is drawn."""
    return float(user @ item) / temperature - (0.0 if log_q is None else float(log_q[j]))


def loss(pairs: Array, items: Array, temperature: float = 1.0, log_q: Array | None = None) -> float:
    """The mean of the losses of positive rows; 0 without any."""
    count = (~np.isnan(items)).sum()
    return float(losses(pairs, items, temperature, log_q).sum() / max(1, count))


def serve(pairs: Array, temperature: float = 1.0) -> Array:
    """[B, 2d] -> [B, 1]: the score of each row's own pair."""
    users, things = np.split(pairs, 2, axis=1)
    return (users * things).sum(axis=1, keepdims=True) / temperature


def rank(scores: Array, own: float) -> float:
    """The place of a score among others, from 1; a tie counts half."""
    return 1 + float((scores > own).sum()) + float((scores == own).sum()) / 2
