"""A schema, a module and rows made by hand: what a compiled spec and its data would be."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import torch
from torch import Tensor, nn

from mtlspec.graph.schema import Schema
from tests.export.fields import binary, category, encoding, numeric

LOG, SCALE = encoding("log1p"), encoding("normalize")
SCHEMA = Schema(
    (
        numeric("age", encoding("piecewise", n=8)),
        category("batch", dim=3),
        category("marital", column="marital status", dim=4, oov=3),
        category("size", column="Größe", dim=2),
        category("wage_kind", column="wage", dim=2, min_count=2),
        numeric("wage", LOG, SCALE),
        category("sex", dim=2),
    ),
    (binary("income"), binary("sex")),
)
"""Columns with spaces, beyond ASCII, called `batch`, read twice, named like a task."""


@dataclass(frozen=True)
class Compiled:
    """The part of `mtlspec.emit.compiled.Compiled` that export reads."""

    schema: Schema = SCHEMA
    class_name: str = "ByHand"
    spec_text: str = "mtl 1\n"


class ByHand(nn.Module):
    """Tables, a bank of experts and gates, as emitted code has them, with dropout."""

    def __init__(self, sizes: dict[str, int]) -> None:
        super().__init__()
        fields = SCHEMA.features
        self.tables = nn.ModuleDict(
            {f.name: nn.Embedding(sizes[f.name], f.type.width) for f in fields if f.name in sizes}
        )
        width = sum(field.type.width for field in fields)
        self.weight = nn.Parameter(torch.randn(3, 8, width) / width**0.5)
        self.bias = nn.Parameter(torch.randn(3, 8))
        self.gates = nn.ModuleDict({t.name: nn.Linear(width, 3) for t in SCHEMA.tasks})
        self.heads = nn.ModuleDict({t.name: nn.Linear(8, 1) for t in SCHEMA.tasks})
        self.dropout = nn.Dropout(0.5)

    def forward(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        columns = [
            self.tables[field.name](batch[field.name])
            if field.name in self.tables
            else batch[field.name]
            for field in SCHEMA.features
        ]
        x = self.dropout(torch.cat(columns, dim=1))
        experts = torch.baddbmm(
            self.bias.unsqueeze(1), x.expand(3, -1, -1), self.weight.transpose(1, 2)
        ).relu()
        mixed = {
            task: torch.einsum("bm,mbo->bo", gate(x).softmax(dim=1), experts)
            for task, gate in self.gates.items()
        }
        return {task: self.heads[task](mixed[task]) for task in self.heads}

    def serve(self, predictions: dict[str, Tensor]) -> dict[str, Tensor]:
        return {task: torch.sigmoid(prediction) for task, prediction in predictions.items()}


def rows(seed: int, count: int) -> pa.Table:
    """Random rows; each column has nulls."""
    random = np.random.default_rng(seed)
    null = random.random((6, count)) < 0.1
    wages = np.where(random.random(count) < 0.5, 0, random.integers(0, 5000, count))
    status = np.array(["single", "married", "divorced"])[random.integers(0, 3, count)]
    return pa.table(
        {
            "age": pa.array(random.integers(16, 90, count), pa.int32(), mask=null[0]),
            "batch": pa.array(random.integers(0, 9, count), pa.int64(), mask=null[1]),
            "marital status": pa.array(status, pa.string(), mask=null[2]),
            "Größe": pa.array(np.array(["S", "größer"])[random.integers(0, 2, count)]),
            "wage": pa.array(wages, pa.int64(), mask=null[4]),
            "sex": pa.array(random.random(count) < 0.5, pa.bool_(), mask=null[5]),
        }
    )
