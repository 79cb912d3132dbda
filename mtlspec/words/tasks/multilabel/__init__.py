"""`multilabel`: several yes-or-no answers at once.

With `labels: [a, b > 0]` each is a column or a condition of its own, 0 or 1, a bool, or null where
it is not known. Without, the label is a column of lists, and `values: [x, y]` says which of their
entries are asked for; other entries are no answer to any of them. Where none are given, they are
all entries of the training rows, sorted and kept with the run. The loss of a row is the mean cross
entropy of its known labels; the probability of each label is served, in order.

    tasks {
        assays : multilabel(labels: [nr_ar, nr_er, sr_p53])
        tags   : multilabel(values: [food, travel, music])
        topics : multilabel
    }
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, cast

from pydantic import AfterValidator, BaseModel

from mtlspec import pysource as py
from mtlspec.syntax import tree
from mtlspec.types import Meaning
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.tasks._classes import ListedClasses
from mtlspec.words.word import Condition, Options, Raw


def _columns(written: Condition) -> Condition:
    if not isinstance(written.tree, tree.Array) or len(written.tree.items) < 2:
        raise ValueError("a list of at least two columns or conditions")
    return written


class MultilabelOptions(TaskOptions):
    """`labels` is a column or a condition for each label, `values` are entries of lists."""

    excludes: ClassVar[Mapping[str, tuple[str, ...]]] = {"labels": ("values", "label")}
    labels: Annotated[Condition, Raw(), AfterValidator(_columns)] | None = None
    values: ListedClasses | None = None

    @property
    def written(self) -> tuple[tree.Expr, ...]:
        """The columns or conditions of `labels`."""
        return cast("tree.Array", self.labels.tree).items if self.labels else ()


class Multilabel(Task):
    """Several yes-or-no answers."""

    also = ("multi_label", "tagging")
    takes_options = MultilabelOptions
    answer = "labels"
    meaning = "logit"
    takes = frozenset({"logit", "prob"})
    metrics = ("auc", "logloss")

    def outputs(self, options: Options) -> int | None:
        read = cast("MultilabelOptions", options)
        return len(read.written) or (None if read.values is None else len(read.values))

    def labels(self, options: Options) -> int:
        return self.outputs(options) or 0

    def label_columns(self, options: Options, own: tree.Expr) -> tuple[tree.Expr, ...]:
        return cast("MultilabelOptions", options).written or (own,)

    def reads_lists(self, options: Options) -> bool:
        return cast("MultilabelOptions", options).labels is None

    def fits(self, options: Options) -> bool:
        read = cast("MultilabelOptions", options)
        return read.labels is None and read.values is None

    def class_names(self, options: Options, fitted: BaseModel | None) -> tuple[str | int, ...]:
        read = cast("MultilabelOptions", options)
        found = cast("tuple[str | int, ...]", getattr(fitted, "entries", ()))
        return read.values or found or tuple(item.span.text for item in read.written)

    def functions(self, options: Options, meaning: Meaning) -> tuple[str, ...]:
        del options
        return (_error(meaning),)

    def write_error(
        self, options: Options, meaning: Meaning, prediction: py.Expr, label: py.Expr
    ) -> py.Expr:
        del options
        return py.call(_error(meaning), prediction, label)

    def write_served(self, options: Options, meaning: Meaning, prediction: py.Expr) -> py.Expr:
        del options
        return prediction if meaning == "prob" else py.call("torch.sigmoid", prediction)


def _error(meaning: Meaning) -> str:
    return "labels_error_of_probs" if meaning == "prob" else "labels_error"


WORD = Multilabel()
