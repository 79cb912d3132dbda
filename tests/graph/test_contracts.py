"""`require`: what a spec asks of its own architecture."""

import pytest

from tests.graph.programs import program, run, said

MODEL = """
layer bottom = features -> linear(16, bias: no)
expert mine[task, 2] = bottom -> linear(8)
gate s = mine by age
layer own[task] = age -> linear(2)
head[task] = concat(mine[task, 1], s, own[task])
"""
TABLE = "job : category(values: [a, b, c], dim: 4)"


def broken(contract: str, statements: str = MODEL, before: str = "") -> list[str]:
    found = run(program(f"{statements}\nrequire {contract}", before=before)).report.errors
    return [f"{error.id} {error.headline()}" for error in found]


@pytest.mark.parametrize(
    "contract",
    [
        "private(own[click], click)",
        "private(own[buy], buy) and serves(own[buy], buy)",
        "serves(bottom, click) and serves(mine, buy)",
        "serves(features, cart)",
        "apart(click, buy, except: [bottom, mine, s, features])",
        "not private(bottom, click)",
        "private(bottom, click) or serves(bottom, buy)",
        "not (private(bottom, click) or flops < 1)",
        "parameters(own) == 3 * (2 * 2 + 2)",
        "parameters(own[click]) == 6",
        "parameters(bottom) == 8 * 16",
        "parameters(click) < parameters",
        "flops(own) == 12 and flops(own[click]) == flops(own) / 3",
        "flops(bottom) == 8 * 16",
        "parameters >= 2 * n",
    ],
)
def test_a_contract_holds(contract: str):
    assert broken(contract, before="param n = 3\n") == []


@pytest.mark.parametrize(
    ("contract", "why"),
    [
        ("apart(click, buy)", "`click` and `buy` share `bottom` and 8 more"),
        ("apart(click, buy, except: s)", "`click` and `buy` share `bottom` and 1 more"),
        ("private(mine[click], click)", "`mine[click, 1]` also serves `cart`, through `s`"),
        ("private(features, click)", "the table of `job` also serves `cart`"),
        ("serves(own[click], buy)", "`own[click]` does not reach `buy`"),
        ("not serves(bottom, click)", "`serves(bottom, click)` holds, and must not"),
        ("private(bottom, click) or flops < 1", "`bottom` also serves `cart`"),
        ("parameters(own) < 18", "`parameters(own)` is 18, not < 18"),
        ("flops(bottom) != 128", "`flops(bottom)` is 128, not != 128"),
        ("serves(age, click)", "`age` owns no weights"),
    ],
)
def test_a_contract_that_is_broken_says_why(contract: str, why: str):
    (found,) = broken(contract)
    assert found.startswith("MTL0413 ")
    assert why in found


@pytest.mark.parametrize(
    ("contract", "mark"),
    [
        ("bottom -> relu", "MTL0414 bottom -> relu"),
        ("features", "MTL0414 features"),
        ("apart(click)", "MTL0414 apart(click)"),
        ("apart(click, buy, but: own)", "MTL0414 apart(click, buy, but: own)"),
        ("private(own, 3)", "MTL0414 3"),
        ("private(own, own)", "MTL0414 own"),
        ("serves(click, buy)", "MTL0414 click"),
        ("serves(relu(age), buy)", "MTL0414 relu(age)"),
        ("parameters(own, bottom) < 3", "MTL0414 parameters(own, bottom)"),
        ('flops < "3"', 'MTL0307 "3"'),
        ("serves(ownn, buy)", "MTL0201 ownn"),
        ("private(mine[9], click)", "MTL0211 mine[9]"),
    ],
)
def test_what_is_no_contract_is_said(contract: str, mark: str):
    found = [f for f in said(f"{MODEL}\nrequire {contract}") if f.startswith("MTL")]
    assert found == [mark]


