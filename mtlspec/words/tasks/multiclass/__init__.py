"""`multiclass`: one of several classes.

The label is a text, an integer or a bool, or null. With `values: [a, "b c"]` the classes and their
order are those; without, they are the values of the training rows, sorted and kept with the run,
and `multiclass(3)` says that there are three. The loss is the cross entropy of softmax(z), averaged
over the rows that have a label; the probability of each class is served, in order. A head of
probabilities p is judged by -log p of the class that was true and served as it is.

    tasks {
        species : multiclass
        plan    : multiclass(3, label: tariff)
        next    : multiclass(values: [none, cart, "check out"], label: next_page)
    }
"""

from collections.abc import Mapping
from typing import ClassVar, cast

from pydantic import BaseModel, Field

from mtlspec import pysource as py
from mtlspec.types import Meaning
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.tasks._classes import ListedClasses
from mtlspec.words.word import Options


class MulticlassOptions(TaskOptions):
    """`n` is how many classes there are, `values` which, in their order."""

    by_place: ClassVar[tuple[str, ...]] = ("n",)
    excludes: ClassVar[Mapping[str, tuple[str, ...]]] = {"values": ("n",)}
    n: int | None = Field(default=None, ge=2)
    values: ListedClasses | None = None


class Multiclass(Task):
    """One of several classes."""

    also = ("classification", "softmax", "classes", "cross_entropy", "ce", "nll", "nll_loss")
    takes_options = MulticlassOptions
    answer = "class"
    meaning = "logits"
    takes = frozenset({"logit", "logits", "prob"})
    metrics = ("accuracy", "logloss")

    def outputs(self, options: Options) -> int | None:
        read = cast("MulticlassOptions", options)
        return read.n if read.values is None else len(read.values)

    def fits(self, options: Options) -> bool:
        return cast("MulticlassOptions", options).values is None

    def class_names(self, options: Options, fitted: BaseModel | None) -> tuple[str | int, ...]:
        values = cast("MulticlassOptions", options).values
        return values or cast("tuple[str | int, ...]", getattr(fitted, "classes", ()))

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
        if meaning == "prob":
            return prediction
        return py.call("torch.softmax", prediction, dim=py.Constant(-1))


def _error(meaning: Meaning) -> str:
    return "class_error_of_probs" if meaning == "prob" else "class_error"


WORD = Multiclass()
