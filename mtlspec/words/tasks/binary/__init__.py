"""`binary`: yes or no.

The label is 0 or 1, a bool, or null where it is not known; a condition on columns is one too. The
loss is the cross entropy of a logit z, -y log σ(z) - (1 - y) log(1 - σ(z)), averaged over the rows
of the batch that have a label; the probability σ(z) is served. A head of a probability p is judged
by -y log p - (1 - y) log(1 - p) and served as it is.

    tasks {
        click  : binary(label: clicked)
        income : binary(label: income_50k == "50000+.")
        buy    : binary(label: bought, where: clicked == 1)
    }
"""

from mtlspec import pysource as py
from mtlspec.types import Meaning
from mtlspec.words.tasks import Task, TaskOptions
from mtlspec.words.word import Options


class Binary(Task):
    """Yes or no."""

    also = (
        *("classification", "bce", "bool", "logistic", "ctr", "sigmoid"),
        *("binary_cross_entropy", "bce_with_logits", "log_loss"),
    )
    takes_options = TaskOptions
    answer = "yes or no"
    meaning = "logit"
    takes = frozenset({"logit", "prob"})
    metrics = ("auc", "logloss")

    def outputs(self, options: Options) -> int:
        del options
        return 1

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
    return "binary_error_of_prob" if meaning == "prob" else "binary_error"


WORD = Binary()
