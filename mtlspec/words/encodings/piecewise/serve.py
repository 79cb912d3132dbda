"""Piecewise linear encoding as ONNX."""

from mtlspec.words.encodings.piecewise.run import Fitted
from mtlspec.words.serving import Nodes


def write(nodes: Nodes, values: str, fitted: Fitted) -> str:
    """float32 [batch, 1] -> float32 [batch, n]."""
    if len(fitted.edges) < 2:
        zeros = nodes.add("ConstantOfShape", nodes.add("Shape", values))
        return _widen(nodes, zeros, fitted.n - 1)
    low = nodes.constant(fitted.edges[:-1], "float32")
    high = nodes.constant(fitted.edges[1:], "float32")
    passed = nodes.add("Div", nodes.add("Sub", values, low), nodes.add("Sub", high, low))
    inside = nodes.add("Min", passed, nodes.constant([1.0], "float32"))
    inside = nodes.add("Max", inside, nodes.constant([0.0], "float32"))
    return _widen(nodes, inside, fitted.n + 1 - len(fitted.edges))


def _widen(nodes: Nodes, values: str, count: int) -> str:
    """Adds columns of zeros on the right."""
    if count == 0:
        return values
    return nodes.add("Pad", values, nodes.constant([0, 0, 0, count], "int64"))
