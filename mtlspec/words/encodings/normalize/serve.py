"""The z-score as ONNX."""

from mtlspec.words.encodings.normalize.run import Fitted
from mtlspec.words.serving import Nodes


def write(nodes: Nodes, values: str, fitted: Fitted) -> str:
    """float32 [batch, 1] -> float32 [batch, 1]."""
    if fitted.std == 0:
        return nodes.add("ConstantOfShape", nodes.add("Shape", values))
    centred = nodes.add("Sub", values, nodes.constant([fitted.mean], "float32"))
    return nodes.add("Div", centred, nodes.constant([fitted.std], "float32"))
