"""Batches of rows, and of whole groups of them."""

import pytest
import torch

from mtlspec.training.batches import OfGroups, OfRows


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def mixed(*sizes: int) -> torch.Tensor:
    """Groups of these sizes, their rows in no order."""
    groups = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    return groups[torch.randperm(len(groups), generator=seeded(1))]


def test_rows_without_groups_are_drawn_as_they_ever_were() -> None:
    batches = OfRows(100, 16)
    order = torch.randperm(100, generator=seeded())
    drawn = batches.draw(seeded())
    assert [b.tolist() for b in drawn] == [b.tolist() for b in torch.split(order, 16)]
    assert len(drawn) == batches.steps == 7


SIZES = [
    (1,) * 100,
    (5,) * 20,
    tuple(range(1, 24)),
    (50, 1, 1, 1),
    (1, 1, 70, 3, 9),
    (40, 40, 40),
    (3,),
]


@pytest.mark.parametrize("size", [1, 8, 16, 1000])
@pytest.mark.parametrize("sizes", SIZES)
def test_a_batch_has_whole_groups_and_no_batch_is_empty(sizes: tuple[int, ...], size: int) -> None:
    groups = mixed(*sizes)
    batches = OfGroups(groups, size)
    for seed in range(5):
        drawn = batches.draw(seeded(seed))
        assert len(drawn) == batches.steps == min(-(-len(groups) // size), len(sizes))
        assert sorted(torch.cat(list(drawn)).tolist()) == list(range(len(groups)))
        assert sum(len(groups[rows].unique()) for rows in drawn) == len(sizes)
        assert all(len(rows) for rows in drawn)


@pytest.mark.parametrize("size", [16, 32])
def test_a_batch_has_about_as_many_rows_as_are_asked_for(size: int) -> None:
    sizes = [1 + n % 12 for n in range(200)]
    drawn = OfGroups(mixed(*sizes), size).draw(seeded())
    assert max(len(rows) for rows in drawn) < size + max(sizes)
    assert min(len(rows) for rows in drawn[:-2]) > size - max(sizes)


def test_groups_of_one_row_make_batches_of_the_size_that_is_asked_for() -> None:
    drawn = OfGroups(torch.arange(100), 16).draw(seeded())
    assert [len(rows) for rows in drawn] == [16] * 6 + [4]


def test_rows_without_a_group_stay_with_no_other() -> None:
    batches = OfGroups(torch.tensor([0, -1, 0, -1, -1, 0]), 2)
    assert sorted(batches.sizes.tolist()) == [1, 1, 1, 3]


def test_one_seed_gives_one_course_of_batches_and_each_epoch_another() -> None:
    batches, random = OfGroups(mixed(*range(1, 24)), 16), seeded()
    first, second = batches.draw(random), batches.draw(random)
    again = OfGroups(mixed(*range(1, 24)), 16).draw(seeded())
    assert [b.tolist() for b in first] == [b.tolist() for b in again]
    assert [b.tolist() for b in first] != [b.tolist() for b in second]
