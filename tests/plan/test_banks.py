"""Banks: members of one statement that are computed as one."""

from mtlspec.plan.printer import print_plan
from tests.plan.plans import banks, ops, plan_of, tensors

TASKS = ("click", "cart", "buy")
PLE = """
stream h[task] = features
stream s       = features
repeat width in [[6, 5], [4]] {
    expert mine[task, 2] = h[task] -> mlp(width)
    expert ours[3]       = s       -> mlp(width)
    gate h[task] <- mine[task], ours by h[task]
    gate s       <- mine, ours       by s
}
head[task] = h[task] -> mlp(3)
"""


def test_a_family_is_one_bank_in_its_order():
    assert banks(plan_of(PLE)) == {
        "mine_1": [f"mine@1[{task}, {n}]" for task in TASKS for n in (1, 2)],
        "ours_1": ["ours@1[1]", "ours@1[2]", "ours@1[3]"],
        "h_1": [f"h@1[{task}]" for task in TASKS],
        "s_1": ["s@1"],
        "mine_2": [f"mine@2[{task}, {n}]" for task in TASKS for n in (1, 2)],
        "ours_2": ["ours@2[1]", "ours@2[2]", "ours@2[3]"],
        "h_2": [f"h@2[{task}]" for task in TASKS],
        "head": [f"head[{task}]" for task in TASKS],
    }


def test_a_family_has_one_tensor_per_parameter_members_first():
    found = tensors(plan_of(PLE))
    assert found["mine_1.layers.0.weight"] == (6, 6, 8)
    assert found["mine_1.layers.1.bias"] == (6, 5)
    assert found["ours_2.layers.0.weight"] == (3, 4, 5)
    assert found["h_1.gate.weight"] == (3, 5, 8)
    assert found["head.out.weight"] == (3, 1, 3)
    assert "h_1.gate.bias" not in found


def test_a_value_alone_has_plain_tensors():
    assert tensors(plan_of(PLE))["s_1.gate.weight"] == (9, 8)
    found = tensors(
        plan_of(
            "layer h[1] = age -> linear(3)\nlayer k = age -> linear(3)\nhead[task] = concat(h, k)"
        )
    )
    assert found["h.layers.0.weight"] == (3, 2)
    assert found["k.layers.0.weight"] == (3, 2)


def test_ragged_counts_are_one_bank_too():
    plan = plan_of(
        "layer mine[task, own[task]] = features -> linear(4)\nhead[task] = mean(mine[task])",
        before="param own = [3, 1, 2]\n",
    )
    found = banks(plan)["mine"]
    assert found == [
        "mine[click, 1]",
        "mine[click, 2]",
        "mine[click, 3]",
        "mine[cart, 1]",
        "mine[buy, 1]",
        "mine[buy, 2]",
    ]
    assert tensors(plan)["mine.layers.0.weight"] == (6, 4, 8)


def test_members_of_another_shape_make_a_bank_of_their_own():
    plan = plan_of(
        "layer h[task] = features -> mlp(tower[task])\nhead[task] = h[task]",
        before="param tower = [[4], [6, 4], [4]]\n",
    )
    assert banks(plan) == {
        "h_click": ["h[click]", "h[buy]"],
        "h_cart": ["h[cart]"],
        "head": [f"head[{task}]" for task in TASKS],
    }


def test_members_that_mix_another_number_of_candidates_make_a_bank_of_their_own():
    plan = plan_of(
        """
        expert mine[task, own[task]] = features -> linear(4)
        gate g[task] = mine[task] by features
        head[task] = g[task]
        """,
        before="param own = [3, 2, 3]\n",
    )
    assert banks(plan)["g_click"] == ["g[click]", "g[buy]"]
    assert banks(plan)["g_cart"] == ["g[cart]"]


