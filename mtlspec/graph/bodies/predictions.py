"""The laws of predictions: what a head may be given."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.indexing.one import Choice
from mtlspec.graph.naming.names import a_word
from mtlspec.source import Span
from mtlspec.types import Meaning


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
    kind: str
    task: str
    count: int
    span: Span
    needed: int = 1
    choice: Choice | None = None
    """The family that is too many, where it is the only value that is written."""

    def labels(self) -> Sequence[Label]:
        given = "1 value" if self.count == 1 else f"{self.count} values"
        takes = "one" if self.needed == 1 else f"{self.needed}"
        text = f"{given}, and {a_word(self.kind)} task takes {takes}"
        return [Label(self.span, text, primary=True)]

    def help(self) -> str:
        if self.needed > 1:
            return f"give two vectors of one width: `head[{self.task}] = user, item`"
        if self.choice is not None:
            return self.choice.help()
        return "join them by `concat(…)` or `mean(…)`, or pick one" if self.count > 1 else ""


class HeadMeaning(Error):
    """A head is of a meaning that its task can be trained on.

    What it means: the value is said to be a logit, a probability or a prediction already, so the
    head adds no output layer, and a task of this kind predicts something else.

    Example:
        head[price] = logit(z)       # price is a regression

    Instead:
        head[price] = z

    Why: what a number means decides which loss it is judged by and what is served of it.
    """

    id = "MTL0311"
    title = "a head is of a meaning that its task can be trained on"
    kind: str
    meaning: Meaning
    span: Span
    adds_layer: bool = True
    takes: frozenset[Meaning] = frozenset()
    """What it may be of without an output layer."""

    def headline(self) -> str:
        return f"`{self.kind}` tasks cannot be predicted by {_MEANT[self.meaning]}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"the value is {_MEANT[self.meaning]}", primary=True)]

    def help(self) -> str:
        if not self.adds_layer:
            return "give the head plain vectors"
        if self.meaning == "prediction" and "logit" in self.takes:
            return "say what the numbers are: `logit(…)`, or `prob(…)`"
        return "give the head a plain value: the task adds its output layer"


_MEANT = {
    "plain": "a plain value",
    "logit": "a logit",
    "logits": "logits of classes",
    "prob": "a probability",
    "prediction": "a number as it is",
}


class HeadWidth(Error):
    """A prediction has the numbers that its task needs.

    What it means: a head of a logit, a probability or a `prediction(…)` has no output layer, so the
    value itself must have as many numbers as the task predicts; a plain value must be one vector
    per row.

    Example:
        layer z = features -> linear(8)
        head[click] = logit(z)                  # eight logits for one task

    Instead:
        layer z = features -> linear(1)
        head[click] = logit(z)

    Why: which of several numbers is meant would be a guess.
    """

    id = "MTL0312"
    title = "a prediction has the numbers that its task needs"
    task: str
    needed: int
    found_type: str
    span: Span
    tokens: bool = False

    def headline(self) -> str:
        if not self.needed:
            return f"how many numbers predict `{self.task}` is told by the data alone"
        many = "1 number" if self.needed == 1 else f"{self.needed} numbers"
        return f"`{self.task}` is predicted by {many}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.found_type}", primary=True)]

    def help(self) -> str:
        if self.tokens:
            return "bring the tokens together, for example `-> pool`"
        return "give the head a plain vector, such as f32[8]: the task adds its output layer"


class HeadWithoutRows(Error):
    """A prediction is computed from the row.

    What it means: the value of a head is made of learned arrays alone, and is the same for all
    rows.

    Example:
        weight mean : f32[1] = zeros
        head[stars] = prediction(mean)

    Instead:
        weight mean : f32[1] = zeros
        head[stars] = prediction(mean + user_bias)

    Why: a task is predicted row by row, and no column says anything here.
    """

    id = "MTL0328"
    title = "a prediction is computed from the row"
    task: str
    span: Span

    def headline(self) -> str:
        return f"the prediction of `{self.task}` is the same for all rows"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "no column reaches it", primary=True)]


class HeadVectors(Error):
    """The vectors of a head have one width.

    What it means: the task compares two vectors number by number, and those that the head gives
    differ in width, or are no plain vectors of a row.

    Example:
        head[match] = user -> linear(16), item -> linear(8)

    Instead:
        head[match] = user -> linear(16), item -> linear(16)

    Why: the score of a pair is a dot product, and the task adds no layer of its own.
    """

    id = "MTL0690"
    title = "the vectors of a head have one width"
    task: str
    types: tuple[str, ...]
    span: Span
    tokens: bool = False

    def headline(self) -> str:
        return f"`{self.task}` compares vectors of one width"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"these are {' and '.join(self.types)}", primary=True)]

    def help(self) -> str:
        if self.tokens:
            return "bring the tokens together, for example `-> pool`"
        return "bring them to one width, for example by `-> linear(16)`"


class HeadIndices(Error):
    """A head is of a task, or of a task and a member of its ensemble.

    What it means: the head has more than two indices.

    Example:
        head[task, 3, 2] = features

    Instead:
        head[task, 6] = features

    Why: the members of an ensemble count alike, so they need no order of their own.
    """

    id = "MTL0319"
    title = "a head is of a task, or of a task and a member of its ensemble"
    count: int
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"{self.count} indices", primary=True)]


class ClassesUnknown(Error):
    """A prediction that is read has a number of classes that the spec says.

    What it means: the classes of the task are counted in the data, and a statement reads its
    prediction as a value, whose width would only be known then.

    Example:
        tasks { kind : multiclass }
        layer h = concat(features, prob(head[kind])) -> mlp(8)

    Instead:
        tasks { kind : multiclass(3) }

    Why: shapes are checked before any data are read.
    """

    id = "MTL0628"
    title = "a prediction that is read has a number of classes that the spec says"
    task: str
    span: Span
    declared: Span
    counted: bool = True
    """Whether the task may say how many, besides which."""

    def headline(self) -> str:
        return f"how many classes `{self.task}` has is told by the data alone"

    def labels(self) -> Sequence[Label]:
        how = "say how many: `multiclass(n)`, or" if self.counted else "say which:"
        return [
            Label(self.span, "it is read here", primary=True),
            Label(self.declared, f"{how} `values: […]`"),
        ]
