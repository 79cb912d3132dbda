"""The emitted file names no device: what it computes on a CPU it computes on an accelerator."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor

import mtlspec
from tests.emit.instrumented import random_batch, random_labels
from tests.emit.test_drawn_specs import SIZE, WRITTEN

ROWS = 12

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no accelerator")


def moved(values: Mapping[str, Tensor], device: str) -> dict[str, Tensor]:
    """The same values on a device, numbers in float64."""
    return {
        name: value.to(device, torch.float64 if value.is_floating_point() else None)
        for name, value in values.items()
    }


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_written_spec_computes_the_same_on_an_accelerator(path: Path):
    torch.manual_seed(0)
    compiled = mtlspec.compile(path)
    module = compiled.module(seed=0, sizes=dict.fromkeys(compiled.sizes, SIZE)).double()
    with torch.no_grad():  # scores that begin alike are ranked as a device likes
        for parameter in module.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    batch, labels = random_batch(compiled, ROWS, SIZE), random_labels(compiled, ROWS)
    found = {}
    for device in ("cpu", "cuda"):
        module.to(device).eval()
        given, known = moved(batch, device), moved(labels, device)
        said = {**module(given), **module.loss(given, known), **module.serve(module(given))}
        found[device] = moved(said, "cpu")
    assert found["cpu"].keys() == found["cuda"].keys()
    for name, value in found["cpu"].items():
        torch.testing.assert_close(found["cuda"][name], value, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_written_spec_takes_a_step_on_an_accelerator(path: Path):
    torch.manual_seed(0)
    compiled = mtlspec.compile(path)
    module = compiled.module(seed=0, sizes=dict.fromkeys(compiled.sizes, SIZE)).to("cuda").train()
    batch, labels = random_batch(compiled, ROWS, SIZE), random_labels(compiled, ROWS)
    losses = module.loss(
        {name: value.to("cuda") for name, value in batch.items()},
        {name: value.to("cuda") for name, value in labels.items()},
    )
    total = sum(losses.values(), torch.zeros((), device="cuda"))
    assert total.isfinite()
    if total.requires_grad:
        total.backward()
        grads = [p.grad for p in module.parameters() if p.grad is not None]
        assert grads
        assert all(grad.isfinite().all() for grad in grads)
