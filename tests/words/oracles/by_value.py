"""Metrics within the rows of each value of a column, and their mean over the values.

Zhou et al., Deep Interest Network, KDD 2018, section 6.2: the area under the curve of each user's
rows, averaged over users with the numbers of their rows; users of one class are left out.
"""

from collections.abc import Callable, Sequence

import numpy as np

from tests.words.oracles import Array

Metric = Callable[[Array, Array], float]


def mean(metric: Metric, preds: Array, target: Array, values: Sequence[object]) -> float:
    """[N, k], [N, m] and N values, None being one too -> the mean; NaN where none has a value."""
    total, rows = 0.0, 0
    for value in dict.fromkeys(values):
        chosen = [i for i, other in enumerate(values) if other == value]
        found = metric(preds[chosen], target[chosen])
        if not np.isnan(found):
            total, rows = total + len(chosen) * found, rows + len(chosen)
    return total / rows if rows else np.nan


def auc(preds: Array, target: Array) -> float:
    """The share of pairs of a positive and a negative in order; a tie counts half."""
    yes, no = preds[target[:, 0] == 1, 0], preds[target[:, 0] == 0, 0]
    if not len(yes) or not len(no):
        return np.nan
    above = yes[:, None] - no[None, :]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def mean_auc(preds: Array, target: Array) -> float:
    """Of several labels, the mean of theirs over the rows where each is known."""
    areas: list[float] = []
    for p, y in zip(preds.T, target.T, strict=True):
        known = ~np.isnan(y)
        areas.append(auc(p[known, None], y[known, None]))
    return np.nan if np.isnan(areas).all() else float(np.nanmean(areas))


def accuracy(preds: Array, target: Array) -> float:
    """Of yes or no, and of several labels one by one."""
    known = ~np.isnan(target)
    return float(((preds > 0.5) == (target == 1))[known].mean()) if known.any() else np.nan


def class_accuracy(preds: Array, target: Array) -> float:
    """Of classes."""
    return float((preds.argmax(axis=1) == target[:, 0]).mean())


def logloss(preds: Array, target: Array) -> float:
    """Of yes or no, and of several labels one by one."""
    known = ~np.isnan(target)
    given = np.where(target == 1, preds, 1 - preds)[known]
    return float(-np.log(given).mean()) if known.any() else np.nan


def class_logloss(preds: Array, target: Array) -> float:
    """Of classes."""
    return float(-np.log(preds[np.arange(len(preds)), target[:, 0].astype(int)]).mean())


def mae(preds: Array, target: Array) -> float:
    """Of numbers, and of the most probable grade where there are several probabilities."""
    found = preds[:, 0] if preds.shape[1] == 1 else preds.argmax(axis=1)
    return float(np.abs(found - target[:, 0]).mean())


def rmse(preds: Array, target: Array) -> float:
    return float(np.sqrt(((preds - target) ** 2).mean()))


def r2(preds: Array, target: Array) -> float:
    spread = ((target - target.mean()) ** 2).sum()
    return float(1 - ((target - preds) ** 2).sum() / spread) if np.ptp(target) else np.nan


def spearman(preds: Array, target: Array) -> float:
    """The correlation of ranks; equal values share the mean of theirs."""
    if not np.ptp(preds) or not np.ptp(target):
        return np.nan
    return float(np.corrcoef(_ranks(preds[:, 0]), _ranks(target[:, 0]))[0, 1])


def _ranks(values: Array) -> Array:
    return np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values])
