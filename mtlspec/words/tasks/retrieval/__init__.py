"""`retrieval`: which item belongs to a user, by the dot product of two vectors.

A head gives two vectors of one width, `head[match] = user, item`, and gets no output layer. The
positives are the rows that `where:` keeps; of a `label:` of 0 and 1, those of a 1. The loss is the
cross entropy of a softmax of the scores, user · item / temperature, of a positive's user with its
own item and those of the other positives of the batch (Yi et al., RecSys 2019, eq. 5). `item:`
names the column that tells which item a row has: rows of one item are then no negatives of each
other, a null is no positive, and `correct: logq` takes from each score the logarithm of the item's
share of the training rows' positives. The score of a row's own pair is served.

    tasks {
        match : retrieval(temperature: 0.05, where: clicked == 1)
        next  : retrieval(temperature: 0.1, item: item_id, correct: logq)
    }
"""

from collections.abc import Mapping
from typing import ClassVar, Literal, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.syntax import tree
from mtlspec.types import Meaning
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.word import ConditionOption, Options


class RetrievalOptions(TaskOptions):
    """`temperature` divides the scores. `item` tells which item a row has. `negatives` are the
    items that a positive is set against: `in_batch`, those of the other positives of the batch.
    `correct` takes from each score what its item's frequency adds: `logq`.
    """

    excludes: ClassVar[Mapping[str, tuple[str, ...]]] = {"item": ("label",)}
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {"correct": ("item",)}
    temperature: float = Field(default=1.0, gt=0)
    negatives: Literal["in_batch"] = "in_batch"
    item: ConditionOption | None = None
    correct: Literal["logq"] | None = None


class Retrieval(Task):
    """Which item belongs to a user."""

    also = ("two_tower", "contrastive", "infonce", "in_batch_softmax")
    takes_options = RetrievalOptions
    answer = "pair"
    meaning = "plain"
    metrics = ("mrr", "recall")
    vectors = 2

    def outputs(self, options: Options) -> None:
        del options

    def served(self, options: Options) -> int:
        del options
        return 1

    def labels(self, options: Options) -> int:
        return 2 if _read(options).correct else 1

    def label_columns(self, options: Options, own: tree.Expr) -> tuple[tree.Expr, ...]:
        read = _read(options)
        if read.item:
            return (read.item.tree,)
        return (own if read.label else tree.Int(1, "1", span=own.span),)

    def tells(self, options: Options) -> bool:
        return _read(options).item is None

    def fits(self, options: Options) -> bool:
        return _read(options).correct is not None

    def functions(self, options: Options, meaning: Meaning) -> tuple[str, ...]:
        del meaning
        return (_error(options), "batch_entropy", "pair_score")

    def write_error(
        self, options: Options, meaning: Meaning, prediction: py.Expr, label: py.Expr
    ) -> py.Expr:
        del meaning
        return py.call(_error(options), prediction, label, _temperature(options))

    def write_served(self, options: Options, meaning: Meaning, prediction: py.Expr) -> py.Expr:
        del meaning
        return py.call("pair_score", prediction, _temperature(options))


def _read(options: Options) -> RetrievalOptions:
    return cast("RetrievalOptions", options)


def _temperature(options: Options) -> py.Expr:
    return py.Constant(_read(options).temperature)


def _error(options: Options) -> str:
    return "corrected_match_error" if _read(options).correct else "match_error"


WORD = Retrieval()
