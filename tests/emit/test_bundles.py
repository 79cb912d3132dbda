"""Families of tasks are predicted, served and judged together, as each alone would be."""

import torch

from tests.emit.specs import families_of_tasks

TASKS = [
    "click",
    *(f"exam[{s}]" for s in range(1, 13)),
    "buy",
    *(f"shown[{c}, {k}]" for c in ("like", "share") for k in (1, 2)),
]


def test_every_task_of_a_family_has_its_own_name_in_order():
    module = families_of_tasks().module(0).double()
    predictions = module({"age": torch.randn(5, 2).double(), "place": torch.arange(5) % 4})
    assert list(predictions) == TASKS
    assert {tuple(value.shape) for value in predictions.values()} == {(5, 1)}
    served = module.serve(predictions)
    assert list(served) == TASKS
    for task in TASKS:
        torch.testing.assert_close(served[task], torch.sigmoid(predictions[task]))


def test_its_losses_are_those_of_each_task_alone():
    module = families_of_tasks().module(0).double()
    batch = {"age": torch.randn(40, 2).double(), "place": torch.arange(40) % 4}
    labels = {task: torch.randint(2, (40, 1)).double() for task in TASKS}
    labels["exam[3]"][::2] = torch.nan
    labels["exam[4]"][:] = torch.nan
    losses, predictions = module.loss(batch, labels), module(batch)
    assert list(losses) == TASKS
    for task in TASKS:
        known = ~labels[task].isnan()
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            predictions[task][known], labels[task][known], reduction="none"
        )
        expected = each.mean() if known.any() else torch.zeros(()).double()
        torch.testing.assert_close(losses[task], expected)


def test_no_line_is_written_once_for_each_of_many_tasks():
    assert families_of_tasks().source.count("exam[") <= 6
    assert 'EXAM_TASKS = [f"exam[{i}]" for i in range(1, 13)]' in families_of_tasks().source
