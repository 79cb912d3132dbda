"""`break_circles`: banks whose members wait for one another are cut by level."""

import torch

import mtlspec
from mtlspec.plan.passes.break_circles import break_circles
from tests.graph.programs import program
from tests.plan.plans import banks, first_plan_of, plan_of

CHAIN = """
layer z[task[1]]        = features -> linear(3)
layer z[t in task[2..]] = concat(features, z[t - 1]) -> linear(3)
head[task] = z[task]
"""


def waits(plan) -> set[tuple[str, str]]:
    """Which bank waits for which."""
    return {(p, b.key) for b in plan.banks for p in b.providers if p in plan.by_key}


def test_a_chain_is_cut_into_its_members():
    assert banks(plan_of(CHAIN)) == {
        "z_click": ["z[click]"],
        "z_cart": ["z[cart]"],
        "z_buy": ["z[buy]"],
        "head": ["head[click]", "head[cart]", "head[buy]"],
    }


def test_members_that_wait_equally_long_stay_together():
    plan = plan_of(
        """
        layer z[task, 2] = features -> linear(3)
        layer y[1, task] = z[task, 1] -> linear(3)
        layer w[i in 1..4] = concat(features, first[i], w[..0]) -> linear(3)
        layer first[2] = features -> linear(3)
        layer first[i in 3..4] = w[i - 2] -> linear(3)
        head[task] = concat(w, y[1, task], z[task, 2])
        """
    )
    found = banks(plan)
    assert found["w_1"] == ["w[1]", "w[2]"]
    assert found["w_3"] == ["w[3]", "w[4]"]


def test_a_value_without_indices_may_stand_in_a_circle_of_banks():
    plan = plan_of(
        """
        layer p[click] = features -> linear(3)
        layer p[cart] = s -> linear(3)
        layer z[t in {click, cart}] = p[t] -> linear(3)
        layer s = z[click] -> linear(3)
        head[click] = z[click]
        head[cart] = z[cart]
        head[buy] = s
        """
    )
    order = [members[0] for members in banks(plan).values()]
    assert order.index("z[click]") < order.index("s") < order.index("p[cart]")
    assert order.index("p[cart]") < order.index("z[cart]")


def test_the_first_plan_may_have_circles_the_last_has_none():
    first = first_plan_of(CHAIN)
    assert any(key == reader for key, reader in waits(first))
    assert all(key != reader for key, reader in waits(break_circles(first)))


def test_a_plan_without_circles_is_left_as_it_is():
    plan = first_plan_of("layer h[task] = age -> linear(3)\nhead[task] = h[task]")
    assert break_circles(plan) is plan


def test_every_member_is_kept_with_its_name_and_order():
    first = first_plan_of(CHAIN)
    cut = break_circles(first)
    members = [[b.logical(m) for b in p.banks for m in range(len(b.members))] for p in (first, cut)]
    assert members[0] == members[1]


def test_a_chain_computes_what_its_statements_say():
    text = program(CHAIN)
    compiled = mtlspec.compile(mtlspec.Text("chain.mtl", text), sizes={"job": 3})
    module = compiled.module().double()
    w = compiled.weights(module)
    batch = {"age": torch.randn(5, 2).double(), "wage": torch.randn(5, 2).double()}
    batch["job"] = torch.tensor([0, 1, 2, 0, 1])
    x = torch.cat([batch["age"], batch["wage"], w["job.weight"][batch["job"]]], dim=-1)
    z, logits = torch.zeros(5, 0).double(), module(batch)
    for task in ("click", "cart", "buy"):
        z = torch.cat([x, z], dim=-1) @ w[f"z[{task}].0.weight"].T + w[f"z[{task}].0.bias"]
        expected = z @ w[f"head[{task}].out.weight"].T + w[f"head[{task}].out.bias"]
        torch.testing.assert_close(logits[task], expected)
