"""Known numbers that weights begin with: short to read, and exactly those of a made module."""

import pytest
import torch

import mtlspec
from mtlspec import pysource as py
from mtlspec.words.constants import START, Row, Start, write_rows

TABLES: dict[str, list[Row]] = {
    "even": [(0.25,) * 4] * 3,
    "nothing": [(0.0,) * 4] * 3,
    "small": [(0.9, 0.1), (0.1, 0.9)],
    "own": [tuple(0.9 if i == j else 0.025 for j in range(5)) for i in range(5)],
    "own_of_two": [tuple(0.4 if i == j // 2 else 0.025 for j in range(10)) for i in range(5)],
    "parts": [tuple(0.8 if i // 2 == j // 3 else 0.1 for j in range(9)) for i in range(6)],
    "own_then_shared": [tuple(0.9 if i == j else 0.1 / 6 for j in range(7)) for i in range(5)],
    "shared_then_own": [tuple(0.9 if i + 2 == j else 0.01 for j in range(7)) for i in range(5)],
    "own_of_two_then_shared": [
        (*(0.4 if i == j // 2 else 0.02 for j in range(14)), *(0.02,) * 3) for i in range(7)
    ],
    "scores": [tuple(-0.105360515657826 if i == j else -5.96 for j in range(9)) for i in range(9)],
    "last": [(*(0.02,) * 7, 0.9)] * 4,
    "as_written": [(0.1, 0.2, 0.7), (0.3, 0.3, 0.4)],
    "one": [(0.1, 0.2, 0.7)],
    "one_column": [(0.1,), (0.2,), (0.1,)],
}

IMPORTS = "import torch\nfrom torch.nn import functional as F"


def executed(rows: list[Row]) -> torch.Tensor:
    statements = Start(write_rows(rows)).statements(lambda whole: py.Assign(START, whole))
    names: dict[str, torch.Tensor] = {}
    lines = [line for statement in statements for line in py.statement_lines(statement, 0)]
    exec("\n".join([IMPORTS, *lines]), names)
    return names["initial"]


@pytest.mark.parametrize("name", TABLES)
def test_numbers_are_exactly_these(name: str):
    found, expected = executed(TABLES[name]), torch.tensor(TABLES[name])
    assert found.dtype == expected.dtype
    assert torch.equal(found, expected)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_takes_a_few_lines(name: str):
    assert sum(len(py.flat(step)) for step in write_rows(TABLES[name])) <= 120


STATEMENTS = (
    "stitch s[task] = own",
    "stitch(softmax, init: own(0.9)) s[task] = own",
    "stitch(sigmoid, init: even) s[task] = own",
    "stitch(per: channel, init: own(0.8)) s[task] = two, shared",
    "stitch(init: last(0.9)) s[task] = own, shared",
    "stitch(per: matrix, init: own(0.9)) s[task] = own",
    "stitch(per: matrix, init: last(0.9)) s[task] = own, wide",
    "stitch(sigmoid, per: matrix, init: own(0.9)) s[task] = shared, own",
    "gate(init: own(0.9)) s[task] = own by features",
    "gate(per: channel, init: own(0.9)) s[task] = own by features",
    "gate(sigmoid, per: matrix, init: own(0.9)) s[task] = own by features",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_file_alone_begins_as_a_made_module(statement: str):
    text = f"""mtl 1
features {{ age : numeric }}
tasks {{ {" ".join(f"t{n} : binary" for n in range(12))} }}
model m {{
    layer own[task] = features -> dense(4)
    layer two[task, 2] = features -> dense(4)
    layer shared = features -> dense(4)
    layer wide = features -> dense(3)
    {statement}
    head[task] = concat(s[task], two[task, 1], two[task, 2], own[task], shared, wide)
}}
"""
    found = mtlspec.compile(mtlspec.Text("starts.mtl", text))
    alone, made = found.weights(found.module(seed=None)), found.weights(found.module(seed=0))
    begun = [name for name in made if name.startswith("s[") and not name.endswith("gate.weight")]
    assert len(begun) == 12
    assert all(torch.equal(alone[name], made[name]) for name in begun)
    lines = found.source.split("class ")
    cls = next(part for part in lines if part.startswith(("StitchS", "GateS")))
    assert len(cls.split("def forward")[0].splitlines()) <= 20
