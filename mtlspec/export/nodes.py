"""A builder of ONNX nodes: the `Nodes` that the words' `serve` parts write to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from mtlspec.words.serving import Attribute, DType

OPSET: Final = 20
IR_VERSION: Final = 10
DOMAINS: Final = {"": OPSET, "ai.onnx.ml": 4, "com.microsoft": 1}
"""The versions of the operator sets that an exported file may use."""

_DOMAIN_OF: Final = {"LabelEncoder": "ai.onnx.ml", "MurmurHash3": "com.microsoft"}
_TYPES: Final[dict[DType, int]] = {
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "int64": TensorProto.INT64,
}


@dataclass
class OnnxNodes:
    """Nodes and initialisers in the order of their making; all their names begin with `prefix`."""

    prefix: str
    nodes: list[NodeProto] = field(default_factory=list[NodeProto])
    initializers: list[TensorProto] = field(default_factory=list[TensorProto])

    def add(self, op: str, *inputs: str, **attributes: Attribute) -> str:
        name = f"{self.prefix}{op}_{len(self.nodes)}"
        node = helper.make_node(op, inputs, [name], name, domain=_DOMAIN_OF.get(op, ""))
        node.attribute.extend(helper.make_attribute(key, x) for key, x in attributes.items())
        self.nodes.append(node)
        return name

    def cast(self, value: str, dtype: DType) -> str:
        return self.add("Cast", value, to=_TYPES[dtype])

    def constant(self, values: Sequence[float], dtype: DType) -> str:
        return self._initialiser(np.array(values, dtype=dtype))

    def scalar(self, value: float, dtype: DType) -> str:
        return self._initialiser(np.array(value, dtype=dtype))

    def _initialiser(self, values: NDArray[np.generic]) -> str:
        name = f"{self.prefix}constant_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(values, name))
        return name
