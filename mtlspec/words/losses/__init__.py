"""Penalties: numbers made of weights, for `loss` statements.

A matrix of weights comes as [in, out], as in `matmul(x, w)`; what is computed is one number.
"""

from mtlspec.words.ops import Op


class Penalty(Op):
    """An op over whole matrices; it is called as any other op."""

    kind = "losses"
