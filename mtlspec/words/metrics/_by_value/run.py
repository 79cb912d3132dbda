"""A metric within the rows of each value of a column, and its mean over the values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


class Metric(Protocol):
    """What is used of a torchmetrics metric."""

    def update(self, preds: Tensor, target: Tensor, *values: Tensor) -> None:
        """Takes in what was served for some rows, their labels, and their values for `by:`."""
        ...

    def compute(self) -> Tensor:
        """The metric over all rows taken in; NaN where it has no value."""
        ...

    def reset(self) -> None:
        """Forgets all rows."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Which rows belong together: `of` has the group of each row, int64 [N], below `count`."""

    of: Tensor
    count: int

    @classmethod
    def by(cls, values: Tensor) -> Groups:
        """A group for each of the values, int64 [N]."""
        order = torch.argsort(values)
        of = torch.zeros_like(values)
        of[order[1:]] = (values[order].diff() != 0).cumsum(0)
        return cls(of, int(of.max()) + 1)

    @property
    def sizes(self) -> Tensor:
        """How many rows each has: [G]."""
        return torch.bincount(self.of, minlength=self.count)

    def take(self, rows: Tensor) -> Groups:
        """The same groups with these rows alone; some may be left without any."""
        return Groups(self.of[rows], self.count)

    def sum(self, x: Tensor) -> Tensor:
        """[N] -> float64 [G]."""
        return x.new_zeros(self.count, dtype=torch.float64).index_add_(0, self.of, x.double())

    def mean(self, x: Tensor) -> Tensor:
        """[N] -> float64 [G]; NaN for a group without rows."""
        return self.sum(x) / self.sizes

    def centred(self, x: Tensor) -> Tensor:
        """[N] -> float64 [N]: less the mean of the row's group."""
        return x.double() - self.mean(x)[self.of]

    def greatest(self, x: Tensor) -> Tensor:
        """[N] -> [G]; 0 for a group without rows."""
        return x.new_zeros(self.count).scatter_reduce_(0, self.of, x, "amax", include_self=False)

    def where_varied(self, value: Tensor, *columns: Tensor) -> Tensor:
        """Values [G], NaN for groups in which a column [N] is the same in all rows."""
        for x in columns:
            value = value.where(-self.greatest(-x) < self.greatest(x), torch.nan)
        return value

    def places(self, x: Tensor) -> Tensor:
        """[N] -> the place of each row in its group, from 1, rising: int64 [N]."""
        order = self._order(x)
        before = self.sizes.cumsum(0) - self.sizes
        places = torch.empty_like(order)
        places[order] = torch.arange(1, len(x) + 1, device=x.device) - before[self.of[order]]
        return places

    def tied(self, x: Tensor) -> Groups:
        """[N] -> groups of the rows of a group that have one value."""
        order = self._order(x)
        group, value = self.of[order], x[order]
        new = (group[1:] != group[:-1]) | (value[1:] != value[:-1])
        of = torch.zeros_like(order)
        of[order[1:]] = new.cumsum(0)
        return Groups(of, int(of.max()) + 1)

    def ranks(self, x: Tensor) -> Tensor:
        """[N] -> the rank of each row in its group, from 1; equal values share their mean rank."""
        tied = self.tied(x)
        return tied.mean(self.places(x))[tied.of]

    def _order(self, x: Tensor) -> Tensor:
        """The rows group by group, rising in each: int64 [N]."""
        order = torch.argsort(x, stable=True)
        return order[torch.argsort(self.of[order], stable=True)]


class WithinGroups(ABC):
    """A metric that is computed within all groups at once, without a loop over them."""

    @abstractmethod
    def within(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        """What `compute` would give for the rows of each group: [G], NaN where it has no value."""


class MeanByValue:
    """The mean of a metric over the values of a column, each counted by the number of its rows.

    Values for whose rows the metric is not defined are left out. For AUC: Zhou et al., Deep
    Interest Network, KDD 2018, section 6.2.
    """

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        self.reset()

    def reset(self) -> None:
        """Forgets all rows."""
        self.rows: list[tuple[Tensor, Tensor, Tensor]] = []

    def update(self, preds: Tensor, target: Tensor, values: Tensor) -> None:
        """[..., N, outputs] and [N, labels]; `values` are equal where the column's are, [N]."""
        self.rows.append((preds, target, values))

    def compute(self) -> Tensor:
        """The mean; NaN where the metric is defined for no value."""
        preds, target, values = zip(*self.rows, strict=True)
        groups = Groups.by(torch.cat(values))
        each = self._each(torch.cat(preds, dim=-2), torch.cat(target), groups)
        defined = ~each.isnan()
        sizes = groups.sizes[defined]
        return (each[defined] * sizes).sum() / sizes.sum()

    def _each(self, preds: Tensor, target: Tensor, groups: Groups) -> Tensor:
        """[G]: the metric within each group."""
        if isinstance(self.metric, WithinGroups):
            return self.metric.within(preds, target, groups)
        found: list[float] = []
        order = torch.argsort(groups.of, stable=True)
        for rows in order.split_with_sizes([int(size) for size in groups.sizes.unbind()]):
            self.metric.reset()
            self.metric.update(preds[..., rows, :], target[rows])
            found.append(float(self.metric.compute()))
        return torch.tensor(found, dtype=torch.float64, device=preds.device)
