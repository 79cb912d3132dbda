"""`dtp`: a task that does worse counts for more: dynamic task prioritisation.

Guo, Haque, Huang, Yeung and Li, ECCV 2018, §3. With κ_t how well a task does, from 0 to
1, and κ̄_t its running mean:

    κ̄_t ← momentum κ_t + (1 - momentum) κ̄_t        w_t = -(1 - κ̄_t)^gamma log κ̄_t

κ_t is the task's main metric on the training batch of that step, before the step and with dropout
off; a metric that is better when lower counts as e to its negative. It is measured at the first
step and at each `every`th, in a forward pass of its own: validation rows have no part in it.
Where the metric has no value (no label in the batch, or one class alone) κ̄_t stays; until the
first value the weight is 1.

The paper has a gamma for each task, and besides makes the loss of a task focal, row by row; here
gamma is one for all, and the losses are those of the tasks. Weights do not sum to anything: a task
that is learned well leaves the objective, while loss terms keep their weight 1. With a metric near
1 they fall by orders of magnitude, and Adam, whose steps are scaled by what gradients were, hardly
moves then. `normalize: yes`, which is not the paper's, makes the weights of the tasks that have a
κ̄_t sum to their number, so that they say only which task counts for more.

    balance : dtp(gamma: 1, normalize: yes)
"""

from typing import ClassVar

from pydantic import Field

from mtlspec.words.balance import Balance
from mtlspec.words.word import Options


class DtpOptions(Options):
    """A higher `gamma` takes more from tasks that do well. `momentum` is the share of the newest
    value in the running mean. `every` is how many steps lie between two measurements. `normalize`:
    whether the weights sum to the number of tasks.
    """

    by_place: ClassVar[tuple[str, ...]] = ("gamma",)
    gamma: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    momentum: float = Field(default=0.1, gt=0, le=1)
    every: int = Field(default=10, ge=1)
    normalize: bool = False


class Dtp(Balance):
    """Weights from the tasks' metrics on training batches."""

    takes_options = DtpOptions


WORD = Dtp()
