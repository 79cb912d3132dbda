"""`gradnorm`: tasks pull at the shared layers with equal strength, slow learners with more.

Chen, Badrinarayanan, Lee and Rabinovich, ICML 2018, eq. 1, 2 and algorithm 1. With W the weights
of the last layers that all tasks share, and L_t(0) the loss of a task in its first batch:

    G_t = ‖∇_W w_t L_t‖        r_t = (L_t / L_t(0)) / mean of that over the tasks
    L_g = Σ |G_t - mean(G) r_t^alpha|, where the target is held fixed

After each step w goes down the slope of L_g, by an Adam of its own with the rate `lr`, and is
scaled so that Σ w_t is the number of tasks. Neither the model's optimiser nor the losses move it.

W is found on the graph: the layers that lead to every task and to no other such layer; of experts
or a bank that is shared in part only the members that are. A table of a category is never W. In a
batch without a label of a task its weight stays, and the others are balanced among themselves. A
loss that is 0 or less, as some likelihoods are, tells no rate: r_t is then 1.

    balance : gradnorm(alpha: 1.5)
"""

from typing import ClassVar

from pydantic import Field

from mtlspec.words.balance import Balance
from mtlspec.words.word import Options


class GradNormOptions(Options):
    """`alpha` is how strongly a slow task is pulled up, `lr` the rate at which weights move."""

    by_place: ClassVar[tuple[str, ...]] = ("alpha",)
    alpha: float = Field(default=1.5, ge=0, allow_inf_nan=False)
    lr: float = Field(default=0.01, gt=0, allow_inf_nan=False)


class GradNorm(Balance):
    """Weights from gradient norms at the last shared layers."""

    takes_options = GradNormOptions
    needs_shared_layer = True


WORD = GradNorm()
