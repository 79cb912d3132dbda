"""Weights by logical name: a view of the module's tensors, whatever bank they lie in."""

import pytest
import torch

from tests.emit.specs import BODIES, ROWS, batch_of, compiled, module_of

TASKS = ("click", "cart", "buy")
each_spec = pytest.mark.parametrize("name", BODIES)


@each_spec
def test_every_parameter_is_named_and_back(name: str):
    found, module = compiled(name), module_of(name)
    state, weights = dict(module.named_parameters()), found.weights(module)
    assert set(found.names) == set(state)
    logical = [name for names in found.names.values() for name in names]
    assert sorted(logical) == sorted(weights)
    assert len(set(logical)) == len(logical)
    for attribute, names in found.names.items():
        stacked = state[attribute].shape != weights[names[0]].shape
        parts = state[attribute].unbind(0) if stacked else (state[attribute],)
        for part, each in zip(parts, names, strict=True):
            assert torch.equal(part, weights[each])


@each_spec
def test_weights_are_the_module_s_own_memory(name: str):
    module = module_of(name)
    for value in compiled(name).weights(module).values():
        value.fill_(0.5)
    assert all((parameter == 0.5).all() for parameter in module.parameters())


@each_spec
def test_weights_go_out_and_in_again(name: str):
    found = compiled(name)
    first, second = module_of(name, seed=1), module_of(name, seed=2)
    kept = {key: value.clone() for key, value in found.weights(first).items()}
    found.set_weights(second, kept)
    state = second.state_dict()
    assert all(torch.equal(value, state[key]) for key, value in first.state_dict().items())
    batch = batch_of(3)
    assert all(torch.equal(first(batch)[task], second(batch)[task]) for task in TASKS)


def test_some_weights_may_be_set_alone():
    found, module = compiled("ple"), module_of("ple")
    before = {key: value.clone() for key, value in found.weights(module).items()}
    name = "mine@1[cart, 2].0.weight"
    found.set_weights(module, {name: torch.zeros_like(before[name])})
    after = found.weights(module)
    assert [key for key in before if not torch.equal(before[key], after[key])] == [name]


def test_an_unknown_name_is_refused():
    module = module_of("mmoe")
    with pytest.raises(KeyError):
        compiled("mmoe").set_weights(module, {"e[9].0.weight": torch.zeros(16, 13)})


def test_a_weight_of_another_shape_is_refused():
    module = module_of("mmoe")
    with pytest.raises(RuntimeError):
        compiled("mmoe").set_weights(module, {"e[1].0.weight": torch.zeros(2, 2)})


def moved(name: str, weight: str) -> set[str]:
    """The tasks whose logits change when one weight does."""
    found, module, batch = compiled(name), module_of(name), batch_of(9)
    before = module(batch)
    weights = found.weights(module)
    weights[weight].add_(torch.randn_like(weights[weight]))
    after = module(batch)
    return {task for task in TASKS if not torch.equal(before[task], after[task])}


@pytest.mark.parametrize(
    ("name", "weight", "tasks"),
    [
        ("hard_sharing", "bottom.0.weight", TASKS),
        ("hard_sharing", "head[cart].0.weight", ("cart",)),
        ("hard_sharing", "head[buy].out.bias", ("buy",)),
        ("hard_sharing", "city.weight", TASKS),
        ("mmoe", "e[3].1.bias", TASKS),
        ("mmoe", "g[click].gate.weight", ("click",)),
        ("ple", "mine@2[cart, 3].0.weight", ("cart",)),
        ("ple", "mine@1[cart, 3].0.weight", TASKS),
        ("ple", "ours@2[2].0.bias", TASKS),
        ("ple", "h@1[buy].gate.weight", ("buy",)),
        ("ple", "s@1.gate.weight", TASKS),
        ("ragged", "mine[cart, 1].0.weight", ("cart",)),
        ("ragged", "mine[buy, 3].0.bias", ("buy",)),
        ("chain", "z[cart].0.weight", ("cart", "buy")),
        ("chain", "z[buy].0.bias", ("buy",)),
        ("others", "mine[cart, 1].0.bias", TASKS),
        ("others", "g[cart].gate.bias", ("cart",)),
        ("stitches", "f@3[cart].0.weight", TASKS),
        ("stitches", "h@2[cart].mixing", TASKS),
        ("stitches", "out[cart].mixing", ("cart",)),
        ("own_tables", "x[buy].0.job.weight", ("buy",)),
        ("own_tables", "y.0.job.weight", TASKS),
    ],
)
def test_a_weight_moves_whom_the_spec_says(name: str, weight: str, tasks: tuple[str, ...]):
    assert moved(name, weight) == set(tasks)


def test_the_order_of_a_bank_is_that_of_its_members():
    names = compiled("ragged").names
    assert names["mine_click_1.layers.0.weight"] == tuple(
        f"mine[{task}, {n}].0.weight" for task in ("click", "buy") for n in (1, 2, 3)
    )
    assert names["mine_cart_1.layers.0.weight"] == ("mine[cart, 1].0.weight",)
    found = compiled("odd_sets").names
    assert found["h.layers.0.weight"] == tuple(f"h[{n}].0.weight" for n in (5, 1, 3))


def test_members_are_drawn_by_their_names():
    weights = compiled("ple").weights(compiled("ple").module(5, ROWS))
    again = compiled("mmoe").weights(compiled("mmoe").module(5, ROWS))
    assert torch.equal(weights["job.weight"], again["job.weight"])
    first, second = weights["mine@1[cart, 1].0.weight"], weights["mine@1[cart, 2].0.weight"]
    assert not torch.equal(first, second)
