"""`adamw`: Adam whose weight decay stays out of the gradient's running means.

θ ← θ - lr · (m̂ / (√v̂ + eps) + weight_decay · θ) (Loshchilov and Hutter, ICLR 2019), as in
`optimizer : adamw(lr: 3e-4, weight_decay: 0.01, warmup: 0.05, schedule: cosine)`.
"""

from pydantic import Field

from mtlspec.words.optimisers import Optimiser, OptimiserOptions


class AdamWOptions(OptimiserOptions):
    """As PyTorch's AdamW. `betas` are the rates of the running means, `eps` is added to the root.
    `weight_decay` is how fast weights shrink by themselves.
    """

    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = Field(default=1e-8, gt=0)
    weight_decay: float = Field(default=0.01, ge=0)


class AdamW(Optimiser):
    """Adam with decoupled weight decay."""

    takes_options = AdamWOptions


WORD = AdamW()
