"""What `select` means: which epoch's weights are the best.

`read_select` turns the expression of `train { select : … }` into a `Select`, which scores an
epoch's metrics and compares scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pydantic import ValidationError

from mtlspec.diagnostics import Diagnostic, Error, Label, closest
from mtlspec.graph.node import show_index
from mtlspec.graph.schema import Schema, TaskField
from mtlspec.names import ranges
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.metrics import BoundMetric


@dataclass(frozen=True, slots=True)
class Term:
    """A metric of a task: `income.auc`, `income.auc(by: sex)`."""

    task: str
    metric: BoundMetric

    def __str__(self) -> str:
        return f"{self.task}.{self.metric}"


@dataclass(frozen=True, slots=True)
class Select:
    """The mean of one or more metrics, all of which are better when they are higher (or lower)."""

    terms: tuple[Term, ...]
    higher_is_better: bool

    def score(self, metrics: Mapping[str, float | None]) -> float | None:
        """The mean over the terms that have a value on these rows; None if none has."""
        values = [value for term in self.terms if (value := metrics[str(term)]) is not None]
        return sum(values) / len(values) if values else None

    def is_better(self, score: float, than: float) -> bool:
        """Whether a score beats another; an equal one does not."""
        return score > than if self.higher_is_better else score < than

    def __str__(self) -> str:
        terms = ", ".join(str(term) for term in _drawn(self.terms))
        return terms if len(self.terms) == 1 else f"mean({terms})"


def _drawn(terms: Sequence[Term]) -> Iterator[Term]:
    """The terms, those of a family's tasks in a row together: `exam[1..139].auc`."""
    for metric, group in groupby(terms, key=lambda term: term.metric):
        yield from (Term(task, metric) for task in ranges([term.task for term in group]))


def read_select(expression: tree.Expr | None, schema: Schema) -> Select | list[Diagnostic]:
    """What `select` says, or everything that is wrong with it; None is the default."""
    if expression is None:
        return _agree([_main_metric(task) for task in schema.trained], None, schema)
    read = [_read_terms(part, schema) for part in _parts(expression)]
    wrong = [found for found in read if isinstance(found, Diagnostic)]
    terms = [term for found in read if not isinstance(found, Diagnostic) for term in found]
    return wrong if wrong else _agree(terms, expression.span, schema)


def _main_metric(task: TaskField) -> Term:
    return Term(task.name, task.metrics[0])


def _parts(expression: tree.Expr) -> list[tree.Expr | tree.Range]:
    """The arguments of `mean(…)`, else the expression itself."""
    while isinstance(expression, tree.Paren):
        expression = expression.value
    match expression:
        case tree.Call(callee=tree.Name(name="mean"), args=args) if args:
            return [argument.value for argument in args]
        case _:
            return [expression]


def _read_terms(part: tree.Expr | tree.Range, schema: Schema) -> list[Term] | Diagnostic:
    """`exam[3].auc`, or that of every task of a family: `exam.auc`."""
    named, args = (part.callee, part.args) if isinstance(part, tree.Call) else (part, ())
    task = _task_name(named.value) if isinstance(named, tree.MemberOf) else None
    if not isinstance(named, tree.MemberOf) or task is None:
        return SelectIsNoMetric(part.span)
    fields = [field for field in schema.trained if task in (field.name, field.family)]
    if not fields:
        families = dict.fromkeys(field.family or field.name for field in schema.trained)
        return SelectUnknownTask(named.value.span, task, tuple(families))
    metrics = fields[0].metrics
    metric = next((metric for metric in metrics if _is_written(metric, named.name, args)), None)
    if metric is None:
        span = Span(part.span.file, named.name.span.start, part.span.stop)
        return SelectUnknownMetric(span, task, tuple(map(str, metrics)))
    return [Term(field.name, metric) for field in fields]


def _is_written(metric: BoundMetric, name: tree.Ident, args: Sequence[tree.Arg]) -> bool:
    """Whether `auc(by: sex)` is the metric, which may be written in several ways."""
    model = type(metric.word).takes_options
    left = iter(model.by_place)
    given = {arg.name.name if arg.name else next(left, ""): _constant(arg.value) for arg in args}
    try:
        options = model.model_validate(given)
    except ValidationError:
        return False
    return name.name == metric.word.name and options == metric.options


def _task_name(expr: tree.Expr) -> str | None:
    """The name of a task, or of a family of them, as the spec writes it."""
    match expr:
        case tree.Name(name=name):
            return name
        case tree.Pick(value=tree.Name(name=name), index=index):
            labels = [_constant(item) for item in index]
            known = [label for label in labels if label is not None]
            return name + show_index(tuple(known)) if len(known) == len(labels) else None
        case _:
            return None


