"""What is compiled computes what the papers say: logits, losses, and who reads whom."""

import numpy as np
import pytest
import torch

from tests.models import cases, randomly
from tests.models.cases import CASES, EVERY, TASKS
from tests.models.compiled import arrays, compile_case, gradients, tensors
from tests.words.oracles import binary

every_model = pytest.mark.parametrize(
    ("name", "tasks"), EVERY, ids=[f"{name}-{len(tasks)}" for name, tasks in EVERY]
)
each_model = pytest.mark.parametrize("name", CASES)


def filled(name: str, tasks: tuple[str, ...]):
    """The compiled module in float64 with random weights, and these weights."""
    compiled = compile_case(name, tasks)
    module = compiled.module(seed=0).double().eval()
    weights = randomly.weights(CASES[name].shapes(tasks), seed=len(tasks))
    compiled.set_weights(module, tensors(weights))
    return module, weights


@every_model
def test_weights_have_the_names_and_shapes_of_the_paper(name: str, tasks: tuple[str, ...]):
    compiled = compile_case(name, tasks)
    found = compiled.weights(compiled.module(seed=0))
    assert {key: tuple(value.shape) for key, value in found.items()} == CASES[name].shapes(tasks)


@every_model
def test_logits_agree(name: str, tasks: tuple[str, ...]):
    module, weights = filled(name, tasks)
    batch = cases.batch_of(40)
    expected = CASES[name].logits(weights, batch, tasks)
    found = arrays(module(tensors(batch)))
    assert tuple(found) == tasks
    for task in tasks:
        assert expected[task].std() > 0.05, "a constant would prove nothing"
        np.testing.assert_allclose(found[task], expected[task], rtol=0, atol=1e-9)


@every_model
def test_losses_agree(name: str, tasks: tuple[str, ...]):
    module, weights = filled(name, tasks)
    batch, labels = cases.batch_of(40), cases.labels_of(40, tasks)
    logits = CASES[name].logits(weights, batch, tasks)
    expected = {task: binary.loss(logits[task], labels[task]) for task in tasks}
    expected |= CASES[name].terms(weights, tasks)
    found = module.loss(tensors(batch), tensors(labels))
    assert tuple(found) == tuple(expected)
    for key, loss in found.items():
        assert loss.shape == ()
        assert loss.item() == pytest.approx(expected[key], rel=1e-9, abs=1e-9)


@each_model
def test_a_task_without_labels_costs_nothing(name: str):
    compiled = compile_case(name, TASKS)
    module = compiled.module(seed=0)
    labels = cases.labels_of(8, TASKS) | {"marital": np.full((8, 1), np.nan)}
    batch = {
        key: value.astype(np.float32) if value.dtype == np.float64 else value
        for key, value in cases.batch_of(8).items()
    }
    found = module.loss(tensors(batch), {k: v.float() for k, v in tensors(labels).items()})
    assert found["marital"].item() == 0
    sum(found.values()).backward()
    assert all(parameter.grad.isfinite().all() for parameter in module.parameters())


@each_model
def test_a_row_alone_is_the_row_in_the_batch(name: str):
    module, _ = filled(name, TASKS)
    batch = cases.batch_of(7)
    whole = arrays(module(tensors(batch)))
    for row in range(7):
        alone = module(tensors({key: column[[row]] for key, column in batch.items()}))
        for task in TASKS:
            assert alone[task].shape == (1, 1)
            np.testing.assert_allclose(arrays(alone)[task], whole[task][[row]], atol=1e-12)


@each_model
def test_one_row_can_be_trained_on(name: str):
    module = compile_case(name, TASKS).module(seed=0).double().train()
    labels = {task: np.ones((1, 1)) for task in TASKS}
    losses = module.loss(tensors(cases.batch_of(1)), tensors(labels))
    sum(losses.values()).backward()
    assert all(parameter.grad.isfinite().all() for parameter in module.parameters())


@every_model
def test_every_weight_gets_a_gradient(name: str, tasks: tuple[str, ...]):
    compiled = compile_case(name, tasks)
    module = compiled.module(seed=0).double()
    labels = cases.labels_of(64, tasks)
    sum(module.loss(tensors(cases.batch_of(64)), tensors(labels)).values()).backward()
    found = gradients(compiled, module)
    assert found.keys() == CASES[name].shapes(tasks).keys()
    assert [key for key, value in found.items() if not np.any(value)] == []


@pytest.mark.parametrize("tasks", [TASKS[:1], TASKS[:2], TASKS])
@pytest.mark.parametrize(
    ("name", "common"), [("ple", 2), ("ple_few_of_its_own", 3), ("ple_unequal", 2)]
)
def test_gates_of_ple_see_whom_the_paper_lets_them_see(
    name: str, common: int, tasks: tuple[str, ...]
):
    compiled = compile_case(name, tasks)
    rows = {
        key.removesuffix(".gate.weight"): value.shape[0]
        for key, value in compiled.weights(compiled.module(seed=0)).items()
        if key.endswith(".gate.weight")
    }
    own = {"ple": (3, 3, 3), "ple_few_of_its_own": (1, 1, 1)}.get(name, cases.OWN[len(tasks)])
    own = dict(zip(tasks, own, strict=False))
    expected = {f"h@{j}[{task}]": own[task] + common for j in (1, 2) for task in tasks}
    assert rows == expected | {"s@1": sum(own.values()) + common}


def test_a_param_given_from_outside_changes_the_model():
    given = compile_case("ple", TASKS, set={"own": "1", "common": "3"})
    written = compile_case("ple_few_of_its_own", TASKS)
    found, expected = (c.weights(c.module(seed=0)) for c in (given, written))
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[key], expected[key]) for key in found)
