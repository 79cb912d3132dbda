"""Whatever is drawn from the language compiles, has the shapes that were inferred, and learns."""

from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, note, settings

import mtlspec
from mtlspec import resources
from mtlspec.emit.compiled import Compiled
from tests.emit.drawn_specs import specs
from tests.emit.instrumented import checked_module, random_batch, random_labels

SIZE = 10
CORPUS = Path(__file__).parents[1] / "corpus" / "valid" / "models"
WRITTEN = sorted([*CORPUS.glob("*.mtl"), *resources.specs().glob("*.mtl")])
quietly = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)


def assert_it_learns(compiled: Compiled) -> None:
    """Shapes hold in training and in service, for one row and for more, and a step is finite."""
    torch.manual_seed(0)
    module, shapes = checked_module(compiled, dict.fromkeys(compiled.sizes, SIZE))
    assert shapes or not compiled.plan.served
    learned = [p for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(learned, lr=1e-3) if learned else None
    for rows in (1, 6):
        batch, labels = random_batch(compiled, rows, SIZE), random_labels(compiled, rows)
        losses = module.train().loss(batch, labels)
        total = sum(losses.values(), torch.zeros(()))
        assert total.isfinite(), losses
        if optimizer is not None and total.requires_grad:
            optimizer.zero_grad()
            total.backward()
            assert all(p.grad is None or p.grad.isfinite().all() for p in learned)
            optimizer.step()
        served = module.eval().serve(module(batch))
        assert all(len(value) == rows and value.isfinite().all() for value in served.values())
    assert sum(w.numel() for w in compiled.weights(module).values()) == sum(
        p.numel() for p in module.parameters()
    )


@given(text=specs())
@settings(quietly, max_examples=20)
def test_a_drawn_spec_has_the_shapes_that_were_inferred_and_learns(text: str):
    note(text)
    assert_it_learns(mtlspec.compile(mtlspec.Text("drawn.mtl", text)))


@pytest.mark.slow
@given(text=specs(least=4, most=14))
@settings(quietly, max_examples=150)
def test_many_drawn_specs_have_the_shapes_that_were_inferred_and_learn(text: str):
    note(text)
    assert_it_learns(mtlspec.compile(mtlspec.Text("drawn.mtl", text)))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_written_spec_has_the_shapes_that_were_inferred_and_learns(path: Path):
    assert_it_learns(mtlspec.compile(path))
