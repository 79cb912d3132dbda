"""Parts of the language that are not built are named, never skipped."""

import pytest

from tests.graph.programs import said


@pytest.mark.parametrize(
    "value",
    [
        "segment(features, 1)",
    ],
)
def test_a_value_that_is_not_built_is_named(value: str):
    text = f"layer e[2] = age -> linear(3)\nlayer h = {value}\nhead[task] = h"
    assert [f.split()[0] for f in said(text) if f.startswith("MTL")] == ["MTL0214"]
