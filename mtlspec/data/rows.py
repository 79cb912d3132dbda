"""Encoded rows: what the model is given, as few tensors, so that a batch is a gather and views."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

Batch = dict[str, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """All rows of a data set, encoded.

    `ids` is int64 [N, features that are ids], `numbers` float32 [N, all widths together],
    `labels` float32 [N, tasks] with NaN where a label is missing.
    """

    ids: Tensor
    numbers: Tensor
    labels: Tensor
    id_names: tuple[str, ...]
    number_names: tuple[str, ...]
    widths: tuple[int, ...]
    """Of the features of `number_names`."""
    tasks: tuple[str, ...]

    def __len__(self) -> int:
        return self.labels.shape[0]

    def batch(self, index: Tensor | slice) -> tuple[Batch, Batch]:
        """Features and labels of some rows.

        A feature is int64 [B] or float32 [B, width] by its name, a label float32 [B, 1] by its
        task's. `index` is a slice, or int64 [B].
        """
        ids = _pick(self.ids, index).t().contiguous().unbind()
        numbers = _pick(self.numbers, index).split_with_sizes(self.widths, dim=1)
        features = dict(zip(self.id_names, ids, strict=True))
        features |= dict(zip(self.number_names, numbers, strict=True))
        labels = _pick(self.labels, index).unsqueeze(2).unbind(1)
        return features, dict(zip(self.tasks, labels, strict=True))

    def take(self, index: Tensor | slice) -> Rows:
        """Only these rows, in this order."""
        ids, numbers = _pick(self.ids, index), _pick(self.numbers, index)
        return replace(self, ids=ids, numbers=numbers, labels=_pick(self.labels, index))

    def to(self, device: torch.device | str) -> Rows:
        """The same rows on another device."""
        ids, numbers = self.ids.to(device), self.numbers.to(device)
        return replace(self, ids=ids, numbers=numbers, labels=self.labels.to(device))


def _pick(matrix: Tensor, index: Tensor | slice) -> Tensor:
    """Rows of [N, k]; `index_select` is several times quicker here than indexing."""
    return matrix[index] if isinstance(index, slice) else matrix.index_select(0, index)
