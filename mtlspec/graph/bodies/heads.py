"""Heads: how a value becomes a prediction, and predictions as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mtlspec.graph.bodies.predictions import (
    ClassesUnknown,
    HeadIndices,
    HeadMeaning,
    HeadShape,
    HeadVectors,
    HeadWidth,
    HeadWithoutRows,
)
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.apply import apply, linear_layer
from mtlspec.graph.expressions import express
from mtlspec.graph.indexing.membership import NoSuchMember
from mtlspec.graph.indexing.one import one_needed
from mtlspec.graph.naming.names import UnknownName
from mtlspec.graph.naming.scope import Family, TaskName
from mtlspec.graph.node import Node, Prediction
from mtlspec.graph.schema import TaskField
from mtlspec.graph.values import FAILED, Members, Value
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Tensor
from mtlspec.words import given, registry
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import concat, linear


def declared(b: Builder, span: Span, where: Where) -> Family | None:
    """The heads of the model; reports where there are none to be read."""
    found = where.scope.heads
    if found is None:
        b.report.add(NoSuchMember("head", "[…]", span, ()))
    return found


def predictions(b: Builder, expr: tree.HeadValue, where: Where) -> Value:
    """`head`: every prediction of the model."""
    found = declared(b, expr.span, where)
    if found is None or found.broken:
        return FAILED
    return read(b, express.family(found.name, found.members), expr.span)


def predict(b: Builder, statement: tree.Head, where: Where) -> Node:
    """A prediction: the head's value through the task's output layer, if it is a plain one."""
    assert where.owner is not None
    task = _task(b, statement, where)
    found = [express.value(b, expr, where) for expr in statement.values]
    given = zip(found, statement.values, strict=True)
    values = [n for value, expr in given for n in express.items(b, value, expr, where)]
    if task is None:
        return b.nothing(where.owner, statement.span)
    if len(values) != task.word.vectors:
        b.report.add(_shape(statement, task, found, len(values), where))
        return b.nothing(where.owner, statement.span)
    if len(values) > 1:
        return _side_by_side(b, task, values, statement.span, where)
    return _prediction(b, task, values[0], statement.span, where)


def _shape(
    statement: tree.Head, task: TaskField, found: Sequence[Value], count: int, where: Where
) -> HeadShape:
    """What is said of too many values, or too few, at the family if there is just one."""
    span = statement.values[0].span.to(statement.values[-1].span)
    choice = None
    if len(found) == 1 and isinstance(found[0], Members) and found[0].members:
        needed = one_needed(found[0], span, where)
        span, choice = needed.span, needed.choice
    kind, vectors = task.word.name, task.word.vectors
    return HeadShape(kind, task.name, count, span, vectors, choice)


def _task(b: Builder, statement: tree.Head, where: Where) -> TaskField | None:
    """The task that a head's first index names; None after an error."""
    assert where.owner is not None
    label, *others = where.owner.index
    symbol = where.scope.find(str(label))
    if len(others) > 1:
        b.report.add(HeadIndices(len(others) + 1, statement.index_span))
        return None
    if isinstance(symbol, TaskName):
        return symbol.task
    names = {n: s.span for n, s in where.scope.visible().items() if isinstance(s, TaskName)}
    first = next(iter(names.values()), None)
    b.report.add(UnknownName(str(label), statement.index_span, "a task", tuple(names), first))
    return None


def _side_by_side(
    b: Builder, task: TaskField, values: Sequence[Node], span: Span, where: Where
) -> Node:
    """A prediction of several vectors, as they are."""
    assert where.owner is not None
    kinds = [value.type for value in values if isinstance(value.type, Tensor)]
    if len(kinds) < len(values):
        return b.nothing(where.owner, span)
    other = next((kind for kind in kinds if kind.meaning != "plain"), None)
    if other is not None:
        b.report.add(HeadMeaning(task.word.name, other.meaning, span, adds_layer=False))
        return b.nothing(where.owner, span)
    if len(set(kinds)) > 1 or len(kinds[0].shape) != 1 or not kinds[0].rows:
        tokens = any(kind.tokens for kind in kinds)
        b.report.add(HeadVectors(task.name, tuple(map(str, kinds)), span, tokens))
        return b.nothing(where.owner, span)
    joined = apply(b, concat.WORD.bind(), values, [span] * len(values), span, where)
    if not isinstance(joined, Node):
        return b.nothing(where.owner, span)
    return b.add(Prediction(task), joined.type, (joined,), where.owner, span)


