"""The page on names of weights lists those that its model has, and says how they are drawn."""

import torch

import mtlspec
from mtlspec import Text
from mtlspec.emit.compiled import Compiled
from tests.docs.pages import DOCS, files_of

PAGE = DOCS / "language" / "weights.md"
SIZES = {"city": 500}


def _compiled(**changes: str) -> Compiled:
    text = files_of(PAGE)["names.mtl"]
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return mtlspec.compile(Text("names.mtl", text))


def _weights(compiled: Compiled) -> dict[str, torch.Tensor]:
    return compiled.weights(compiled.module(seed=7, sizes=SIZES))


def test_the_page_lists_every_weight_of_its_model() -> None:
    shown = files_of(PAGE)["names.txt"].replace("\n", "  ").strip().split("  ")
    names = [name for names in _compiled().names.values() for name in names]
    assert sorted(shown) == sorted(names)


def test_what_another_model_has_too_begins_alike() -> None:
    few, more = _weights(_compiled()), _weights(_compiled(**{"e[2]": "e[5]"}))
    assert set(few) < set(more)
    alike = [name for name in few if few[name].shape == more[name].shape]
    assert len(few) - len(alike) == 4  # the gates have more candidates
    assert all(torch.equal(few[name], more[name]) for name in alike)


def test_weights_are_drawn_as_the_page_says() -> None:
    weights = _weights(_compiled())
    linear = weights["e@1[1].0.weight"]
    bound = linear.shape[1] ** -0.5
    assert 0.8 * bound < float(linear.abs().max()) <= bound
    table = weights["city.weight"]
    assert abs(float(table.std()) - 0.01) < 0.001
    assert torch.allclose(weights["y[click].mixing"].flatten(), torch.tensor([0.9, 0.1]))
