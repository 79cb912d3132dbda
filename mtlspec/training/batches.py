"""Which rows each step of an epoch takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from mtlspec.data import Rows


class Batches(Protocol):
    """The batches of an epoch, which are as many in every epoch."""

    @property
    def steps(self) -> int:
        """How many there are."""
        ...

    def draw(self, random: torch.Generator) -> Sequence[Tensor]:
        """The rows of each, int64 [B], anew for each epoch."""
        ...


def plan_batches(rows: Rows, size: int) -> Batches:
    """Batches of `size` rows; those that stay together are in one."""
    return OfRows(len(rows), size) if rows.together is None else OfGroups(rows.together, size)


class OfRows:
    """Rows in random order, `size` at a time; the last batch may have fewer."""

    def __init__(self, count: int, size: int) -> None:
        self.count, self.size = count, size

    @property
    def steps(self) -> int:
        return -(-self.count // self.size)

    def draw(self, random: torch.Generator) -> Sequence[Tensor]:
        return torch.split(torch.randperm(self.count, generator=random), self.size)


class OfGroups:
    """Whole groups in random order, about `size` rows at a time.

    Rows in that order are cut after each `size`, and a group that would be cut stays with the batch
    in which it begins. As no batch is empty, there are never more of them than groups.
    """

    def __init__(self, groups: Tensor, size: int) -> None:
        """`groups` is int64 [N]; a row of -1 is a group of its own."""
        alone = groups.amax() + 1 + torch.arange(len(groups))
        kept = torch.where(groups < 0, alone, groups)
        _, sizes = np.unique(kept.numpy(), return_counts=True)
        self.size = size
        self.rows = torch.argsort(kept, stable=True)
        self.sizes = torch.as_tensor(sizes)
        self.starts = self.sizes.cumsum(0) - self.sizes

    @property
    def steps(self) -> int:
        return min(-(-len(self.rows) // self.size), len(self.sizes))

    def draw(self, random: torch.Generator) -> Sequence[Tensor]:
        order = torch.randperm(len(self.sizes), generator=random)
        sizes = self.sizes[order]
        begins = sizes.cumsum(0) - sizes
        moved = torch.repeat_interleave(self.starts[order] - begins, sizes)
        rows = self.rows[torch.arange(len(moved)) + moved]
        return torch.tensor_split(rows, begins[self._cuts(begins)])

    def _cuts(self, begins: Tensor) -> Tensor:
        """The group with which each batch after the first begins."""
        number = torch.arange(1, self.steps)
        found = torch.searchsorted(begins, number * self.size)
        after_another = (found - number).cummax(0).values + number if self.steps > 1 else found
        return torch.minimum(after_another, number + len(begins) - self.steps)
