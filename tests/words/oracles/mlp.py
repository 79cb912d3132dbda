"""A chain of dense, the last one activated too unless `last` says otherwise."""

from tests.words.oracles import Array, Weights, dense, part


def forward(
    weights: Weights,
    x: Array,
    *widths: int,
    act: str = "relu",
    last: str | None = None,
    dropout: float = 0,
) -> Array:
    """[…, d] -> […, widths[-1]]; layer k owns `k.weight` and `k.bias`."""
    for k, width in enumerate(widths):
        layer = {f"0.{name}": value for name, value in part(weights, str(k)).items()}
        is_last = k == len(widths) - 1
        chosen = last if is_last and last is not None else act
        x = dense.forward(layer, x, width, act=chosen, dropout=dropout)
    return x