def test_tables_of_known_size_count():
    closed = program("require parameters(job) == 5 * 4\nhead[task] = job").replace(
        "job : category(4)", TABLE
    )
    assert closed != program("require parameters(job) == 5 * 4\nhead[task] = job")
    assert not run(closed).report.errors
    assert broken("parameters(job) == 0", "head[task] = job") == []


@pytest.mark.parametrize(
    ("value", "width", "table"),
    [("job", 4, 5 * 4), ("embed(job, dim: 3)", 3, 5 * 3), ("embed(job, age)", 6, 5 * 4)],
)
def test_what_check_counts_is_what_contracts_count(value: str, width: int, table: int):
    count = table + 2 * width + 3 * (2 + 1)
    statements = f"layer x = {value} -> linear(2, bias: no)\nhead[task] = x"
    closed = program(f"{statements}\nrequire parameters == {count}")
    outcome = run(closed.replace("job : category(4)", TABLE))
    assert not outcome.report.errors
    assert outcome.graph is not None
    assert outcome.graph.parameter_count() == count


LEARNED = "wave : numeric(periodic(5), column: age)"


@pytest.mark.parametrize(
    ("contract", "why"),
    [
        ("serves(wave, click) and parameters(wave) == 5", None),
        ("private(wave, click)", "`wave` also serves `cart`, through `x[cart]`"),
        ("private(features, click)", "`wave` also serves `cart`"),
        ("apart(click, buy)", "`click` and `buy` share `wave`"),
        ("apart(click, buy, except: wave)", None),
        ("apart(click, buy, except: features)", None),
    ],
)
def test_an_encoding_that_learns_is_owned_by_its_feature(contract: str, why: str | None):
    before = f"\nfeatures {{ {LEARNED} }}\n"
    text = "layer x[task] = wave -> linear(3)\nhead[task] = x[task]"
    found = [message.partition(" ")[2] for message in broken(contract, text, before)]
    assert found == [] if why is None else why in found[0]


def test_a_block_is_shared_by_those_that_use_it():
    text = """
    block b = linear(4)
    layer x[task] = age -> linear(3)
    let y[task] = x[task] -> b
    head[task] = y[task]
    """
    assert broken("apart(click, buy)", text)[0].startswith("MTL0413 `click` and `buy` share `b`")
    assert broken("apart(click, buy, except: features)", text.replace("-> b", "-> relu")) == []
    assert broken("flops(y) == 3 * 3 * 4", text) == []


def test_a_name_of_a_call_stands_for_all_that_the_call_owns():
    before = "component two(x) {\nlayer a = x -> linear(4)\nlayer b = a -> linear(3)\nreturn b\n}\n"
    text = "layer h[task] = two(age)\nlayer k = two(age)\nhead[task] = concat(h[task], k)"
    assert broken("parameters(h[buy]) == 12 + 15 and parameters(k) == 27", text, before) == []
    assert broken("private(h[buy], buy)", text, before) == []


def test_a_contract_may_stand_in_a_component_and_in_a_repeat():
    before = "component c(x) {\nlayer a = x -> linear(4)\nrequire parameters(a) < 9\nreturn a\n}\n"
    text = "layer h = c(age)\nhead[task] = h"
    assert broken("serves(h, buy)", text, before) == ["MTL0413 `parameters(a)` is 12, not < 9"]
    levels = """
    stream h = age
    repeat n in [2, 5] {
        layer f = h -> linear(n)
        let h <- f
        require parameters(f) < 10
    }
    head[task] = h
    """
    assert broken("serves(h, buy)", levels) == ["MTL0413 `parameters(f)` is 15, not < 10"]


def test_products_of_values_count_as_well():
    text = """
    weight w : f32[2, 3]
    let y = matmul(age, w)
    let z = einsum("a,ab,b->b", age, w, y)
    head[task] = concat(y, z)
    """
    assert broken("flops(y) == 2 * 3 and flops(z) == 2 * 3", text) == []