def test_members_whose_inputs_are_of_another_width_make_a_bank_of_their_own():
    plan = plan_of(
        """
        layer z[task] = features -> linear(3)
        head[click]         = z[click]
        head[t in task[2..]] = concat(z[..t - 1], age, z[t..])
        """
    )
    assert [len(members) for members in banks(plan).values()] == [3, 1, 1, 1]


def test_statements_are_not_joined_though_they_are_alike():
    plan = plan_of(
        "layer f = age -> linear(4)\nlayer g = age -> linear(4)\nhead[task] = concat(f, g)"
    )
    assert list(banks(plan)) == ["f", "g", "head"]


def test_only_what_is_read_is_in_a_bank():
    plan = plan_of("layer h[5] = age -> linear(4)\nhead[task] = concat(h[4], h[2])")
    assert banks(plan)["h"] == ["h[2]", "h[4]"]
    assert [field.name for field in plan.columns] == ["age"]


def test_cells_are_the_ops_of_a_member():
    plan = plan_of(PLE)
    assert ops(plan, "mine_1") == ["linear(features)", "relu(.0)", "linear(.1)", "relu(.2)"]
    assert ops(plan, "ours_2") == ["linear(s@1)", "relu(.0)"]
    assert ops(plan, "h_2")[0] == "linear(h@1[click] h@1[cart] h@1[buy])"
    assert ops(plan, "head") == [
        "linear(h@2[click] h@2[cart] h@2[buy])",
        "relu(.0)",
        "linear(.1)",
        "prediction(.2)",
    ]


def test_heads_are_found_by_task():
    plan = plan_of("head[buy] = age\nhead[t in {click, cart}] = wage")
    assert list(plan.heads) == list(TASKS)
    where = {
        task: [(plan.by_key[s.provider].name, s.position) for s in head.sources]
        for task, head in plan.heads.items()
    }
    assert where["click"][0][1] == 0
    assert where["cart"][0][1] == 1
    assert where["buy"] != where["cart"]


def test_columns_that_are_read_together_are_joined_once():
    plan = plan_of("layer h = features -> linear(3)\nhead[task] = concat(h, features, age)")
    assert plan.joined == {"features": ("age", "wage", "job")}
    assert plan_of("head[task] = concat(job, age)").joined == {}


def test_tables_are_sized_by_the_data_or_known():
    text = "head[task] = features"
    assert plan_of(text).unsized == ("job",)
    known = plan_of(text, sizes={"job": 9, "nobody": 3})
    assert (known.unsized, known.tables) == ((), {"job": 9})


def test_banks_stand_in_the_order_of_the_spec_behind_what_they_read():
    plan = plan_of(
        """
        head[task] = concat(late, early)
        layer late = features -> linear(3)
        layer early = later -> linear(3)
        layer later = late -> linear(3)
        """
    )
    assert list(banks(plan)) == ["late", "later", "early", "head"]
    seen = set()
    for bank in plan.banks:
        assert {p for p in bank.providers if p in plan.by_key} <= seen
        seen.add(bank.key)


def test_one_spec_has_one_plan():
    assert print_plan(plan_of(PLE)) == print_plan(plan_of(PLE))


def test_a_plan_is_printed_whole():
    text = print_plan(plan_of("layer h[2] = age -> linear(3)\nhead[click] = h[2] -> relu"))
    assert text == (
        "plan M\n\ncolumns\n    age: f32[2]\n\nbank h\n    members h[2]\n"
        "    tensor h.layers.0.weight: [3, 2]\n    tensor h.layers.0.bias: [3]\n"
        "    .0 linear(n: 3): f32[3] <- column age\n\nbank head\n    members head[click]\n"
        "    tensor head.out.weight: [1, 3]\n    tensor head.out.bias: [1]\n"
        "    .0 relu: f32[3] <- h[2]\n    .1 linear(n: 1): f32[1] <- .0\n"
        "    .2 prediction: logit[1] <- .1\n\npredictions\n    click: head[click]\n"
    )
