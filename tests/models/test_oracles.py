"""What the models' oracles promise of themselves."""

import ast
from pathlib import Path

import numpy as np
import pytest

from tests.models import randomly
from tests.models.oracles import (
    asymmetric,
    cgc,
    cross_stitch,
    customized,
    hard_sharing,
    ml_mmoe,
    mmoe,
    omoe,
    others,
    ple,
    single_task,
    sluice,
    unequal,
)
from tests.models.oracles.features import Columns
from tests.models.oracles.parts import mix
from tests.words.oracles import Array

TESTS = Path(__file__).parents[1]
TASKS = ("income", "marital")
MODELS = {
    "asymmetric": (asymmetric, {"widths": (8,), "towers": (8,)}),
    "cgc": (cgc, {"own": (2, 1), "common": 2, "widths": (8,), "towers": (8,)}),
    "cross_stitch": (cross_stitch, {"widths": (8, 6), "per": "channel", "towers": ()}),
    "customized": (customized, {"widths": (8,), "towers": (8,)}),
    "hard_sharing": (hard_sharing, {"bottom": (8,), "towers": (8,)}),
    "ml_mmoe": (ml_mmoe, {"slots": 3, "levels": ((8,), (6,)), "towers": (8,)}),
    "mmoe": (mmoe, {"experts": 3, "widths": (8,), "towers": (8,)}),
    "omoe": (omoe, {"experts": 3, "widths": (8,), "towers": (8,)}),
    "others": (others, {"widths": (8,), "towers": (8,)}),
    "ple": (ple, {"own": (2, 1), "common": 2, "levels": ((8,), (6,)), "towers": (8,)}),
    "single_task": (
        single_task,
        {
            "fields": (("job", "category"), ("age", "numeric")),
            "tables": {"job.weight": (4, 2)},
            "widths": (8,),
            "towers": (8,),
        },
    ),
    "sluice": (sluice, {"layers": 2, "width": 6, "towers": (8,)}),
    "unequal": (unequal, {"own": (2, 1), "towers": ((8,), (8, 6))}),
}


@pytest.mark.parametrize("oracle", sorted(TESTS.glob("*/oracles/*.py")), ids=lambda p: p.stem)
def test_an_oracle_imports_nothing_of_what_it_judges(oracle: Path):
    allowed = {"collections", "dataclasses", "math", "numpy", "tests", "typing"}
    for node in ast.walk(ast.parse(oracle.read_text())):
        match node:
            case ast.Import(names=names):
                assert {name.name.split(".")[0] for name in names} <= allowed
            case ast.ImportFrom(module=str(module)):
                assert module.split(".")[0] in allowed
            case _:
                pass


def read(name: str, rows: int, seed: int = 0) -> Array | Columns:
    """What an oracle reads: features [B, 5], or the columns that make them."""
    if name != "single_task":
        return randomly.numbers(rows, 5, seed)
    return {"job": randomly.ids(rows, 4, seed), "age": randomly.numbers(rows, 3, seed)}


def row_of(x: Array | Columns, row: int) -> Array | Columns:
    if isinstance(x, np.ndarray):
        return x[[row]]
    return {name: column[[row]] for name, column in x.items()}


@pytest.mark.parametrize("name", MODELS)
def test_every_weight_has_a_part_in_the_logits(name: str):
    oracle, sizes = MODELS[name]
    weights = randomly.weights(oracle.shapes(5, TASKS, **sizes), seed=1)
    x = read(name, 64, seed=2)
    before = oracle.logits(weights, x, TASKS, **sizes)
    for key, value in weights.items():
        moved = weights | {key: value + np.linspace(0.1, 0.5, value.size).reshape(value.shape)}
        after = oracle.logits(moved, x, TASKS, **sizes)
        assert any(not np.array_equal(before[task], after[task]) for task in TASKS), key


@pytest.mark.parametrize("name", MODELS)
def test_rows_do_not_mix(name: str):
    oracle, sizes = MODELS[name]
    weights = randomly.weights(oracle.shapes(5, TASKS, **sizes))
    x = read(name, 9)
    whole = oracle.logits(weights, x, TASKS, **sizes)
    for row in range(9):
        alone = oracle.logits(weights, row_of(x, row), TASKS, **sizes)
        for task in TASKS:
            assert alone[task].shape == (1, 1)
            np.testing.assert_allclose(alone[task], whole[task][[row]], atol=1e-13)


def test_ple_of_one_level_is_cgc():
    sizes = {"own": (2, 1), "common": 2, "towers": (8,)}
    weights = randomly.weights(ple.shapes(5, TASKS, levels=((8, 6),), **sizes))
    renamed = {name.replace("@1", "").replace("h[", "g["): w for name, w in weights.items()}
    x = randomly.numbers(9, 5)
    one = ple.logits(weights, x, TASKS, levels=((8, 6),), **sizes)
    other = cgc.logits(renamed, x, TASKS, widths=(8, 6), **sizes)
    for task in TASKS:
        np.testing.assert_array_equal(one[task], other[task])


