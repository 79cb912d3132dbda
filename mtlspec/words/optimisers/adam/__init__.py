"""`adam`: steps scaled by running means of the gradient and of its square.

θ ← θ - lr · m̂ / (√v̂ + eps), with m and v the running means by `betas`, corrected for their start
at 0 (Kingma and Ba, ICLR 2015). `weight_decay` adds a multiple of θ to the gradient.
`optimizer : adam(lr: 1e-3)` is the default of `train`.
"""

from pydantic import Field

from mtlspec.words.optimisers import Optimiser, OptimiserOptions


class AdamOptions(OptimiserOptions):
    """As PyTorch's Adam. `eps` is added to the root."""

    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = Field(default=1e-8, gt=0)
    weight_decay: float = Field(default=0.0, ge=0)


class Adam(Optimiser):
    """Adam."""

    takes_options = AdamOptions


WORD = Adam()
