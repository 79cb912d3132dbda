"""`sgd`: a step against the gradient, with momentum if asked.

v ← momentum · v + g, θ ← θ - lr · v. `weight_decay` adds a multiple of θ to the gradient g, as in
`optimizer : sgd(lr: 0.1, momentum: 0.9)`.
"""

from pydantic import Field

from mtlspec.words.optimisers import Optimiser, OptimiserOptions


class SgdOptions(OptimiserOptions):
    """As PyTorch's SGD. `momentum` is what a step keeps of the one before."""

    momentum: float = Field(default=0.0, ge=0, lt=1)
    weight_decay: float = Field(default=0.0, ge=0)

    @property
    def stride(self) -> float:
        """v goes to g / (1 - momentum)."""
        return 1 / (1 - self.momentum)


class Sgd(Optimiser):
    """Stochastic gradient descent."""

    takes_options = SgdOptions


WORD = Sgd()
