"""What a word promises by its options and its kind of layer, it can write."""

import pytest

from mtlspec.words import registry
from mtlspec.words.losses import Penalty, ProximalOptions
from mtlspec.words.ops import Op

MODULES = [n for n in registry.names("ops") if registry.find("ops", n).layer == "module"]
PROXIMAL = [
    n
    for n in registry.names("losses")
    if issubclass(registry.find("losses", n).takes_options, ProximalOptions)
]


@pytest.mark.parametrize("name", MODULES)
def test_an_op_that_is_a_module_of_its_own_says_how_it_is_made(name: str):
    assert type(registry.find("ops", name)).make is not Op.make


@pytest.mark.parametrize("name", PROXIMAL)
def test_a_penalty_with_a_proximal_method_has_its_map(name: str):
    assert type(registry.find("losses", name)).write_prox is not Penalty.write_prox


def test_there_are_such_words():
    assert {"lstm", "batch_norm"} <= set(MODULES)
    assert {"l1", "l21", "trace_norm"} <= set(PROXIMAL)
