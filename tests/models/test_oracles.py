"""What the models' oracles promise of themselves."""

import ast
from pathlib import Path

import numpy as np
import pytest

from tests.models import randomly
from tests.models.oracles import (
    asymmetric,
    cgc,
    customized,
    hard_sharing,
    ml_mmoe,
    mmoe,
    omoe,
    others,
    ple,
    unequal,
)

TESTS = Path(__file__).parents[1]
TASKS = ("income", "marital")
MODELS = {
    "asymmetric": (asymmetric, {"widths": (8,), "towers": (8,)}),
    "cgc": (cgc, {"own": (2, 1), "common": 2, "widths": (8,), "towers": (8,)}),
    "customized": (customized, {"widths": (8,), "towers": (8,)}),
    "hard_sharing": (hard_sharing, {"bottom": (8,), "towers": (8,)}),
    "ml_mmoe": (ml_mmoe, {"slots": 3, "levels": ((8,), (6,)), "towers": (8,)}),
    "mmoe": (mmoe, {"experts": 3, "widths": (8,), "towers": (8,)}),
    "omoe": (omoe, {"experts": 3, "widths": (8,), "towers": (8,)}),
    "others": (others, {"widths": (8,), "towers": (8,)}),
    "ple": (ple, {"own": (2, 1), "common": 2, "levels": ((8,), (6,)), "towers": (8,)}),
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


@pytest.mark.parametrize("name", MODELS)
def test_every_weight_has_a_part_in_the_logits(name: str):
    oracle, sizes = MODELS[name]
    weights = randomly.weights(oracle.shapes(5, TASKS, **sizes), seed=1)
    x = randomly.numbers(64, 5, seed=2)
    before = oracle.logits(weights, x, TASKS, **sizes)
    for key, value in weights.items():
        moved = weights | {key: value + np.linspace(0.1, 0.5, value.size).reshape(value.shape)}
        after = oracle.logits(moved, x, TASKS, **sizes)
        assert any(not np.array_equal(before[task], after[task]) for task in TASKS), key


@pytest.mark.parametrize("name", MODELS)
def test_rows_do_not_mix(name: str):
    oracle, sizes = MODELS[name]
    weights = randomly.weights(oracle.shapes(5, TASKS, **sizes))
    x = randomly.numbers(9, 5)
    whole = oracle.logits(weights, x, TASKS, **sizes)
    for row in range(9):
        alone = oracle.logits(weights, x[[row]], TASKS, **sizes)
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
