"""Balancing: how the losses of the tasks are weighed in the objective."""

from mtlspec.words.word import Word


class Balance(Word):
    """A balancing method; its folder's `run.py` has a class `Weighing` that training drives.

    `Weighing(options, weights)` is made once, with the tasks' own weights; in each step training
    calls its `backward(losses)`, which adds gradients to the parameters and returns the objective.
    """

    kind = "balance"
