"""What the papers and their authors' code say of routed and chained systems beyond an equation:
where values begin, who steers a gate and how wide it is, whom a gradient or a charge reaches.
"""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
import torch

import mtlspec
from mtlspec.emit.compiled import Compiled
from tests.models import cases
from tests.models.cases import TASKS, WIDTH
from tests.models.compiled import arrays, tensors
from tests.models.shipped import moved, names, of_task, reached

Ship = Callable[..., Compiled]


def shapes(compiled: Compiled) -> dict[str, tuple[int, ...]]:
    weights = compiled.weights(compiled.module(seed=0))
    return {name: tuple(value.shape) for name, value in weights.items()}


def gates(compiled: Compiled) -> dict[str, tuple[int, ...]]:
    """The shape [candidates, width of the selector] of each gate, by its statement."""
    end = ".gate.weight"
    return {n.removesuffix(end): s for n, s in shapes(compiled).items() if n.endswith(end)}


def begun(compiled: Compiled, *parts: str) -> np.ndarray:
    """The initial values of all weights whose names have these parts, one behind the other."""
    weights = arrays(compiled.weights(compiled.module(seed=4)))
    found = [v.ravel() for name, v in weights.items() if all(part in name for part in parts)]
    return np.concatenate(found)


# --- where values begin --------------------------------------------------------------------------


@pytest.mark.parametrize("own", [2, 4])
def test_the_sum_of_native_experts_begins_uniform_by_their_number(ship: Ship, own: int):
    compiled = ship("adatt", cases.FIVE, own=str(own), common="3", widths="[6, 6, 6]")
    for parts, bound in ((("native@", "["), sqrt(1 / own)), (("common_native@",), sqrt(1 / 3))):
        values = begun(compiled, *parts)
        assert np.abs(values).max() <= bound
        assert values.min() < -bound / 3
        assert values.max() > bound / 3


@pytest.mark.parametrize("name", ["dselect_k", "dselect_k_example"])
@pytest.mark.parametrize("sharpness", [0.5, 2.0])
def test_bits_of_dselect_begin_within_a_hundredth_of_gamma(ship: Ship, name: str, sharpness: float):
    values = begun(ship(name, sharpness=str(sharpness)), ".bits")
    assert np.abs(values).max() <= sharpness / 100 + 1e-9
    assert np.abs(values).max() > sharpness / 200


def test_a_learned_share_begins_at_one_half(ship: Ship):
    compiled = ship("learnable_alpha")
    scores = arrays(compiled.weights(compiled.module(seed=4)))
    mixing = [value for name, value in scores.items() if name.endswith(".mixing")]
    assert len(mixing) == 3 * len(TASKS)
    for value in mixing:
        shares = np.exp(value) / np.exp(value).sum(axis=0)
        np.testing.assert_allclose(shares, np.full((2, 1), 0.5), atol=1e-7)


# --- gates: candidates and selectors -------------------------------------------------------------


def test_a_unit_of_adatt_fuses_all_experts_steered_by_what_it_gave_before(ship: Ship):
    compiled = ship("adatt", own="2", common="1", widths="[8, 6]")
    experts = 2 * len(TASKS) + 1
    expected = {f"fused@1[{task}]": (experts, WIDTH) for task in TASKS}
    expected |= {f"fused@2[{task}]": (experts, 8) for task in TASKS}
    assert gates(compiled) == expected | {"common_fused@1": (experts, WIDTH)}
    assert not {name for name in names(compiled) if name.startswith("common_native@2")}


def test_a_gate_of_stem_spans_all_experts_steered_by_both_embeddings(ship: Ship):
    compiled = ship("stem", own="2", common="3")
    assert gates(compiled) == {f"h[{task}]": (2 * len(TASKS) + 3, WIDTH) for task in TASKS}


def test_masks_of_mtan_see_what_was_attended_to_from_the_second_stage_on(ship: Ship):
    found = shapes(ship("mtan", widths="[8, 6, 5]"))
    for task in TASKS:
        seen = [found[f"mask@{stage}[{task}].0.weight"][1] for stage in (1, 2, 3)]
        assert seen == [8, 6 + 8, 5 + 6]
    f = {name for name in found if name.startswith("f@")}
    assert not {name for name in f if "[" in name}, "one f for all tasks of a stage"


