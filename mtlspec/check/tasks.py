"""Rules of tasks: what is trained, and that predictions know nothing of it."""

from collections.abc import Iterator, Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.build import Built
from mtlspec.graph.node import LabelOf
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import registry
from mtlspec.words.conditions import check_form, columns_of
from mtlspec.words.metrics import BoundMetric, Metric


class PredictionReadsLabel(Error):
    """A prediction does not read labels.

    What it means: a head is made from `label(…)` or `error(…)`, perhaps by way of other
    statements.

    Example:
        head[buy] = concat(features, label(click))

    Instead:
        head[buy] = concat(features, prob(head[click]))

    Why: labels are known in training alone. When the model serves there are none.
    """

    id = "MTL0317"
    title = "a prediction does not read labels"
    task: str
    of: str
    span: Span
    read: Span | None = None
    """What reads the labels, in the head's statement or before it."""

    def headline(self) -> str:
        return f"the prediction of `{self.task}` reads labels of `{self.of}`"

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, "known in training alone", primary=True)]
        return marks if self.read is None else [*marks, Label(self.read, "labels are read here")]

    def help(self) -> str:
        return f"read the prediction: `head[{self.of}]`"


def no_prediction_reads_a_label(built: Built) -> Iterator[PredictionReadsLabel]:
    """One error for each task that reads labels."""
    graph = built.graph
    labelled = [n for n in graph.nodes() if isinstance(n.role, LabelOf)]
    if not labelled:
        return
    for task, keys in graph.heads.items():
        above = graph.above(keys)
        read = next((node for node in labelled if node.key in above), None)
        if read is not None and isinstance(read.role, LabelOf):
            head = graph.node(keys[0])
            readers = (node.span for node in graph.readers(read) if node.key in above)
            place = next((span for span in readers if span != head.span), None)
            yield PredictionReadsLabel(task, read.role.task.name, head.span, place)


class MetricDoesNotSuit(Error):
    """A task is judged by metrics of what it answers.

    What it means: `metrics:` names one that cannot judge the answers of this kind of task.

    Example:
        rent : regression(metrics: [auc])

    Instead:
        rent : regression(metrics: [r2, spearman])

    Why: of a number there are no positive rows, and of a class no distance.
    """

    id = "MTL0625"
    title = "a task is judged by metrics of what it answers"
    task: str
    kind: str
    metric: str
    known: tuple[str, ...]
    span: Span

    def headline(self) -> str:
        return f"`{self.metric}` does not judge `{self.kind}` tasks"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"`{self.task}` is judged by `{self.metric}`", primary=True)]

    def help(self) -> str:
        return "there is " + ", ".join(f"`{name}`" for name in self.known)


def metrics_suit_their_task(built: Built) -> Iterator[MetricDoesNotSuit]:
    """One error for each metric that cannot judge what the task answers."""
    for task in built.graph.schema.tasks:
        answer, kind = task.word.answer, task.word.name
        known = [registry.find("metrics", name) for name in registry.names("metrics")]
        suited = tuple(w.name for w in known if isinstance(w, Metric) and answer in w.judges)
        for metric in task.metrics:
            if metric.word.name not in suited:
                span = metric.span or task.span
                yield MetricDoesNotSuit(task.name, kind, metric.word.name, suited, span)


class MetricTwice(Error):
    """A task is judged by a metric once.

    What it means: `metrics:` lists one metric again, with the same options.

    Example:
        click : binary(metrics: [auc, logloss, auc])

    Instead:
        click : binary(metrics: [auc, logloss, auc(by: user_id)])

    Why: both would be one number under one name, so another was meant, or none.
    """

    id = "MTL0252"
    title = "a task is judged by a metric once"
    task: str
    metric: str
    span: Span
    first: Span

    def headline(self) -> str:
        return f"`{self.task}` is judged by `{self.metric}` twice"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "the same again", primary=True), Label(self.first)]


