"""Ranking the candidates of a group.

Listwise: MT-DNN (Liu et al., ACL 2019), eq. 7 and 8, where γ = 1 and eq. 8 is read as -Σ log P; of
several relevant candidates each has a part of the target, y / Σ y. Pairwise: RankNet (Burges et
al., ICML 2005), eq. 3 with the target probability 1, averaged over the pairs of a group. A group
without two candidates of different relevance has no order.
"""

from collections.abc import Callable

import numpy as np

from tests.words.oracles import Array


def each_group(groups: Array, relevance: Array) -> list[Array]:
    """The places of the candidates of each group that has an order; a NaN is no candidate."""
    known = ~np.isnan(relevance) & ~np.isnan(groups)
    found = [np.flatnonzero(known & (groups == group)) for group in np.unique(groups[known])]
    return [rows for rows in found if len(set(relevance[rows])) > 1]


def listwise(scores: Array, relevance: Array) -> float:
    """The loss of one group: [n], [n] -> -Σ y / Σ y · log P."""
    log_p = scores - np.logaddexp.reduce(scores)
    return float(-(relevance / relevance.sum() * log_p).sum())


def pairwise(scores: Array, relevance: Array) -> float:
    """The loss of one group: the mean of log(1 + exp(-(s_i - s_j))) over pairs with y_i > y_j."""
    return float(
        np.mean(
            [
                np.logaddexp(0, scores[j] - scores[i])
                for i in range(len(scores))
                for j in range(len(scores))
                if relevance[i] > relevance[j]
            ]
        )
    )


LOSSES = {"listwise": listwise, "pairwise": pairwise}


def loss(kind: str, scores: Array, relevance: Array, groups: Array) -> float:
    """The mean over the groups that have an order; 0 without any."""
    losses = [LOSSES[kind](scores[rows], relevance[rows]) for rows in each_group(groups, relevance)]
    return float(np.mean(losses)) if losses else 0.0


def weights(kind: str, relevance: Array, groups: Array) -> Array:
    """How much each row counts in the mean, [N]: a group's rows have 1 together, or none."""
    found = np.zeros(len(groups))
    for rows in each_group(groups, relevance):
        y = relevance[rows]
        own = y if kind == "listwise" else (y[:, None] > y).sum(axis=1)
        found[rows] = own / own.sum()
    return found


def ndcg(scores: Array, relevance: Array, k: int | None = None) -> float:
    """Of one group (Burges et al., 2005, section 6), gains 2^y - 1; equal scores share theirs.

    Ranks beyond `k` discount all of the gain.
    """
    gains, rank = 2.0**relevance - 1, np.arange(len(scores)) + 1
    discounts = (rank <= (k or len(scores))) / np.log2(1 + rank)
    best = (np.sort(gains)[::-1] * discounts).sum()
    order = np.argsort(-scores, kind="stable")
    for score in set(scores):
        tied = scores[order] == score
        discounts[tied] = discounts[tied].mean()
    return float((gains[order] * discounts).sum() / best)


def recall(scores: Array, relevance: Array, k: int = 10) -> float:
    """The share of a group's relevant candidates with ranks up to `k`, mean ones in a tie."""
    ranks = [(scores > s).sum() + ((scores == s).sum() + 1) / 2 for s in scores]
    return float(np.mean([rank <= k for rank, y in zip(ranks, relevance, strict=True) if y > 0]))


def reciprocal_rank(scores: Array, relevance: Array) -> float:
    """1 / rank of the highest relevant candidate of a group; another of its score counts half."""
    own = scores[relevance > 0].max()
    others = scores[relevance == 0]
    return 1 / (1 + float((others > own).sum()) + float((others == own).sum()) / 2)


def mean(of: Callable[[Array, Array], float], scores: Array, relevance: Array, groups: Array):
    """The mean of a metric over the groups that have an order; NaN without any."""
    found = [of(scores[r], relevance[r]) for r in each_group(groups, relevance)]
    return float(np.mean(found)) if found else np.nan
