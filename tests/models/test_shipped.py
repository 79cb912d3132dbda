"""The specs that ship are the papers' systems, on any schema: each file beside its oracle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import mtlspec
from mtlspec import resources
from tests.models import cases, randomly
from tests.models.cases import CASES, FIVE
from tests.models.compiled import arrays, tensors


@dataclass(frozen=True)
class Shipped:
    """The params that make a shipped spec the size of a case, and what it calls otherwise."""

    case: str
    params: Mapping[str, str]
    called: Mapping[str, str] = field(default_factory=dict)

    def named(self, weight: str) -> str:
        """A weight's name in the shipped spec, by its name in the oracle."""
        for ours, theirs in self.called.items():
            if weight.startswith(f"{ours}."):
                return theirs + weight.removeprefix(ours)
        return weight


BODY = {"bottom": "[16, 8]", "tower": "[8]"}
MIXED = {"expert_widths": "[16, 8]", "tower": "[8]"}
SHIPPED = {
    "single_task": Shipped("single_task", BODY),
    "hard_sharing": Shipped("hard_sharing", BODY, {"bottom": "shared"}),
    "asymmetric": Shipped("asymmetric", BODY),
    "customized": Shipped("customized", BODY),
    "omoe": Shipped("omoe", {"experts": "4"} | MIXED),
    "mmoe": Shipped("mmoe", {"experts": "4"} | MIXED),
    "cgc": Shipped("cgc", {"own": "2", "common": "3"} | MIXED),
    "ml_mmoe": Shipped(
        "ml_mmoe", {"experts": "3", "lower": "[[16], [12]]", "upper": "[8]", "tower": "[8]"}
    ),
    "ple": Shipped("ple", {"widths": "[[16, 12], [8]]", "tower": "[8]"}),
    "cross_stitch": Shipped("cross_stitch", {"widths": "[16, 12, 8]"}),
    "sluice": Shipped("sluice", {"width": "8", "tower": "[8]"}),
}


def test_the_library_holds_them() -> None:
    assert {f"{name}.mtl" for name in SHIPPED} <= {p.name for p in resources.specs().iterdir()}


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_spec_is_its_oracle(name: str, count: int, tmp_path: Path) -> None:
    tasks, shipped = FIVE[:count], SHIPPED[name]
    case = CASES[shipped.case]
    schema = tmp_path / "schema.mtl"
    schema.write_text(f"mtl 1\n{cases.SCHEMA}tasks {{ {', '.join(tasks)} : binary }}\n")
    path = f"mtl:{name}.mtl"
    compiled = mtlspec.compile(path, schema=schema, set=shipped.params, sizes=cases.SIZES)
    module = compiled.module(seed=0).double().eval()

    shapes = case.shapes(tasks)
    found = {key: tuple(value.shape) for key, value in compiled.weights(module).items()}
    assert found == {shipped.named(key): shape for key, shape in shapes.items()}

    weights = randomly.weights(shapes, seed=count)
    given = {shipped.named(key): value for key, value in weights.items()}
    compiled.set_weights(module, tensors(given))
    batch = cases.batch_of(40)
    expected, logits = case.logits(weights, batch, tasks), arrays(module(tensors(batch)))
    for task in tasks:
        np.testing.assert_allclose(logits[task], expected[task], rtol=0, atol=1e-9)

    labels = tensors(cases.labels_of(40, tasks))
    losses = module.loss(tensors(batch), labels)
    terms = {key: loss.item() for key, loss in losses.items() if key not in tasks}
    assert terms == pytest.approx(case.terms(weights, tasks), rel=1e-9)
