"""The shipped systems have the structure of their papers: who reads whom, and what is learned."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from torch import Tensor, nn

import mtlspec
from mtlspec import resources
from mtlspec.emit.compiled import Compiled
from mtlspec.training import RunResult, TrainRequest, train
from mtlspec.training.checkpoint import load_checkpoint
from tests.models import cases
from tests.models.cases import FIVE, TASKS
from tests.models.compiled import arrays, tensors
from tests.models.oracles import cross_stitch, sluice
from tests.models.shipped import names, of_task, reached, shared

Ship = Callable[..., Compiled]


# --- who reads whom ------------------------------------------------------------------------------


def test_single_tasks_share_no_weight_at_all(ship: Ship):
    compiled = ship("single_task")
    parts = {task: reached(compiled, task) for task in TASKS}
    for task, part in parts.items():
        assert part == of_task(compiled, task)
        assert {f"mine[{task}].0.{table}" for table in cases.TABLES} <= part
    assert shared(compiled) == set()
    assert set.union(*parts.values()) == names(compiled)


def test_the_giver_of_asymmetric_sharing_reads_its_own_bottom_alone(ship: Ship):
    compiled = ship("asymmetric")
    tables = set(cases.TABLES)
    assert reached(compiled, "income") == of_task(compiled, "income") | tables
    body = {name for name in names(compiled) if name.startswith("body[income]")}
    assert len(body) == 4
    for receiver in ("marital", "student"):
        assert reached(compiled, receiver) == of_task(compiled, receiver) | body | tables


def test_the_giver_predicts_the_same_whoever_listens(ship: Ship):
    batch = tensors(cases.batch_of(40))
    found: list[Tensor] = []
    for count in (1, 2, 3, 5):
        found.append(ship("asymmetric", FIVE[:count]).module(seed=0).double()(batch)["income"])
    assert found[0].std() > 1e-3
    for other in found[1:]:
        torch.testing.assert_close(other, found[0], rtol=0, atol=1e-12)


def test_customized_sharing_has_a_bottom_for_all_and_one_for_each(ship: Ship):
    compiled = ship("customized")
    common = set(cases.TABLES) | {n for n in names(compiled) if n.startswith("ours.")}
    assert shared(compiled) == common
    for task in TASKS:
        assert reached(compiled, task) == of_task(compiled, task) | common
    widths = {compiled.weights(compiled.module())[f"head[{t}].0.weight"].shape[1] for t in TASKS}
    assert widths == {64 + 64}


def test_one_gate_serves_all_towers_of_omoe(ship: Ship):
    compiled = ship("omoe")
    assert {name for name in names(compiled) if ".gate." in name} == {"g.gate.weight"}
    for task in TASKS:
        towers = {n for n in names(compiled) if n.startswith("head") and f"[{task}]" not in n}
        assert reached(compiled, task) == names(compiled) - towers


def test_a_gate_of_cgc_sees_its_own_experts_and_the_common_ones(ship: Ship):
    compiled = ship("cgc")
    weights = compiled.weights(compiled.module())
    for task in TASKS:
        assert weights[f"g[{task}].gate.weight"].shape == (3 + 2, cases.WIDTH)
        assert reached(compiled, task) == of_task(compiled, task) | shared(compiled)


def test_every_gate_of_ml_mmoe_reads_the_features(ship: Ship):
    compiled = ship("ml_mmoe", lower="[[16], [12]]", experts="3")
    gates = {
        name: tuple(value.shape)
        for name, value in compiled.weights(compiled.module()).items()
        if ".gate." in name
    }
    slots = [f"h@{level}[{slot}]" for level in (1, 2) for slot in (1, 2, 3)]
    owners = [*slots, *(f"g[{task}]" for task in TASKS)]
    assert gates == {f"{owner}.gate.weight": (3, cases.WIDTH) for owner in owners}


# --- stitches ------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("per", ["channel", "scalar"])
def test_alpha_of_cross_stitch_begins_with_nine_tenths_for_the_task_itself(
    ship: Ship, per: str, count: int
):
    tasks = FIVE[:count]
    compiled = ship("cross_stitch", tasks, per=per)
    weights = arrays(compiled.weights(compiled.module(seed=3)))
    for layer, width in enumerate((256, 128, 64), start=1):
        for task in tasks:
            shape = (count, width if per == "channel" else 1)
            expected = np.broadcast_to(cross_stitch.initial(tasks, task), shape)
            found = weights[f"h@{layer}[{task}].mixing"]
            np.testing.assert_allclose(found, expected, atol=1e-7)


def test_networks_that_are_not_stitched_do_not_hear_of_one_another(ship: Ship):
    compiled = ship("cross_stitch", per="scalar")
    tables = set(cases.TABLES)
    for task in TASKS:
        assert reached(compiled, task) >= {n for n in names(compiled) if n.startswith("f@")}
    apart = {
        f"h@{layer}[{task}].mixing": torch.eye(3, dtype=torch.float64)[:, [place]]
        for layer in (1, 2, 3)
        for place, task in enumerate(TASKS)
    }
    for task in TASKS:
        layers = {n for n in reached(compiled, task, apart) if n.startswith("f@")}
        assert layers == {n for n in of_task(compiled, task) if n.startswith("f@")}
        assert tables <= reached(compiled, task, apart)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_alpha_of_sluice_begins_even_and_beta_with_nine_tenths_for_the_last(ship: Ship, count: int):
    tasks = FIVE[:count]
    compiled = ship("sluice", tasks)
    weights = arrays(compiled.weights(compiled.module(seed=3)))
    for task in tasks:
        for layer in (1, 2, 3):
            for part in (1, 2):
                found = weights[f"z@{layer}[{task}, {part}].mixing"]
                np.testing.assert_allclose(found, sluice.initial_alpha(tasks), atol=1e-7)
        found = weights[f"out[{task}].mixing"]
        np.testing.assert_allclose(found, sluice.initial_beta(3), atol=1e-7)


def test_the_penalty_of_sluice_is_on_the_weights_of_the_subspaces_and_nothing_else(ship: Ship):
    compiled = ship("sluice")
    for layer in (1, 2, 3):
        expected = {f"f@{layer}[{task}, {part}].0.weight" for task in TASKS for part in (1, 2)}
        assert reached(compiled, f"apart@{layer}") == expected


def test_the_penalty_of_sluice_does_not_depend_on_the_rows(ship: Ship):
    compiled = ship("sluice")
    module = compiled.module(seed=0).double()
    labels = tensors({task: np.ones((8, 1)) for task in TASKS})
    one, other = (module.loss(tensors(cases.batch_of(8, seed)), labels) for seed in (1, 2))
    for layer in (1, 2, 3):
        assert one[f"apart@{layer}"].item() == other[f"apart@{layer}"].item() > 0
    assert one["income"].item() != other["income"].item()


def test_alpha_of_sluice_may_begin_with_a_row_for_each_subspace():
    rows = 0.05 + 0.9 * np.eye(4)
    text = resources.specs().joinpath("sluice.mtl").read_text(encoding="utf-8")
    text = text.replace("init: even", f"init: {rows.tolist()}")
    text = text.replace('use "schemas/census.mtl"', f"{cases.SCHEMA}tasks {{ a, b : binary }}")
    compiled = mtlspec.compile(mtlspec.Text("sluice.mtl", text), sizes=cases.SIZES)
    weights = compiled.weights(compiled.module())
    found = [weights[f"z@2[{task}, {part}].mixing"][:, 0] for task in "ab" for part in (1, 2)]
    np.testing.assert_allclose(torch.stack(found), rows, atol=1e-7)


def test_a_prediction_does_not_pay_for_penalties(ship: Ship, monkeypatch: pytest.MonkeyPatch):
    module = ship("sluice").module(seed=0).double()
    taken: list[torch.Size] = []

    def orthogonal(first: Tensor, second: Tensor) -> Tensor:
        taken.append(first.shape)
        return torch.zeros(len(second), dtype=torch.float64)

    monkeypatch.setitem(type(module).forward.__globals__, "orthogonal", orthogonal)
    batch = tensors(cases.batch_of(8))
    module(batch)
    assert taken == []
    module.loss(batch, tensors({task: np.ones((8, 1)) for task in TASKS}))
    assert taken == [(3, cases.WIDTH, 32), (3, 64, 32), (3, 64, 32)]


# --- rates ---------------------------------------------------------------------------------------


def test_alpha_alone_learns_at_a_rate_of_its_own(ship: Ship):
    compiled = ship("cross_stitch")
    learned = {name for a in compiled.rates for name in compiled.names[a]}
    assert learned == {n for n in names(compiled) if n.endswith(".mixing")}
    assert set(compiled.rates.values()) == {10.0}
    assert set(ship("cross_stitch", faster="100").rates.values()) == {100.0}
    assert ship("cross_stitch", faster="1").rates == {}
    assert ship("sluice").rates == {}


def one_step(compile_spec: Callable[[Mapping[str, int] | None], Compiled], out: Path) -> RunResult:
    draw = np.random.default_rng(0)
    age, job = draw.uniform(18, 90, 400), draw.integers(0, 6, 400)
    table = pa.table({"age": age, "job": job, "rich": age > 60, "wed": job % 2})
    pq.write_table(table, out / "rows.parquet")
    data = str(out / "rows.parquet")
    request = TrainRequest("x.mtl", data, valid=data, out=str(out / "run"), progress="none")
    return train(request, compile_spec)


def test_training_moves_alpha_by_its_own_larger_step(tmp_path: Path):
    schema = tmp_path / "schema.mtl"
    schema.write_text(
        "mtl 1\nfeatures { age : numeric(normalize)  job : category(dim: 4) }\n"
        "tasks { rich, wed : binary }\n"
        "train { optimizer : adam(lr: 1e-4)  epochs : 1  batch : 1000 }\n"
    )

    def compile_spec(sizes: Mapping[str, int] | None) -> Compiled:
        return mtlspec.compile("mtl:cross_stitch.mtl", schema=schema, sizes=sizes)

    result = one_step(compile_spec, tmp_path)
    before: nn.Module = compile_spec(result.info.sizes).module(seed=result.info.seed)
    after = load_checkpoint(result.directory.last).weights
    # the first step of Adam is the rate itself, wherever there is a gradient
    for name, start in before.named_parameters():
        step = (after[name] - start.detach()).abs().max().item()
        assert step == pytest.approx(1e-3 if name.endswith("mixing") else 1e-4, rel=0.02), name
