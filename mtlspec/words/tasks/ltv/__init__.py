"""`ltv`: the value of a customer, which is 0 for most.

Wang, Liu and Miao, 2019 (arXiv 1912.07753). The label is a number from 0 on, or null. The model
predicts the logit of a value above 0, and μ and σ of the logarithm of that value: σ is the softplus
of what the head gives. The loss of a row is the cross entropy of whether its value is above 0 and,
where it is, the negative log likelihood of a lognormal distribution (eq. 3); the expected value
p · exp(μ + σ²/2) is served.

    tasks {
        value : ltv(label: spend_365d)
        churn : binary(label: orders_365d == 0)
    }
"""

from mtlspec import pysource as py
from mtlspec.types import Meaning
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.word import Options


class Ltv(Task):
    """A value that is 0 or lognormal."""

    also = ("ziln", "lifetime", "lognormal")
    takes_options = TaskOptions
    answer = "number"
    meaning = "plain"
    metrics = ("spearman", "mae")

    def outputs(self, options: Options) -> int:
        del options
        return 3

    def functions(self, options: Options, meaning: Meaning) -> tuple[str, ...]:
        del options, meaning
        return ("lognormal_error", "lognormal_mean")

    def write_error(
        self, options: Options, meaning: Meaning, prediction: py.Expr, label: py.Expr
    ) -> py.Expr:
        del options, meaning
        return py.call("lognormal_error", prediction, label)

    def write_served(self, options: Options, meaning: Meaning, prediction: py.Expr) -> py.Expr:
        del options, meaning
        return py.call("lognormal_mean", prediction)

    def served(self, options: Options) -> int:
        del options
        return 1


WORD = Ltv()
