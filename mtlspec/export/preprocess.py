"""The graph of the raw columns: what `data` does with a table, as ONNX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pyarrow as pa
from onnx import GraphProto, ModelProto, TensorProto, ValueInfoProto, helper
from pydantic import BaseModel

from mtlspec.export.interface import Interface
from mtlspec.export.nodes import DOMAINS, IR_VERSION, OnnxNodes
from mtlspec.graph.schema import FeatureField, Schema
from mtlspec.words.column import ColumnPlace
from mtlspec.words.serving import ColumnKind, DType, Nodes, RawColumn
from mtlspec.words.word import Options

Write = Callable[[Nodes, RawColumn, Options, BaseModel], str]
"""A word's `serve.write`: the value that the network reads of a column."""

_TYPES: Final[dict[ColumnKind, int]] = {
    "string": TensorProto.STRING,
    "int64": TensorProto.INT64,
    "float32": TensorProto.FLOAT,
}


def write_preprocess(
    schema: Schema, features: Mapping[str, BaseModel], interface: Interface
) -> ModelProto:
    """A model from the raw columns to the encoded features, in the order of the schema.

    `features` is what was fitted, by the name of the state. The model's outputs are int64 [batch],
    int64 [batch, entries] or float32 [batch, width].
    """
    kinds: dict[str, ColumnKind] = {port.name: port.kind for port in interface.inputs}
    prefix = interface.free_prefix("features")
    parts: list[OnnxNodes] = []
    outputs: list[ValueInfoProto] = []
    for field in schema.features:
        nodes = OnnxNodes(f"{prefix}{field.name}/")
        if field.served:
            write: Write = field.word.part("serve").write
            raw = RawColumn(field.column, kinds[field.column])
            value = write(nodes, raw, field.options, features[field.state])
        else:
            value = _write_null(nodes, field, features[field.state], interface.inputs[0].name)
        parts.append(nodes)
        outputs.append(_encoded(field, value))
    graph = helper.make_graph(
        [node for part in parts for node in part.nodes],
        "features",
        [
            helper.make_tensor_value_info(port.name, _TYPES[port.kind], port.axes)
            for port in interface.inputs
        ],
        outputs,
        [constant for part in parts for constant in part.initializers],
    )
    return _model(graph)


def _write_null(nodes: Nodes, field: FeatureField, state: BaseModel, other: str) -> str:
    """What a null is encoded as, in every row; `other` is an input, which knows how many."""
    null = pa.chunked_array([pa.nulls(1)])
    place = ColumnPlace("", field.column, field.span)
    encoded = field.word.part("run").encode(null, field.options, state, place)
    dtype: DType = "int64" if field.word.reads == "ids" else "float32"
    value = nodes.constant(encoded.reshape(-1).tolist(), dtype)
    count = nodes.add("Slice", nodes.add("Shape", other), *_first(nodes))
    if encoded.ndim == 1:
        return nodes.add("Expand", value, count)
    width = nodes.constant([encoded.shape[1]], "int64")
    return nodes.add("Expand", value, nodes.add("Concat", count, width, axis=0))


def _first(nodes: Nodes) -> tuple[str, str]:
    return nodes.constant([0], "int64"), nodes.constant([1], "int64")


def _encoded(field: FeatureField, value: str) -> ValueInfoProto:
    if field.word.reads == "ids":
        axes = ["batch"] if field.entries is None else ["batch", field.entries]
        return helper.make_tensor_value_info(value, TensorProto.INT64, axes)
    return helper.make_tensor_value_info(value, TensorProto.FLOAT, ["batch", field.given])


def _model(graph: GraphProto) -> ModelProto:
    used = {"", *(node.domain for node in graph.node)}
    opsets = [helper.make_opsetid(name, DOMAINS[name]) for name in sorted(used)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
