"""What is the same for all members is computed once, and what stands alone is no stack."""

import pytest

from mtlspec.plan.plan import Bank
from tests.plan.plans import plan_of, tensors

COMPONENT = """
component gated(x, n = 4) {
    layer y = x -> linear(n) -> sigmoid
    return 2 * y
}
"""


def bank_of(statements: str, name: str) -> Bank:
    plan = plan_of(statements, before=COMPONENT)
    return next(bank for bank in plan.banks if bank.name == name)


@pytest.mark.parametrize(
    "statements",
    [
        "let x[task] = concat(age, job)\nlayer h[task] = x[task] -> mlp(4)\nhead[task] = h[task]",
        "let w[task] = age -> relu\nlet x[task] = w[task] -> tanh\nhead[task] = x[task]",
        "layer x[task] = concat(age, job) -> relu -> gated\nhead[task] = x[task]",
    ],
)
def test_what_is_the_same_for_all_is_computed_once(statements: str):
    plan = plan_of(statements, before=COMPONENT)
    first = plan.banks[0]
    assert not first.owns
    assert (len(first.members), first.stacked) == (1, False)
    owner = next(bank for bank in plan.banks if bank.owns)
    assert len(owner.members) > 1
    assert all(reading.one is not None for reading in owner.readings())


@pytest.mark.parametrize(
    "statements",
    [
        "let x[task] = age -> dropout(0.5)\nhead[task] = x[task]",
        "layer x[task] = age -> linear(4)\nhead[task] = x[task]",
        "block s[task] = mlp(4, 4)\nlet x[task] = age -> s[task]\nhead[task] = x[task]",
    ],
)
def test_what_members_draw_or_learn_is_their_own(statements: str):
    assert len(bank_of(statements, "x").members) > 1


def test_a_loss_term_counts_every_member():
    plan = plan_of("layer h = age -> linear(4)\nhead[task] = h\nloss d[task] = l2(weights(h))")
    (term,) = plan.terms
    assert len(term.members) > 1


def test_what_stands_alone_is_no_stack():
    plan = plan_of("layer z[task] = concat(age, z[..task - 1]) -> linear(3)\nhead[task] = z[task]")
    chain = [bank for bank in plan.banks if bank.statement.name == "z"]
    assert [bank.stacked for bank in chain] == [False] * len(chain)
    assert {len(shape) for name, shape in tensors(plan).items() if name.startswith("z_")} == {1, 2}
