"""A model that is trained learns something."""

import pytest

import mtlspec
from mtlspec.diagnostics import SpecError
from mtlspec.training.learnable import refuse_nothing_to_learn

FROZEN = """
mtl 1
features { age : numeric }
tasks { click : binary }
model frozen { head[click] = logit(age -> linear(1OPTIONS)) }
"""


def refuse(options: str) -> None:
    compiled = mtlspec.compile(mtlspec.Text("frozen.mtl", FROZEN.replace("OPTIONS", options)))
    refuse_nothing_to_learn(compiled.module(seed=0), "frozen.mtl")


def test_a_model_all_of_whose_weights_are_frozen_is_refused() -> None:
    with pytest.raises(SpecError, match="MTL0323"):
        refuse(", frozen: yes")


def test_a_model_with_a_weight_that_moves_is_trained() -> None:
    refuse("")
