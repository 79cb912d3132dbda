"""Quantile buckets as ONNX."""

from mtlspec.words.encodings.buckets.run import Fitted
from mtlspec.words.serving import Nodes


def write(nodes: Nodes, values: str, fitted: Fitted) -> str:
    """float32 [batch, 1] -> float32 [batch, n]."""
    starts = nodes.constant(fitted.starts, "float32")
    passed = nodes.cast(nodes.add("GreaterOrEqual", values, starts), "int64")
    place = nodes.add("ReduceSum", passed, nodes.constant([1], "int64"), keepdims=0)
    depth, marks = nodes.constant([fitted.n], "int64"), nodes.constant([0.0, 1.0], "float32")
    return nodes.add("OneHot", place, depth, marks)
