"""`binary`: yes or no.

The label is 0 or 1, a bool, or null where it is not known; a condition on columns is one too. The
loss is the cross entropy of a logit z, -y log σ(z) - (1 - y) log(1 - σ(z)), averaged over the rows
of the batch that have a label; the probability σ(z) is served.

    tasks {
        click  : binary(label: clicked)
        income : binary(label: income_50k == "50000+.")
        buy    : binary(label: bought, where: clicked == 1)
    }
"""

from mtlspec.words import word
from mtlspec.words.tasks import Task, TaskOptions


class Binary(Task):
    """Yes or no."""

    also = ("classification", "bce", "bool", "logistic", "ctr", "sigmoid")
    takes_options = TaskOptions
    meaning = "logit"
    loss = "binary_loss"
    serve = "torch.sigmoid"
    metrics = ("auc", "logloss")

    def outputs(self, options: word.Options) -> int:
        del options
        return 1


WORD = Binary()
