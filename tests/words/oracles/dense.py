"""linear -> norm -> activation -> dropout, as evaluated; without a norm."""

from collections.abc import Callable

from tests.words.oracles import Array, Weights, gelu, linear, relu, sigmoid, swish, tanh

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "gelu": gelu.forward,
    "linear": lambda x: x,
    "relu": relu.forward,
    "sigmoid": sigmoid.forward,
    "swish": swish.forward,
    "tanh": tanh.forward,
}


def forward(weights: Weights, x: Array, n: int, *, act: str = "relu", dropout: float = 0) -> Array:
    """[…, d] -> […, n]."""
    assert 0 <= dropout < 1
    return ACTIVATIONS[act](linear.forward(weights, x, n))
