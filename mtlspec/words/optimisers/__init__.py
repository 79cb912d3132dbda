"""Optimisers and their learning-rate schedules."""

from mtlspec.words.word import Word


class Optimiser(Word):
    """An optimiser; its folder's `run.py` has `build(parameters, options) -> torch Optimizer`."""

    kind = "optimisers"