def tasks_are_judged_once_by_a_metric(built: Built) -> Iterator[MetricTwice]:
    """One error for each metric that stands in the list before it."""
    for task in built.graph.schema.tasks:
        known: dict[BoundMetric, Span] = {}
        for metric in task.metrics:
            span = metric.span or task.span
            if metric in known:
                yield MetricTwice(task.name, str(metric), span, known[metric])
            known.setdefault(metric, span)


class NothingTrained(Error):
    """Some task of a model is trained.

    What it means: every task that has a head says `label: none`.

    Example:
        tasks { click : binary(label: none) }

    Instead:
        tasks { click : binary(label: clicked) }

    Why: with nothing to learn from, all predictions would be noise.
    """

    id = "MTL0318"
    title = "some task of a model is trained"
    spans: tuple[Span, ...]

    def headline(self) -> str:
        return "no task of this model has labels"

    def labels(self) -> Sequence[Label]:
        return [
            Label(span, "`label: none`", primary=not place) for place, span in enumerate(self.spans)
        ]


def some_task_is_trained(built: Built) -> Iterator[NothingTrained]:
    """Silent where part of the model could not be read."""
    tasks = built.graph.tasks
    if tasks and not built.incomplete and not any(task.trained for task in tasks):
        yield NothingTrained(tuple(task.span for task in tasks))


class GroupsDiffer(Error):
    """Tasks whose rows belong together have the same groups.

    What it means: two tasks of one data set say `group:`, and not the same.

    Example:
        rank  : ranking(group: query)
        order : ranking(group: visit)

    Instead:
        rank  : ranking(group: query)
        order : ranking(group: query)

    Why: the rows of a group stay in one batch and on one side of the held-out rows. Those of a
    query would then keep their visits whole, and these their queries, until all were one group.
    """

    id = "MTL0660"
    title = "tasks whose rows belong together have the same groups"
    task: str
    other: str
    span: Span
    before: Span

    def headline(self) -> str:
        return f"`{self.other}` and `{self.task}` have different groups"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, f"those of `{self.task}`", primary=True),
            Label(self.before, f"those of `{self.other}`"),
        ]

    def help(self) -> str:
        return f"say `group: {self.before.text}`, or give one a data set of its own, `from:`"


class GroupOfAllRows(Error):
    """Groups are told apart by a column.

    What it means: `group:` reads no column, so all rows would be of one group. A text in quotes is
    a text, and no name of a column.

    Example:
        rank : ranking(group: "search id", label: grade)

    Instead:
        rank : ranking(group: column("search id"), label: grade)

    Why: the rows of a group compete, in one batch. All rows of the data hardly do.
    """

    id = "MTL0662"
    title = "groups are told apart by a column"
    task: str
    text: str | None
    span: Span

    def headline(self) -> str:
        return f"`group:` of `{self.task}` reads no column"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "the same in every row", primary=True)]

    def help(self) -> str:
        if self.text is None:
            return "name the column that tells which rows compete, such as `group: query_id`"
        return f'a column is written bare, or as `column("{self.text}")`'


def groups_are_told_apart_by_a_column(built: Built) -> Iterator[GroupOfAllRows]:
    """One error for each task whose groups are the same in every row."""
    for task in built.used.trained:
        group = task.group
        if group is not None and not columns_of(group) and not check_form(group):
            text = group.value if isinstance(group, tree.String) else None
            yield GroupOfAllRows(task.name, text, group.span)


def tasks_have_the_same_groups(built: Built) -> Iterator[GroupsDiffer]:
    """One error for each task whose groups are not those of the first of its data set."""
    grouped = [(task, task.group) for task in built.used.trained if task.group is not None]
    firsts = {task.source: (task, group) for task, group in reversed(grouped)}
    for task, group in grouped:
        first, before = firsts[task.source]
        if group != before:
            yield GroupsDiffer(task.name, first.name, group.span, before.span)
