"""Rules of what no law forbids, and what is probably not meant."""

from collections.abc import Iterator, Sequence

from mtlspec.diagnostics import Label, Warn
from mtlspec.graph.build import Built
from mtlspec.graph.graph import Graph
from mtlspec.graph.node import Apply, Node, Prediction
from mtlspec.source import Span
from mtlspec.types import Meaning, Tensor
from mtlspec.words.ops import Op


class OutputLayerTwice(Warn):
    """The task adds its output layer behind one that the spec has already."""

    id = "output-layer-twice"
    title = "a task adds its own output layer"
    task: str
    numbers: int
    span: Span
    declared: str
    """The op that says that a value is the prediction itself; empty where none may be."""

    def headline(self) -> str:
        return f"`{self.task}` gets another output layer behind this one"

    def labels(self) -> Sequence[Label]:
        many = "1 number" if self.numbers == 1 else f"{self.numbers} numbers"
        return [Label(self.span, f"{many}, which a linear layer then reads", primary=True)]

    def help(self) -> str:
        if not self.declared:
            return "leave it out: the task adds the layer"
        declared = f"`head[{self.task}] = {self.declared}(…)`"
        return (
            f"leave it out: the task adds the layer; or say that it is the prediction, {declared}"
        )


def no_task_has_two_output_layers(built: Built) -> Iterator[OutputLayerTwice]:
    """One warning for each head whose value is a layer with the outputs of its task."""
    graph = built.graph
    if built.incomplete:
        return
    for head in (graph.node(key) for keys in graph.heads.values() for key in keys):
        assert isinstance(head.role, Prediction)
        task, value = head.role.task, _before_output_layer(graph, head)
        if value is None or not isinstance(value.type, Tensor) or value.type.width != task.outputs:
            continue
        layer, bounded = _layer_of(graph, value)
        if layer is None or not (task.outputs == 1 or bounded or layer is value):
            continue
        together = layer.site.statement == value.site.statement
        span = layer.span.to(value.span) if together else value.span
        declares: tuple[Meaning, ...] = ("prob",) if bounded else ("logit", "prediction")
        declared = next((name for name in declares if task.word.may_be(name)), "")
        yield OutputLayerTwice(task.name, task.outputs, span, declared)


def _before_output_layer(graph: Graph, head: Node) -> Node | None:
    """The value that the output layer of a head reads; None where there is no such layer."""
    (made,) = graph.inputs(head)
    steps = graph.inputs(made)[:1]  # an ordinal task adds a number for each step
    layer = next((node for node in (made, *steps) if node.inner == "out"), None)
    return graph.inputs(layer)[0] if layer is not None else None


def _layer_of(graph: Graph, value: Node) -> tuple[Node | None, bool]:
    """The layer behind a value, before ops that keep its shape; whether one of these bounds it."""
    bounded = False
    while isinstance(value.role, Apply):
        op = value.role.op.word
        held = graph.inputs(value)[-1] if value.role.lent else value
        if any(p.matrix and p.rows_of is None for p in held.parameters):
            return value, bounded
        if not isinstance(op, Op) or not op.keeps_shape or op.owns:
            break
        bounded = bounded or op.bounded
        value = graph.inputs(value)[0]
    return None, bounded
