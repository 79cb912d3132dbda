"""Encoded rows: what the model is given, as few tensors, so that a batch is a gather and views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

Batch = dict[str, Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """All rows of a data set, encoded.

    `ids` is int64 [N, features that are one id], `lists` int64 [N, all lists side by side],
    `numbers` and `labels` are float32 [N, all widths together]; a label that is missing is NaN.
    `groups` is int64 [N, columns by whose values tasks are judged], equal where the values are.
    """

    ids: Tensor
    lists: Tensor
    numbers: Tensor
    labels: Tensor
    groups: Tensor
    id_names: tuple[str, ...]
    list_names: tuple[str, ...]
    lengths: tuple[int, ...]
    """Of the features of `list_names`."""
    number_names: tuple[str, ...]
    widths: tuple[int, ...]
    """Of the features of `number_names`."""
    label_names: tuple[str, ...]
    """Tasks, and after the task of that name `buy.rows`, the weights of its rows."""
    label_widths: tuple[int, ...]
    group_names: tuple[str, ...]
    """`by scenario`, for the column `scenario`, as `TaskField.group_name` says."""
    together: Tensor | None = None
    """int64 [N], where rows stay together: the number of their group, -1 without one."""

    def __len__(self) -> int:
        return self.labels.shape[0]

    def batch(self, index: Tensor | slice) -> tuple[Batch, Batch]:
        """Features and labels of some rows.

        A feature is int64 [B], int64 [B, length] or float32 [B, width] by its name, a label
        float32 [B, labels] by its task's; beside the labels, groups are int64 [B]. `index` is a
        slice, or int64 [B].
        """
        ids = _pick(self.ids, index).t().contiguous().unbind()
        lists = _pick(self.lists, index).split_with_sizes(self.lengths, dim=1)
        numbers = _pick(self.numbers, index).split_with_sizes(self.widths, dim=1)
        features = dict(zip(self.id_names, ids, strict=True))
        features |= dict(zip(self.list_names, lists, strict=True))
        features |= dict(zip(self.number_names, numbers, strict=True))
        labels = _pick(self.labels, index).split_with_sizes(self.label_widths, dim=1)
        groups = _pick(self.groups, index).unbind(dim=1)
        judged = dict(zip(self.label_names, labels, strict=True))
        return features, judged | dict(zip(self.group_names, groups, strict=True))

    def take(self, index: Tensor | slice) -> Rows:
        """Only these rows, in this order."""
        return self._each(lambda matrix: _pick(matrix, index))

    def to(self, device: torch.device | str) -> Rows:
        """The same rows on another device."""
        return self._each(lambda matrix: matrix.to(device))

    def _each(self, change: Callable[[Tensor], Tensor]) -> Rows:
        return replace(
            self,
            ids=change(self.ids),
            lists=change(self.lists),
            numbers=change(self.numbers),
            labels=change(self.labels),
            groups=change(self.groups),
            together=None if self.together is None else change(self.together),
        )


def _pick(matrix: Tensor, index: Tensor | slice) -> Tensor:
    """Rows of [N, …]; `index_select` is several times quicker here than indexing."""
    return matrix[index] if isinstance(index, slice) else matrix.index_select(0, index)
