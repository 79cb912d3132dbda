"""Statements: what each declares, and how one member of it becomes nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label, Note
from mtlspec.graph import express, options
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.call import apply
from mtlspec.graph.names import NotBuilt, UnknownName
from mtlspec.graph.node import Keyword, Mix, Node, Prediction
from mtlspec.graph.scope import MemberValue, TaskName
from mtlspec.graph.values import Absent, Failed
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import UNKNOWN, Tensor, Type
from mtlspec.words import registry
from mtlspec.words.ops import Op
from mtlspec.words.routers import GateOptions
from mtlspec.words.word import Bound

OWNERS = frozenset({"layer", "expert", "gate", "head"})
"""Statements that may own weights."""

Compute = Callable[[Builder, Where], MemberValue]
"""Makes the nodes of one member."""


@dataclass(frozen=True, slots=True)
class Defines:
    """What a statement declares: one name, its indices, and how a member is computed."""

    keyword: Keyword
    name: str
    name_span: Span
    index: tuple[tree.Index, ...] | None
    moves: bool
    span: Span
    compute: Compute


@dataclass(frozen=True)
class NoCandidates(Error):
    """A mix needs something to mix.

    What it means: the list of candidates is empty for a member.

    Example:
        gate g[task] = e[2..] by features      # with a single expert

    Instead: list at least one candidate.

    Why: a weighted sum of nothing has no value and no width.
    """

    id = "MTL0503"
    title = "a mix needs at least one candidate"
    name: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"`{self.name}` is left with none", primary=True)]


@dataclass(frozen=True)
class GateOfOne(Note):
    """A softmax gate with one candidate is that candidate, and owns nothing."""

    id = "gate-of-one"
    title = "a softmax gate with one candidate is that candidate"
    name: str
    span: Span

    def headline(self) -> str:
        return f"the gate `{self.name}` has one candidate and is that candidate"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]


@dataclass(frozen=True)
class HeadShape(Error):
    """A task says how many values its head takes.

    What it means: the head gives another number of values than the task's kind needs.

    Example:
        head[income] = a, b          # income is binary

    Instead:
        head[income] = concat(a, b)

    Why: what is predicted and how it is judged belong to the kind of task.
    """

    id = "MTL0308"
    title = "a head gives the values that its task needs"
    task: str
    kind: str
    count: int
    span: Span

    def labels(self) -> Sequence[Label]:
        text = f"{self.count} values, and a {self.kind} task takes one"
        return [Label(self.span, text, primary=True)]


def defined(statement: tree.Stmt) -> Defines | NotBuilt | None:
    """What a statement defines; None for one that defines no value (`set`, `repeat`, …)."""
    match statement:
        case tree.Layer() | tree.Let():
            return _values(statement)
        case tree.Expert():
            return _one("expert", statement.target, statement, statement.value)
        case tree.Stream():
            return _one("stream", statement.target, statement, statement.value)
        case tree.Gate():
            return _gate(statement)
        case tree.Head():
            return _head(statement)
        case tree.Block() | tree.Weight() | tree.Stitch() | tree.Loss() | tree.Require():
            return NotBuilt(f"`{type(statement).__name__.lower()}`", statement.span)
        case tree.Return():
            return NotBuilt("`return` outside a component", statement.span)
        case tree.SetDecl() | tree.Repeat() | tree.Broken():
            return None


def _values(statement: tree.Layer | tree.Let) -> Defines | NotBuilt:
    if len(statement.targets) != 1 or len(statement.values) != 1:
        return NotBuilt("several names or values in one statement", statement.span)
    keyword: Keyword = "layer" if isinstance(statement, tree.Layer) else "let"
    return _one(keyword, statement.targets[0], statement, statement.values[0])


def _one(
    keyword: Keyword,
    target: tree.Target,
    statement: tree.Layer | tree.Let | tree.Expert | tree.Stream,
    expr: tree.Expr,
) -> Defines:
    def compute(b: Builder, where: Where) -> MemberValue:
        found = express.value(b, expr, where)
        if isinstance(found, Absent) and keyword in ("let", "stream"):
            return found
        return express.single(b, found, expr, where)

    moves = not isinstance(statement, tree.Stream) and statement.moves
    return Defines(
        keyword, target.name.name, target.name.span, target.index, moves, statement.span, compute
    )


def _gate(statement: tree.Gate) -> Defines:
    def compute(b: Builder, where: Where) -> MemberValue:
        return _mix(b, statement, where)

    name = statement.target.name
    return Defines(
        "gate",
        name.name,
        name.span,
        statement.target.index,
        statement.moves,
        statement.span,
        compute,
    )


def _mix(b: Builder, statement: tree.Gate, where: Where) -> Node:
    """A gate: the candidates weighed by router(W s)."""
    assert where.owner is not None
    span = statement.span
    read = options.read_model(b, "gate", GateOptions, statement.options, where, span)
    candidates = [n for expr in statement.candidates for n in express.nodes(b, expr, where)]
    selectors = [n for expr in statement.selectors for n in express.nodes(b, expr, where)]
    if not candidates:
        b.report.add(NoCandidates(where.owner.statement.name, span))
    if read is None or not candidates or not selectors:
        return b.nothing(where.owner, span)
    assert isinstance(read, GateOptions)
    if len(candidates) == 1 and read.router.word.name == "softmax":
        b.alone.add(candidates[0].site.statement.name)
        b.report.add(GateOfOne(where.owner.statement.name, span))
        return candidates[0]
    scores = _scores(b, selectors, len(candidates), read, span, where)
    if isinstance(scores, Failed):
        return b.nothing(where.owner, span)
    kind = _mixed(candidates)
    inputs = (*candidates, scores)
    return b.add(Mix(read.router, len(candidates)), kind, inputs, where.owner, span)


def _scores(
    b: Builder,
    selectors: Sequence[Node],
    count: int,
    read: GateOptions,
    span: Span,
    where: Where,
) -> Node | Failed:
    """ℓ = W s, one number per candidate; several selectors are joined."""
    places = [node.span for node in selectors]
    selector: Node | Failed = selectors[0]
    if len(selectors) > 1:
        concat = registry.find("ops", "concat")
        assert concat is not None
        selector = apply(b, concat.bind(), selectors, places, span, where)
    if isinstance(selector, Failed) or not isinstance(selector.type, Tensor):
        return Failed()
    linear = registry.find("ops", "linear")
    assert linear is not None
    return linear_layer(b, linear.bind(n=count, bias=read.bias), selector, "gate", span, where)


def linear_layer(b: Builder, op: Bound, source: Node, inner: str, span: Span, where: Where) -> Node:
    """A linear layer whose weights have a name of their own: `gate`, `out`."""
    assert isinstance(op.word, Op)
    assert isinstance(source.type, Tensor)
    assert where.owner is not None
    kind = op.word.infer(op.options, [source.type])
    assert isinstance(kind, Tensor)
    parameters = op.word.parameters(op.options, [source.type])
    return b.apply(op, kind, (source,), where.owner, span, parameters=parameters, inner=inner)


def _mixed(candidates: Sequence[Node]) -> Type:
    """The type of a mix; unknown where the candidates differ, which a rule of `check` reports."""
    types = [node.type for node in candidates]
    first = types[0]
    if not isinstance(first, Tensor):
        return UNKNOWN
    alike = all(isinstance(t, Tensor) and t.shape == first.shape for t in types)
    return Tensor(first.shape) if alike else UNKNOWN


def _head(statement: tree.Head) -> Defines:
    def compute(b: Builder, where: Where) -> MemberValue:
        return _predict(b, statement, where)

    return Defines(
        "head",
        "head",
        statement.index_span,
        statement.index,
        False,
        statement.span,
        compute,
    )


def _predict(b: Builder, statement: tree.Head, where: Where) -> Node:
    """A prediction: the head's value through the task's output layer, if it is a plain one."""
    assert where.owner is not None
    span = statement.span
    label, *others = where.owner.index
    symbol = where.scope.find(str(label))
    if others:
        b.report.add(NotBuilt("an ensemble of heads", statement.index_span))
    elif not isinstance(symbol, TaskName):
        names = {n: s.span for n, s in where.scope.visible().items() if isinstance(s, TaskName)}
        first = next(iter(names.values()), None)
        error = UnknownName(str(label), statement.index_span, "a task", tuple(names), first)
        b.report.add(error)
    task = symbol.task if isinstance(symbol, TaskName) else None
    values = [n for expr in statement.values for n in express.nodes(b, expr, where)]
    if task is None or others:
        return b.nothing(where.owner, span)
    if len(values) != 1:
        b.report.add(HeadShape(task.name, task.word.name, len(values), span))
        return b.nothing(where.owner, span)
    value = values[0]
    if not isinstance(value.type, Tensor):
        return b.nothing(where.owner, span)
    if value.type.meaning == "plain":
        linear = registry.find("ops", "linear")
        assert linear is not None
        op = linear.bind(n=task.word.outputs(task.options))
        value = linear_layer(b, op, value, "out", span, where)
    assert isinstance(value.type, Tensor)
    kind = Tensor(value.type.shape, meaning=task.word.meaning)
    return b.add(Prediction(task), kind, (value,), where.owner, span)
