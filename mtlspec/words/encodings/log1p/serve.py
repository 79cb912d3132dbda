"""The signed logarithm as ONNX, which has no log1p of its own."""

from mtlspec.words.encodings.log1p.run import Fitted
from mtlspec.words.serving import Nodes

_TINY = 1e-8
"""Below it log1p(x) is x in float32, while 1 + x would lose digits even in float64."""


def write(nodes: Nodes, values: str, fitted: Fitted) -> str:
    """float32 [batch, 1] -> float32 [batch, 1]."""
    del fitted
    size = nodes.cast(nodes.add("Abs", values), "float64")
    log = nodes.add("Log", nodes.add("Add", size, nodes.constant([1.0], "float64")))
    tiny = nodes.add("Less", size, nodes.constant([_TINY], "float64"))
    exact = nodes.cast(nodes.add("Where", tiny, size, log), "float32")
    return nodes.add("Mul", nodes.add("Sign", values), exact)
