"""`uncertainty`: a task that is noisier counts for less, by a noise that is learned.

Kendall, Gal and Cipolla, CVPR 2018, eq. 7 and 10. With s_t = log σ_t² the objective is
Σ e^(-s_t) L_t + s_t / 2, and Σ ½ e^(-s_t) L_t + s_t / 2 for tasks whose loss is a squared error:
the factor is that of the task's likelihood. The weight that is shown is e^(-s_t), or half of it.

All s_t begin at 0 and are learned by an Adam of their own, with the rate `lr`, without weight
decay. A task's `weight:` multiplies both of its summands, so it never moves s_t. In a batch
without a label of a task neither its loss nor its s_t counts, and s_t stays where it is. It stays
too where a loss is 0 or less, as some likelihoods are: there is no noise that would fit.

The objective holds log σ_t and may be negative; the losses of the tasks are shown unweighed.

    balance : uncertainty
"""

from typing import ClassVar

from pydantic import Field

from mtlspec.words.balance import Balance
from mtlspec.words.word import Options


class UncertaintyOptions(Options):
    """`lr` is the rate at which log σ² is learned."""

    by_place: ClassVar[tuple[str, ...]] = ("lr",)
    lr: float = Field(default=1e-2, gt=0, allow_inf_nan=False)


class Uncertainty(Balance):
    """Weights from a learned homoscedastic noise."""

    takes_options = UncertaintyOptions


WORD = Uncertainty()
