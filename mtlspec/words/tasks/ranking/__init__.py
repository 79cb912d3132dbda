"""`ranking`: in which order the candidates of a group stand.

A row is a candidate, and `group:` names the column, or the condition, that tells which rows
compete: those of one query, or of one visit. The label says how relevant a candidate is, 0 or 1 or
a grade from 0 on; a null is no candidate. The head gives each row a score s, which is served as it
is.

`listwise` is the cross entropy of a softmax over the scores of a group (MT-DNN, Liu et al., ACL
2019, eq. 7 and 8), -Σ y log softmax(s) / Σ y: several relevant candidates share the target by their
relevance. `pairwise` is the mean of log(1 + exp(s_j - s_i)) over the pairs of a group of which i is
the more relevant one (RankNet, Burges et al., ICML 2005). The loss is the mean over groups. A group
whose candidates are all equally relevant, as that of one candidate is, has no order and does not
count. The rows of a group stay together, in batches and where validation rows are held out.

    tasks {
        rank  : ranking(group: query, label: relevance)
        order : ranking(group: query, loss: pairwise, label: clicked)
    }
"""

from typing import Literal, cast

from mtlspec import pysource as py
from mtlspec.syntax import tree
from mtlspec.types import Meaning
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.word import ConditionOption, Options


class RankingOptions(TaskOptions):
    """`group` tells which rows compete. `loss` is that of a group, `listwise` or `pairwise`."""

    by_place = ("group",)
    group: ConditionOption
    loss: Literal["listwise", "pairwise"] = "listwise"


class Ranking(Task):
    """In which order candidates stand."""

    also = ("rank", "ltr", "learning_to_rank", "listwise", "pairwise", "ranknet", "listnet")
    takes_options = RankingOptions
    answer = "score"
    meaning = "plain"
    metrics = ("ndcg", "mrr")

    def outputs(self, options: Options) -> int:
        del options
        return 1

    def labels(self, options: Options) -> int:
        del options
        return 2

    def group(self, options: Options) -> tree.Expr:
        return _read(options).group.tree

    def weighs(self, options: Options) -> bool:
        del options
        return True

    def functions(self, options: Options, meaning: Meaning) -> tuple[str, ...]:
        del meaning
        return (f"{_read(options).loss}_error",)

    def write_error(
        self, options: Options, meaning: Meaning, prediction: py.Expr, label: py.Expr
    ) -> py.Expr:
        (function,) = self.functions(options, meaning)
        return py.call(function, prediction, label)

    def write_served(self, options: Options, meaning: Meaning, prediction: py.Expr) -> py.Expr:
        del options, meaning
        return prediction


def _read(options: Options) -> RankingOptions:
    return cast("RankingOptions", options)


WORD = Ranking()