def test_every_hand_over_of_aitm_has_its_own_value_key_and_query(ship: Ship):
    compiled = ship("aitm")
    for part in ("value", "key", "query"):
        owners = {name.split(".")[0] for name in names(compiled) if name.startswith(part)}
        assert owners == {f"{part}[{task}]" for task in TASKS[1:]}


# --- whom a gradient reaches ---------------------------------------------------------------------


def test_a_task_of_stem_moves_no_table_and_no_expert_of_another(ship: Ship):
    compiled = ship("stem")
    for task in TASKS:
        others = set[str]().union(*(of_task(compiled, k) for k in TASKS if k != task))
        assert reached(compiled, task) == names(compiled) - others


def test_a_task_of_adatt_moves_every_expert_and_no_other_tasks_gate(ship: Ship):
    compiled = ship("adatt", widths="[8]")
    found = reached(compiled, "income")
    experts = {name for name in names(compiled) if name.startswith(("mine@", "ours@"))}
    assert experts <= found
    for task in ("marital", "student"):
        own = {name for name in of_task(compiled, task) if not name.startswith("mine@")}
        assert own.isdisjoint(found)


def test_a_task_of_aitm_hears_those_before_it_in_the_chain(ship: Ship):
    compiled = ship("aitm")
    bodies = {task: {n for n in names(compiled) if n.startswith(f"q[{task}]")} for task in TASKS}
    for place, task in enumerate(TASKS):
        found = reached(compiled, task)
        for other, before in enumerate(TASKS):
            assert (bodies[before] <= found) == (other <= place), (task, before)
            assert other <= place or bodies[before].isdisjoint(found)


def test_esmm_has_no_loss_of_the_conversion_rate_and_learns_it_by_the_product() -> None:
    sizes = {"user_id": 5, "item_id": 5, "shop_id": 5}
    compiled = mtlspec.compile("mtl:esmm.mtl", sizes=sizes)
    rng = np.random.default_rng(0)
    ids = {name: np.arange(16) % size for name, size in sizes.items()}
    batch = tensors(ids | {name: rng.normal(size=(16, 2)) for name in ("age", "price")})
    labels = tensors({task: rng.choice([0.0, 1.0], size=(16, 1)) for task in ("ctr", "ctcvr")})
    for key, towers in (("ctr", {"ctr"}), ("ctcvr", {"ctr", "cvr"})):
        module = compiled.module(seed=0).double()
        losses = module.loss(batch, labels)
        assert losses.keys() == {"ctr", "ctcvr"}
        losses[key].backward()
        of_towers = {n for n in names(compiled) if any(f"[{tower}]" in n for tower in towers)}
        tables = {f"{name}.weight" for name in sizes}
        assert moved(compiled, module) == of_towers | tables


# --- what a charge is of -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "term", "layer"),
    [
        ("mean_constraint", "alike@1", "f@1"),
        ("trace_norm", "low_rank@1", "f@1"),
        ("joint_features", "joint", "f"),
    ],
)
def test_a_penalty_is_on_the_weights_of_its_layer_and_on_no_activation(
    ship: Ship, name: str, term: str, layer: str
):
    compiled = ship(name, **({} if name == "mean_constraint" else {"method": "gradient"}))
    expected = {f"{layer}[{task}].0.weight" for task in TASKS}
    assert reached(compiled, term) == expected
    module = compiled.module(seed=0).double()
    labels = tensors({task: np.ones((8, 1)) for task in TASKS})
    one, other = (module.loss(tensors(cases.batch_of(8, seed)), labels)[term] for seed in (1, 2))
    assert one.item() == other.item() > 0


@pytest.mark.parametrize("name", ["snr_aver", "snr_trans"])
def test_l0_is_the_expected_number_of_edges_whatever_the_rows(ship: Ship, name: str):
    compiled = ship(name, slots="3", width="8")
    mixing = {n for n in names(compiled) if n.endswith(".mixing")}
    assert reached(compiled, "edges") == mixing
    given = {n: torch.full((3, 1), 0.3, dtype=torch.float64) for n in mixing}
    module = compiled.module(seed=0).double()
    compiled.set_weights(module, given)
    labels = tensors({task: np.ones((8, 1)) for task in TASKS})
    charge = module.loss(tensors(cases.batch_of(8)), labels)["edges"].item()
    edges = 3 * 3 + len(TASKS) * 3
    each = 1 / (1 + np.exp(-(0.3 - 0.9 * np.log(0.1 / 1.1))))
    assert charge == pytest.approx(1e-4 * edges * each, rel=1e-9)
