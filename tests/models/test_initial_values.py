"""Initial values: PyTorch's distributions, drawn per logical name from the seed."""

import itertools
import math

import numpy as np
import pytest
import torch

import mtlspec
from tests.models import cases
from tests.models.cases import CASES, TASKS
from tests.models.compiled import arrays, compile_case, tensors
from tests.models.oracles import cross_stitch, sluice

each_model = pytest.mark.parametrize("name", CASES)


def is_drawn(name: str) -> bool:
    """A stitch's coefficients begin with numbers that are given."""
    return not name.endswith(".mixing")


def initial(name: str, tasks: tuple[str, ...] = TASKS, seed: int = 0, **options):
    compiled = compile_case(name, tasks, **options)
    return compiled.weights(compiled.module(seed=seed))


@each_model
def test_no_two_weights_start_equal(name: str):
    weights = {key: value for key, value in initial(name).items() if is_drawn(key)}
    for (one, a), (other, b) in itertools.combinations(weights.items(), 2):
        assert not torch.equal(a.flatten()[:4], b.flatten()[:4]), (one, other)


@each_model
def test_one_seed_gives_one_model(name: str):
    first, again, other = initial(name), initial(name), initial(name, seed=1)
    for key, value in first.items():
        assert torch.equal(value, again[key])
        assert torch.equal(value, other[key]) != is_drawn(key)


def test_the_global_random_state_has_no_part_in_it():
    torch.manual_seed(1)
    first = initial("mmoe")
    torch.manual_seed(2)
    again = initial("mmoe")
    assert all(torch.equal(first[key], again[key]) for key in first)


@each_model
def test_outputs_are_not_constant_at_the_start(name: str):
    module = compile_case(name, TASKS).module(seed=0).double().eval()
    batch = cases.batch_of(64)
    before = module(tensors(batch))
    for logits in before.values():
        assert logits.std() > 1e-4
    after = module(tensors(batch | {"job": np.roll(batch["job"], 1)}))
    for task in TASKS:
        assert (after[task] - before[task]).abs().max() > 1e-6, "a category goes unheard"


def common_and_equal(one, other) -> int:
    """How many weights both have with one shape; all of these must be equal."""
    common = [k for k in one if k in other and one[k].shape == other[k].shape]
    assert [key for key in common if not torch.equal(one[key], other[key])] == []
    return len(common)


@each_model
def test_another_task_leaves_the_others_as_they_are(name: str):
    two, three = initial(name, TASKS[:2]), initial(name, TASKS)
    assert common_and_equal(two, three) >= len(two) // 2


def test_another_expert_leaves_the_others_as_they_are():
    four, five = initial("mmoe"), initial("mmoe", set={"experts": "5"})
    assert common_and_equal(four, five) == len(four) - len(TASKS), "all but the gates"


def test_unequal_counts_leave_the_others_as_they_are():
    assert common_and_equal(initial("ple"), initial("ple_unequal")) > 40


def test_the_order_of_statements_has_no_part_in_it():
    text = CASES["mmoe"].text(TASKS)
    lines = text.split("\n")
    turned = text.replace(
        "\n".join(line for line in lines if line.strip().startswith(("expert", "gate"))),
        "\n".join(line for line in reversed(lines) if line.strip().startswith(("expert", "gate"))),
    )
    assert turned != text
    compiled = mtlspec.compile(mtlspec.Text("turned.mtl", turned), sizes=cases.SIZES)
    found, expected = compiled.weights(compiled.module(seed=0)), initial("mmoe")
    assert found.keys() == expected.keys()
    assert common_and_equal(found, expected) == len(expected)


@each_model
def test_linear_weights_are_uniform_by_the_fan_in_of_one_member(name: str):
    weights = arrays(initial(name))
    for key, value in weights.items():
        if key.endswith(tuple(cases.TABLES)) or not is_drawn(key):
            continue
        matrix = weights[key.removesuffix("bias") + "weight"] if key.endswith("bias") else value
        bound = 1 / math.sqrt(matrix.shape[1])
        assert np.abs(value).max() <= bound * (1 + 1e-6), key
        if value.size >= 64:
            assert np.abs(value).max() > 0.9 * bound, key
            assert value.std() == pytest.approx(bound / math.sqrt(3), rel=0.35), key


def test_tables_are_normal_with_a_hundredth():
    text = mtlspec.Text("large.mtl", CASES["hard_sharing"].text(TASKS))
    compiled = mtlspec.compile(text)
    assert sorted(compiled.sizes) == sorted(cases.SIZES)
    module = compiled.module(seed=0, sizes=dict.fromkeys(cases.SIZES, 2_000))
    table = compiled.weights(module)["job.weight"]
    assert table.shape == (2_000, 4)
    assert table.std().item() == pytest.approx(0.01, rel=0.05)
    assert table.mean().item() == pytest.approx(0, abs=0.001)
    assert table.abs().max() > 0.03, "not uniform"


def test_tables_of_their_own_are_drawn_as_the_shared_ones_are():
    compiled = mtlspec.compile(mtlspec.Text("large.mtl", CASES["single_task"].text(TASKS)))
    module = compiled.module(seed=0, sizes=dict.fromkeys(cases.SIZES, 2_000))
    weights = compiled.weights(module)
    tables = [weights[f"mine[{task}].0.job.weight"] for task in TASKS]
    for table in tables:
        assert table.std().item() == pytest.approx(0.01, rel=0.05)
        assert table.abs().max() > 0.03, "not uniform"
    assert not torch.equal(tables[0], tables[1])


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("name", ["cross_stitch", "cross_stitch_per_layer"])
def test_alpha_begins_with_nine_tenths_for_the_task_itself(name: str, count: int):
    tasks = cases.FIVE[:count]
    weights = arrays(initial(name, tasks))
    for layer, width in enumerate((16, 12, 8), start=1):
        for task in tasks:
            found = weights[f"h@{layer}[{task}].mixing"]
            expected = cross_stitch.initial(tasks, task)
            shape = (count, width if name == "cross_stitch" else 1)
            np.testing.assert_allclose(found, np.broadcast_to(expected, shape), atol=1e-7)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_alpha_of_subspaces_begins_even_and_beta_with_nine_tenths_for_the_last_layer(count: int):
    tasks = cases.FIVE[:count]
    weights = arrays(initial("sluice", tasks))
    for task in tasks:
        for layer in (1, 2, 3):
            for part in (1, 2):
                found = weights[f"z@{layer}[{task}, {part}].mixing"]
                np.testing.assert_allclose(found, sluice.initial_alpha(tasks), atol=1e-7)
        found = weights[f"out[{task}].mixing"]
        np.testing.assert_allclose(found, sluice.initial_beta(3), atol=1e-7)
