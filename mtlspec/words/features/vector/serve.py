"""A vector as ONNX: the mean of its place for a null."""

from mtlspec.words.features.numeric.serve import read_number
from mtlspec.words.features.vector import VectorOptions
from mtlspec.words.features.vector.run import Fitted
from mtlspec.words.serving import Nodes, RawColumn


def write(nodes: Nodes, raw: RawColumn, options: VectorOptions, fitted: Fitted) -> str:
    """float32 [batch, n]."""
    del options
    numbers, null = read_number(nodes, raw)
    return nodes.add("Where", null, nodes.constant(fitted.mean, "float32"), numbers)


def unseen(fitted: Fitted, count: int) -> tuple[()]:
    """No number is unknown."""
    del fitted, count
    return ()
