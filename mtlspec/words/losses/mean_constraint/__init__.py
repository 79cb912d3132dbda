"""`mean_constraint`: how far arrays are from their mean."""

from typing import cast

from mtlspec import pysource as py
from mtlspec.words.losses import Alike
from mtlspec.words.word import Options


class MeanConstraintOptions(Options):
    """`squared`: whether the distances are squared; without, one of 0 is reached exactly."""

    squared: bool = True


class MeanConstraint(Alike):
    """Σ‖W_t - W̄‖²: tasks are alike; `squared: no`: Σ‖W_t - W̄‖.

    Evgeniou and Pontil, KDD 2004, squared; Zhang and Yang, TKDE 2021, print it without the
    square. One array is its own mean.

    Example:
        loss alike = 0.1 * mean_constraint(weights(h))
    """

    takes_options = MeanConstraintOptions
    functions = ("mean_constraint",)

    def alike(self, options: Options, arrays: py.Expr, count: int, axes: py.Expr) -> py.Expr:
        del count
        squared = py.Constant(cast("MeanConstraintOptions", options).squared)
        return py.call("mean_constraint", arrays, dim=axes, squared=squared)


WORD = MeanConstraint()