def test_a_task_of_ple_hears_another_tasks_experts_through_the_shared_stream_only():
    sizes = {"own": 2, "common": 1, "levels": ((8,), (6,)), "towers": (8,)}
    weights = randomly.weights(ple.shapes(5, TASKS, **sizes))
    x = randomly.numbers(64, 5)
    before = ple.logits(weights, x, TASKS, **sizes)["income"]

    def income_after(name: str) -> np.ndarray:
        moved = weights | {name: weights[name] + 1}
        return ple.logits(moved, x, TASKS, **sizes)["income"]

    assert not np.array_equal(before, income_after("mine@1[marital, 1].0.bias"))
    np.testing.assert_array_equal(before, income_after("mine@2[marital, 1].0.bias"))
    np.testing.assert_array_equal(before, income_after("h@1[marital].gate.weight"))


def test_a_gate_of_one_candidate_owns_nothing():
    sizes = {"own": 1, "common": 0, "widths": (8,), "towers": (8,)}
    shapes = cgc.shapes(5, TASKS, **sizes)
    assert not [name for name in shapes if ".gate." in name]
    assert cgc.logits(randomly.weights(shapes), randomly.numbers(3, 5), TASKS, **sizes)


def test_a_mix_weighs_each_channel_or_all_alike():
    a, b = np.array([[1.0, 2.0]]), np.array([[10.0, 20.0]])
    np.testing.assert_array_equal(mix(np.array([[2.0], [0.5]]), [a, b]), [[7.0, 14.0]])
    per_channel = np.array([[1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_array_equal(mix(per_channel, [a, b]), [[1.0, 20.0]])


def test_cross_stitching_with_the_unit_matrix_is_a_network_for_each_task():
    sizes = {"widths": (8, 6), "per": "scalar", "towers": ()}
    weights = randomly.weights(cross_stitch.shapes(5, TASKS, **sizes))
    apart = {f"h@{layer}[{TASKS[i]}].mixing": np.eye(2)[:, [i]] for layer in (1, 2) for i in (0, 1)}
    x = randomly.numbers(9, 5)
    found = cross_stitch.logits(weights | apart, x, TASKS, **sizes)
    for task in TASKS:
        own = {name: w for name, w in (weights | apart).items() if f"[{task}]" in name}
        alone = cross_stitch.logits(
            own | {f"h@{layer}[{task}].mixing": np.ones((1, 1)) for layer in (1, 2)},
            x,
            (task,),
            **sizes,
        )
        np.testing.assert_array_equal(found[task], alone[task])


def test_cross_stitching_with_equal_rows_gives_every_task_one_representation():
    sizes = {"widths": (8, 6), "per": "scalar", "towers": ()}
    weights = randomly.weights(cross_stitch.shapes(5, TASKS, **sizes))
    same = {name: np.array([[0.3], [0.7]]) for name in weights if name.endswith("mixing")}
    for kind in ("weight", "bias"):
        same[f"head[marital].out.{kind}"] = weights[f"head[income].out.{kind}"]
    found = cross_stitch.logits(weights | same, randomly.numbers(9, 5), TASKS, **sizes)
    np.testing.assert_array_equal(found["income"], found["marital"])


def test_the_penalty_of_sluice_is_nothing_where_the_subspaces_are_orthogonal():
    q, _ = np.linalg.qr(randomly.numbers(8, 8))
    weights = {"f@1[income, 1].0.weight": q[:, :3].T, "f@1[income, 2].0.weight": q[:, 3:].T}
    assert sluice.penalty(weights, "income", 1) == pytest.approx(0, abs=1e-24)
    weights["f@1[income, 2].0.weight"] = 2 * q[:, [0, 2, 5]].T
    assert sluice.penalty(weights, "income", 1) == pytest.approx(2 * 2**2)


def test_the_penalty_of_sluice_is_that_of_the_matrix_product():
    sizes = {"layers": 3, "width": 6, "towers": (8,)}
    weights = randomly.weights(sluice.shapes(5, TASKS, **sizes))
    expected = 0.0
    for task in TASKS:
        first, second = (weights[f"f@2[{task}, {part}].0.weight"].T for part in (1, 2))
        expected += 0.1 * np.linalg.norm(first.T @ second) ** 2
    assert sluice.terms(weights, TASKS, **sizes)["apart@2"] == pytest.approx(expected, rel=1e-12)


def test_beta_begins_as_the_authors_code_has_it():
    np.testing.assert_allclose(sluice.initial_beta(3), [[0.05], [0.05], [0.9]])
    np.testing.assert_allclose(sluice.initial_beta(1), [[1.0]])
    np.testing.assert_allclose(cross_stitch.initial(TASKS, "marital"), [[0.1], [0.9]])
