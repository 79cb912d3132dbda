"""Families of tasks are predicted, served and judged together, as each alone would be."""

import torch

import mtlspec
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


FAMILIES = """
mtl 1
features { age : numeric(normalize) }
tasks {
    exam[s in 1..4] : regression(label: score, where: school == s, loss: huber, rows: w)
    mood[k in 1..2] : multiclass(3, label: mood)
    mark[k in 1..2] : multilabel(labels: [a, b], rows: w)
}
model m { head[task] = age -> mlp(4) }
"""


def test_families_of_all_kinds_are_judged_as_each_task_alone():
    module = mtlspec.compile(mtlspec.Text("m.mtl", FAMILIES)).module(0).double()
    torch.manual_seed(1)
    batch = {"age": torch.randn(30, 2).double()}
    labels: dict[str, torch.Tensor] = {}
    for s in range(1, 5):
        labels[f"exam[{s}]"] = torch.randn(30, 1).double()
        labels[f"exam[{s}]"][s::3] = torch.nan
        labels[f"exam[{s}].rows"] = torch.rand(30, 1).double()
    for k in (1, 2):
        labels[f"mood[{k}]"] = torch.randint(3, (30, 1)).double()
        labels[f"mark[{k}]"] = torch.randint(2, (30, 2)).double()
        labels[f"mark[{k}].rows"] = torch.rand(30, 1).double()
    losses, p = module.loss(batch, labels), module(batch)
    served = module.serve(p)
    for s in range(1, 5):
        name = f"exam[{s}]"
        known, w = ~labels[name].isnan(), labels[f"{name}.rows"]
        off = torch.nn.functional.huber_loss(p[name][known], labels[name][known], reduction="none")
        torch.testing.assert_close(losses[name], (off * w[known]).sum() / w[known].sum())
    for k in (1, 2):
        mood, mark = f"mood[{k}]", f"mark[{k}]"
        place = labels[mood][:, 0].long()
        expected = torch.nn.functional.cross_entropy(p[mood], place)
        torch.testing.assert_close(losses[mood], expected)
        torch.testing.assert_close(served[mood].sum(dim=1), torch.ones(30).double())
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            p[mark], labels[mark], reduction="none"
        ).mean(dim=1, keepdim=True)
        w = labels[f"{mark}.rows"]
        torch.testing.assert_close(losses[mark], (each * w).sum() / w.sum())
