"""Rules of tasks: what is trained, and that predictions know nothing of it."""

from collections.abc import Iterator, Sequence

import networkx as nx

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.build import Built
from mtlspec.graph.node import LabelOf
from mtlspec.source import Span
from mtlspec.words import registry
from mtlspec.words.metrics import Metric


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

    def headline(self) -> str:
        return f"the prediction of `{self.task}` reads labels of `{self.of}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "known in training alone", primary=True)]

    def help(self) -> str:
        return f"read the prediction: `head[{self.of}]`"


def no_prediction_reads_a_label(built: Built) -> Iterator[PredictionReadsLabel]:
    """One error for each task that reads labels."""
    graph = built.graph
    labelled = [n for n in graph.nodes() if isinstance(n.role, LabelOf)]
    if not labelled:
        return
    for task, keys in graph.heads.items():
        above = set[str]().union(*(nx.ancestors(graph.nx, key) for key in keys))
        read = next((node for node in labelled if node.key in above), None)
        if read is not None and isinstance(read.role, LabelOf):
            yield PredictionReadsLabel(task, read.role.task.name, graph.node(keys[0]).span)


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
        known = [word for name in registry.names("metrics") if (word := _metric(name))]
        suited = tuple(word.name for word in known if task.word.answer in word.judges)
        for name in task.metrics:
            if name not in suited:
                yield MetricDoesNotSuit(task.name, task.word.name, name, suited, task.span)


def _metric(name: str) -> Metric | None:
    word = registry.find("metrics", name)
    return word if isinstance(word, Metric) else None


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
