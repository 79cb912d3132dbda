"""`count`: how often.

The label is a whole number from 0 on, or null. The model predicts the logarithm z of the rate of a
Poisson distribution; the loss of a row with label y is exp(z) - y z, its negative log likelihood
without the part that no model changes; the expected count exp(z) is served.

    tasks {
        visits : count
        orders : count(label: n_orders, metrics: [spearman, mae])
    }
"""

from mtlspec import pysource as py
from mtlspec.types import Meaning
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.word import Options


class Count(Task):
    """How often: a Poisson rate."""

    also = ("poisson",)
    takes_options = TaskOptions
    answer = "number"
    meaning = "plain"
    metrics = ("spearman", "mae")

    def outputs(self, options: Options) -> int:
        del options
        return 1

    def functions(self, options: Options, meaning: Meaning) -> tuple[str, ...]:
        del options, meaning
        return ("count_error",)

    def write_error(
        self, options: Options, meaning: Meaning, prediction: py.Expr, label: py.Expr
    ) -> py.Expr:
        del options, meaning
        return py.call("count_error", prediction, label)

    def write_served(self, options: Options, meaning: Meaning, prediction: py.Expr) -> py.Expr:
        del options, meaning
        return py.call("torch.exp", prediction)


WORD = Count()
