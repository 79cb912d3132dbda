"""A number as ONNX: the mean for a null, the encodings, the indicator."""

from mtlspec.words.features.numeric import NumericOptions
from mtlspec.words.features.numeric.run import Fitted
from mtlspec.words.registry import find
from mtlspec.words.serving import NULL_INTEGER, Nodes, RawColumn


def write(nodes: Nodes, raw: RawColumn, options: NumericOptions, fitted: Fitted) -> str:
    """float32 [batch, width]."""
    del options
    number, null = read_number(nodes, raw)
    values = nodes.add("Where", null, nodes.constant([fitted.mean], "float32"), number)
    for step in fitted.steps:
        word = find("encodings", step.word)
        assert word is not None
        values = word.part("serve").write(nodes, values, step.fitted)
    return nodes.add("Concat", values, nodes.cast(null, "float32"), axis=1)


def unseen(fitted: Fitted, count: int) -> tuple[()]:
    """No number is unknown."""
    del fitted, count
    return ()


def read_number(nodes: Nodes, raw: RawColumn) -> tuple[str, str]:
    """The column as float32, rounded as `run` rounds it, and where it is null."""
    if raw.kind == "int64":
        null = nodes.add("Equal", raw.value, nodes.constant([NULL_INTEGER], "int64"))
        return nodes.cast(nodes.cast(raw.value, "float64"), "float32"), null
    return raw.value, nodes.add("IsNaN", raw.value)
