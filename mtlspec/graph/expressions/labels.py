"""`error(head[t])` and `label(t)`: what training alone knows, as values for `loss` terms."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.bodies.heads import classes_unknown
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.indexing.membership import NoStatement
from mtlspec.graph.naming.scope import TaskName
from mtlspec.graph.node import ErrorOf, Index, LabelOf, Node, Prediction, Statement
from mtlspec.graph.schema import TaskField
from mtlspec.graph.values import FAILED, Element, Failed, IndexSet, Members, Value, describe
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Tensor, Unknown


class NoPrediction(Error):
    """`error` reads the loss of a prediction, row by row.

    What it means: what stands in the brackets is no head.

    Example:
        loss hard = error(click)

    Instead:
        loss hard = error(head[click])

    Why: a loss belongs to a prediction; one task may have several, in an ensemble.
    """

    id = "MTL0313"
    title = "`error` reads a prediction"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]

    def expected(self) -> str:
        return "`head[t]`, the prediction of a task"


class NoLabel(Error):
    """`label` reads the labels of a task.

    What it means: what stands in the brackets is no task, or a task of pairs, whose positives are
    rows and whose labels are no numbers.

    Example:
        loss much = label(head[click])

    Instead:
        loss much = label(click)

    Why: labels belong to tasks, whatever predicts them.
    """

    id = "MTL0314"
    title = "`label` reads the labels of a task"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]

    def expected(self) -> str:
        return "a task"


class NotTrained(Error):
    """A task without labels has no error.

    What it means: the task says `label: none`: it is predicted and served, but not trained.

    Example:
        tasks { cvr : binary(label: none) }
        loss more = error(head[cvr])

    Instead: give the task a `label:`, or leave the term out.

    Why: there is nothing in the data to compare the prediction with.
    """

    id = "MTL0316"
    title = "a task without labels has no error"
    task: str
    span: Span
    declared: Span

    def headline(self) -> str:
        return f"`{self.task}` has no labels"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, "read here", primary=True),
            Label(self.declared, "`label: none`"),
        ]


def error(b: Builder, call: tree.Call, where: Where) -> Value:
    """The loss of each row of a prediction, 0 where a row has no label; a family's, one each."""
    arg = _only(call)
    value = express.value(b, arg, where) if arg is not None else None
    match value:
        case Failed():
            return FAILED
        case Node() if isinstance(value.type, Unknown):
            return FAILED
        case Node(role=Prediction()):
            return _error(b, value, call.span, where)
        case Members() if all(isinstance(n.role, Prediction) for n in value.nodes()):
            made = {key: _error(b, n, call.span, where) for key, n in value.members.items()}
            return _family("error", made)
        case _:
            what = "one prediction is needed" if value is None else f"this is {describe(value)}"
            b.report.add(NoPrediction(what, call.span))
            return FAILED


def label(b: Builder, call: tree.Call, where: Where) -> Value:
    """The labels of a task, 0 where a row has none; a set's, one each."""
    arg = _only(call)
    value = express.value(b, arg, where) if arg is not None else None
    match value:
        case Failed():
            return FAILED
        case Element():
            return _label(b, value, call.span, where)
        case IndexSet():
            made = {(e.label,): _label(b, e, call.span, where) for e in value.elements()}
            return _family("label", made)
        case _:
            what = "one task is needed" if value is None else f"this is {describe(value)}"
            b.report.add(NoLabel(what, call.span))
            return FAILED


def _only(call: tree.Call) -> tree.Expr | None:
    arg = call.args[0] if len(call.args) == 1 else None
    if arg is None or arg.name is not None or isinstance(arg.value, tree.Range):
        return None
    return arg.value


def _family(name: str, made: dict[Index, Node | Failed]) -> Value:
    members = {key: value for key, value in made.items() if isinstance(value, Node)}
    return FAILED if len(members) < len(made) else Members(name, members)


def _error(b: Builder, value: Node, span: Span, where: Where) -> Node | Failed:
    assert isinstance(value.role, Prediction)
    assert isinstance(value.type, Tensor)
    if where.owner is None:
        b.report.add(NoStatement(span))
        return FAILED
    labels = labels_of(b, value.role.task, span, filled=False)
    if isinstance(labels, Failed):
        return FAILED
    role = ErrorOf(value.role.task, value.type.meaning)
    return b.add(role, Tensor((1,)), (value, labels), where.owner, span)


def _label(b: Builder, element: Element, span: Span, where: Where) -> Node | Failed:
    symbol = where.scope.find(str(element.label))
    if not isinstance(symbol, TaskName):
        b.report.add(NoLabel(f"this is {describe(element)}", span))
        return FAILED
    task = symbol.task
    if task is None:
        return FAILED
    if task.word.vectors > 1:
        b.report.add(NoLabel(f"the labels of `{task.name}` are pairs, not numbers", span))
        return FAILED
    if task.trained and not task.word.labels(task.options):
        b.report.add(classes_unknown(task, span))
        return FAILED
    return labels_of(b, task, span, filled=True)


def labels_of(b: Builder, task: TaskField, span: Span, *, filled: bool) -> Node | Failed:
    """The node of a task's labels, made once."""
    if not task.trained:
        b.report.add(NotTrained(task.name, span, task.span))
        return FAILED
    role = LabelOf(task, filled)
    if f"{role.name}:0" not in b.nodes:
        statement = Statement("features", role.name, (), False, (), task.span)
        kind = Tensor((task.word.labels(task.options),))
        b.add(role, kind, (), Owner(statement, (), may_own=False), task.span)
    return b.nodes[f"{role.name}:0"]
