"""A sequence as ONNX: the entries' rows, of which the last `max` are moved to the front."""

from mtlspec.words.features.category import serve as category
from mtlspec.words.features.category.run import Fitted
from mtlspec.words.features.sequence import SequenceOptions
from mtlspec.words.serving import Nodes, RawColumn


def write(nodes: Nodes, raw: RawColumn, options: SequenceOptions, fitted: Fitted) -> str:
    """int64 [batch, max]: the rows of the last entries, first to last, then -1."""
    rows = category.rows_of(nodes, raw, fitted)
    kept = _before_padding(nodes, rows)
    ids = nodes.add("Where", kept, rows, nodes.constant([-1], "int64"))
    along = nodes.constant([1], "int64")
    count = nodes.add("ReduceSum", nodes.cast(kept, "int64"), along)
    start = nodes.add("Sub", count, nodes.constant([options.max], "int64"))
    start = nodes.add("Max", start, nodes.constant([0], "int64"))
    places = nodes.add("Add", start, nodes.constant(range(options.max), "int64"))
    room = nodes.constant([0, 0, 0, options.max], "int64")
    wide = nodes.add("Pad", ids, room, nodes.scalar(-1, "int64"))
    return nodes.add("GatherElements", wide, places, axis=1)


def unseen(fitted: Fitted, count: int) -> tuple[str, ...] | tuple[int, ...]:
    """`count` different entries that training did not know."""
    return category.unseen(fitted, count)


def _before_padding(nodes: Nodes, rows: str) -> str:
    """bool [batch, entries]: where a value that is not null stands there or behind."""
    value = nodes.cast(nodes.add("Greater", rows, nodes.constant([0], "int64")), "int64")
    behind = nodes.add("CumSum", value, nodes.scalar(1, "int64"), reverse=1)
    return nodes.add("Greater", behind, nodes.constant([0], "int64"))
