"""`dwa`: a task whose loss falls more slowly counts for more: dynamic weight average.

Liu, Johns and Davison, CVPR 2019 (MTAN), eq. 7: in epoch e, with the mean losses of the epochs
before it and T tasks,

    w_t = T softmax_t(r_t / temperature)        r_t = L_t(e - 1) / L_t(e - 2)

In the first two epochs all weights are 1. Only the ratio counts, so the scale of a loss does not.
The means are over rows with a label; an epoch without a label of a task is none of its epochs,
and as long as it had fewer than two its ratio is 1. So it is where one of the two means is 0 or
less, as those of some likelihoods are.

    balance : dwa(temperature: 2)
"""

from typing import ClassVar

from pydantic import Field

from mtlspec.words.balance import Balance
from mtlspec.words.word import Options


class DwaOptions(Options):
    """A higher `temperature` makes the weights more alike."""

    by_place: ClassVar[tuple[str, ...]] = ("temperature",)
    temperature: float = Field(default=2.0, gt=0, allow_inf_nan=False)


class Dwa(Balance):
    """Weights from the ratio of the last two epochs' losses."""

    takes_options = DwaOptions


WORD = Dwa()