def _constant(item: tree.Index) -> str | int | None:
    match item:
        case tree.Name(name=name):
            return name
        case tree.Int(value=value) | tree.String(value=value):
            return value
        case _:
            return None


def _agree(terms: Sequence[Term], span: Span | None, schema: Schema) -> Select | list[Diagnostic]:
    """The mean of metrics; without a `span` they are the tasks' main ones."""
    higher = [term for term in terms if term.metric.word.higher_is_better]
    lower = [term for term in terms if not term.metric.word.higher_is_better]
    if higher and lower:
        places = {task.name: task.span for task in schema.trained}
        tasks = (places[higher[0].task], places[lower[0].task])
        return [SelectMixesDirections(span, str(higher[0]), str(lower[0]), tasks)]
    return Select(tuple(terms), higher_is_better=not lower)


# --- what may be wrong ---------------------------------------------------------------------------


class SelectUnknownTask(Error):
    """`select` reads metrics of tasks that the model predicts.

    What it means: what is best is decided by metrics of the tasks that the model predicts. The
    name before the dot has to be one of them.

    Example:
        train { select : incom.auc }

    Instead:
        train { select : income.auc }

    Why: a misspelled task would otherwise quietly choose other weights than you asked for.
    """

    id = "MTL0261"
    title = "`select` reads metrics of tasks that the model predicts"
    span: Span
    name: str
    tasks: tuple[str, ...]

    def headline(self) -> str:
        return f"`{self.name}` is not a task"

    def labels(self) -> Sequence[Label]:
        return (Label(self.span, _meant(self.name, self.tasks), primary=True),)

    def help(self) -> str:
        return f"the tasks are {_listed(self.tasks)}"


class SelectUnknownMetric(Error):
    """`select` reads metrics that the task is judged by.

    What it means: the name after the dot has to be one of the metrics of that kind of task.

    Example:
        train { select : income.acu }

    Instead:
        train { select : income.auc }

    Why: only metrics that are computed after each epoch can tell which epoch was the best.
    """

    id = "MTL0262"
    title = "`select` reads metrics that the task is judged by"
    span: Span
    task: str
    metrics: tuple[str, ...]

    @property
    def name(self) -> str:
        """As it is written, on one line."""
        return " ".join(self.span.text.split())

    def headline(self) -> str:
        return f"`{self.task}` has no metric `{self.name}`"

    def labels(self) -> Sequence[Label]:
        return (Label(self.span, _meant(self.name, self.metrics), primary=True),)

    def help(self) -> str:
        return f"`{self.task}` is judged by {_listed(self.metrics)}"


class SelectIsNoMetric(Error):
    """`select` is a metric of a task, or the mean of such metrics.

    What it means: it takes one metric of a task, or `mean( )` of several.

    Example:
        train { select : income + marital }

    Instead:
        train { select : mean(income.auc, marital.auc) }

    Why: to compare two epochs, each has to come down to one number whose better direction is known.
    """

    id = "MTL0361"
    title = "`select` is a metric of a task, or the mean of such metrics"
    span: Span

    def labels(self) -> Sequence[Label]:
        return (Label(self.span, "this is neither", primary=True),)

    def expected(self) -> str:
        return "`task.metric` or `mean(task.metric, …)`"


class SelectMixesDirections(Error):
    """The metrics that `select` averages have one better direction.

    What it means: of some metrics (AUC) more is better, of others (logloss) less. A mean of both
    would grow when one becomes better and also when the other becomes worse.

    Example:
        train { select : mean(income.auc, marital.logloss) }

    Instead:
        train { select : mean(income.logloss, marital.logloss) }

    Why: a number without a better direction cannot choose an epoch. A mean of metrics that are
    all better when lower, as here, is itself better when lower.
    """

    id = "MTL0362"
    title = "the metrics that `select` averages have one better direction"
    span: Span | None
    higher: str
    lower: str
    tasks: tuple[Span, Span]
    """Those of the two metrics, which are their main ones where `select` does not say."""

    def headline(self) -> str:
        return f"`{self.higher}` is better when higher, `{self.lower}` when lower"

    def labels(self) -> Sequence[Label]:
        if self.span:
            return (Label(self.span, "their mean has no better direction", primary=True),)
        first, second = self.tasks
        return (
            Label(first, "its main metric is better when higher", primary=True),
            Label(second, "its main metric is better when lower"),
        )

    def place(self) -> str:
        return "train.select"

    def help(self) -> str:
        if self.span is None:
            return f"say what is best: `train {{ select : {self.higher} }}`"
        return "average metrics of one direction, or select by one of them"


def _meant(name: str, candidates: Sequence[str]) -> str:
    guess = closest(name, candidates)
    return f"did you mean `{guess}`?" if guess else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
