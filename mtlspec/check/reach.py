"""Rules of reachability: what has a head, and what reaches none."""

from collections.abc import Iterator, Sequence

from mtlspec.diagnostics import Error, Label, Note
from mtlspec.graph.build import Built
from mtlspec.graph.builder import marks_of
from mtlspec.graph.node import Nothing, Statement
from mtlspec.source import Span


class NoHead(Error):
    """A model has at least one head.

    What it means: no task of the program gets a prediction.

    Example:
        model m {
            layer h = features -> mlp(64)
        }

    Instead:
        model m {
            layer h = features -> mlp(64)
            head[task] = h
        }

    Why: what reaches no head is not built, so nothing would be.
    """

    id = "MTL0504"
    title = "a model must have a head for at least one task"
    model: str
    span: Span
    has_tasks: bool

    def headline(self) -> str:
        return f"the model `{self.model}` predicts nothing"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        if not self.has_tasks:
            return "declare tasks: `tasks { clicked : binary }`, or `use` a schema that has some"
        return "give every task a head: `head[task] = …`"


def some_task_has_a_head(built: Built) -> Iterator[NoHead]:
    """Silent where part of the model could not be read."""
    graph = built.graph
    if graph.heads or built.incomplete:
        return
    yield NoHead(graph.name, built.model_span, bool(graph.schema.tasks))


class TaskWithoutHead(Note):
    """A task that the model gives no head is left out."""

    id = "task-without-head"
    title = "a task without a head is left out"
    task: str
    span: Span

    def headline(self) -> str:
        return f"the task `{self.task}` has no head and is left out"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]


def every_task_has_a_head(built: Built) -> Iterator[TaskWithoutHead]:
    """A note for each task that is left out; silent where part of the model has an error."""
    if built.incomplete or not built.graph.heads:
        return
    tasks, heads = built.graph.schema.tasks, built.graph.heads
    partly = {task.family for task in tasks if task.name in heads}
    for task in tasks:
        if task.name not in heads:
            name = task.name if task.family in partly else task.family
            yield TaskWithoutHead(name or task.name, task.span)


class DeadStatement(Note):
    """A statement that reaches no head is not built."""

    id = "dead-statement"
    title = "what reaches no head is not built"
    keyword: str
    name: str
    span: Span
    iteration: str
    last: bool

    def headline(self) -> str:
        which = "the last " if self.last else ""
        return f"{which}`{self.keyword} {self.name}` reaches no head and is not built"

    def labels(self) -> Sequence[Label]:
        text = f"in iteration {self.iteration}" if self.iteration else ""
        return [Label(self.span, text, primary=True)]


def every_statement_reaches_a_head(built: Built) -> Iterator[DeadStatement]:
    """A note for each statement and iteration that is not built.

    Of a component none of which is built, the call is named, and not what it consists of.
    """
    graph = built.graph
    if built.incomplete or not graph.heads:
        return
    made: dict[Statement, bool] = {}
    for node in graph.nodes():
        statement = node.site.statement
        if statement.keyword not in ("features", "block") and not isinstance(node.role, Nothing):
            for part in (statement, *(caller.statement for caller in statement.callers())):
                made[part] = made.get(part, False) or node.key in graph.live
    latest = {(s.name, s.span): s.iteration for s in graph.statements}
    known = frozenset(graph.statements)
    for statement, live in made.items():
        called = all(made[caller.statement] for caller in statement.callers())
        if not live and called and statement not in built.lifted and statement in known:
            last = statement.iteration == latest.get((statement.name, statement.span))
            iteration = ".".join(map(str, statement.iteration))
            yield DeadStatement(
                statement.keyword,
                statement.name,
                statement.span,
                iteration,
                last and bool(iteration),
            ).led_by(marks_of(statement))
