"""The torch part of an exported file: encoded features in, what is served of each task out."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import cast

import torch
from onnx import ModelProto
from torch import Tensor, nn

from mtlspec.export.interface import Interface
from mtlspec.export.nodes import IR_VERSION, OPSET
from mtlspec.graph.schema import FeatureField, Schema

_EXAMPLE_ROWS = 3
"""Rows of the batch that is traced; one row would fix the batch axis at 1."""


class Served(nn.Module):
    """A frozen copy of a model on the CPU, followed by what is served of its predictions.

    `forward` takes the encoded features by place, in the order of the schema, and returns one
    tensor [B, width] per task.
    """

    def __init__(self, module: nn.Module, schema: Schema) -> None:
        super().__init__()
        self.module = deepcopy(module).cpu()
        self.features = tuple(field.name for field in schema.features)
        self.tasks = tuple(field.name for field in schema.tasks)
        self.eval()
        self.requires_grad_(False)

    def forward(self, *values: Tensor) -> tuple[Tensor, ...]:
        predictions = self.module(dict(zip(self.features, values, strict=True)))
        served = self._serve(predictions)
        return tuple(served[task] for task in self.tasks)

    @property
    def _serve(self) -> Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]:
        return cast("Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]", self.module.serve)


def write_network(served: Served, schema: Schema, interface: Interface) -> ModelProto:
    """The ONNX of a model; its outputs are those of the interface, and the batch axis is free."""
    prefix = interface.free_prefix("network")
    example = tuple(_example(field) for field in schema.features)
    axis = torch.export.Dim("batch")
    shapes = (tuple({0: axis} for _ in example),)
    with _quiet():
        traced = torch.export.export(served, example, dynamic_shapes=shapes)
        program = torch.onnx.export(  # pyright: ignore[reportUnknownMemberType]
            traced,
            dynamo=True,
            verbose=False,
            opset_version=OPSET,
            input_names=[f"{prefix}{name}" for name in served.features],
            output_names=[port.name for port in interface.outputs],
        )
    assert program is not None
    return _without_traces(program.model_proto)


def _example(field: FeatureField) -> Tensor:
    if field.word.reads == "ids":
        entries = () if field.entries is None else (field.entries,)
        return torch.zeros(_EXAMPLE_ROWS, *entries, dtype=torch.int64)
    return torch.zeros(_EXAMPLE_ROWS, field.given)


def _without_traces(model: ModelProto) -> ModelProto:
    """Drops what torch notes of where it came from: places on this machine's disk."""
    model.ir_version = IR_VERSION
    del model.graph.value_info[:]
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    graph = model.graph
    for part in (*graph.node, *graph.input, *graph.output, *graph.initializer):
        part.doc_string = ""
        del part.metadata_props[:]
    return model


@contextmanager
def _quiet() -> Generator[None]:
    """Keeps back what the exporter logs and warns of on a good day."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
