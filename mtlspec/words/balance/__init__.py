"""Balancing: how the losses of the tasks are weighed in the objective."""

from mtlspec.words.word import Word


class Balance(Word):
    """A balancing method; its folder's `run.py` has a class `Weighing` that training drives."""

    kind = "balance"