def _prediction(b: Builder, task: TaskField, value: Node, span: Span, where: Where) -> Node:
    assert where.owner is not None
    kind = value.type
    if not isinstance(kind, Tensor):
        return b.nothing(where.owner, span)
    if kind.meaning != "plain" and not task.word.may_be(kind.meaning):
        b.report.add(HeadMeaning(task.word.name, kind.meaning, span, takes=task.word.takes))
        return b.nothing(where.owner, span)
    outputs = task.outputs
    if len(kind.shape) != 1 or (kind.meaning != "plain" and kind.width != outputs):
        b.report.add(HeadWidth(task.name, outputs, str(kind), span, bool(kind.tokens)))
        return b.nothing(where.owner, span)
    if not kind.rows:
        b.report.add(HeadWithoutRows(task.name, span))
        return b.nothing(where.owner, span)
    if kind.meaning == "plain":
        value = _output_layer(b, task, value, outputs, span, where)
    meaning = "prob" if kind.meaning == "prob" else task.word.meaning
    made = Tensor((outputs,), meaning=meaning)
    return b.add(Prediction(task), made, (value,), where.owner, span)


def _output_layer(
    b: Builder, task: TaskField, value: Node, outputs: int, span: Span, where: Where
) -> Node:
    """The task's outputs: a linear layer, or one of a single output and a number for each."""
    assert where.owner is not None
    if not outputs:
        return _waiting_layer(b, task, value, span, where)
    offsets = task.word.offsets(task.options)
    if offsets is None:
        return linear_layer(b, linear.WORD.bind(n=outputs), value, "out", span, where)
    one = linear_layer(b, linear.WORD.bind(n=1, bias=False), value, "out", span, where)
    begin = given.WORD.bind(numbers=offsets)
    parameter = Parameter("steps", (outputs,), begin, outputs, matrix=False)
    steps = b.learn(parameter, where.owner, span, inner="")
    add = registry.find("operators", "add")
    assert add is not None
    made = apply(b, add.bind(), [one, steps], [span, span], span, where)
    assert isinstance(made, Node)
    return made


def _waiting_layer(b: Builder, task: TaskField, value: Node, span: Span, where: Where) -> Node:
    """A linear layer with an output for each class, however many the data will have."""
    assert where.owner is not None
    assert isinstance(value.type, Tensor)
    op = linear.WORD.bind(n=1)
    parameters = tuple(
        replace(parameter, shape=(0, *parameter.shape[1:]), outputs_of=task.name)
        for parameter in linear.WORD.parameters(op.options, [value.type])
    )
    kind = replace(value.type, shape=(0,))
    return b.apply(op, kind, (value,), where.owner, span, parameters=parameters, inner="out")


def read(b: Builder, value: Value, span: Span) -> Value:
    """A prediction that is read as a value, whose width has to be known by then."""
    nodes = value.nodes() if isinstance(value, Members) else (value,)
    for node in nodes:
        if isinstance(node, Node) and isinstance(node.type, Tensor) and 0 in node.type.shape:
            assert isinstance(node.role, Prediction)
            b.report.add(classes_unknown(node.role.task, span))
            return FAILED
    return value


def classes_unknown(task: TaskField, span: Span) -> ClassesUnknown:
    """What is said where something is read that has a number for each class."""
    return ClassesUnknown(task.name, span, task.span, "n" in task.options.by_place)
