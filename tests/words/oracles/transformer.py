"""A transformer's encoder layers (Vaswani et al., NeurIPS 2017, section 3.1), norms after.

x ← norm(x + attention(x)); x ← norm(x + W₂ relu(W₁ x + b₁) + b₂).
"""

from tests.words.oracles import Array, Weights, attention, layer_norm, linear, relu


def forward(weights: Weights, x: Array, mask: Array, layers: int, heads: int, ffn: int) -> Array:
    """[B, L, d] and a mask [B, L] -> [B, L, d]; rows of padding mean nothing."""
    for layer in range(layers):
        own = _shifted(weights, 8 * layer)
        x = layer_norm.forward(_shifted(own, 4), x + attention.forward(own, x, mask, heads))
        inner = relu.forward(linear.forward(_shifted(own, 5), x, ffn))
        outer = linear.forward(_shifted(own, 6), inner, x.shape[-1])
        x = layer_norm.forward(_shifted(own, 7), x + outer)
    return x


def _shifted(weights: Weights, by: int) -> dict[str, Array]:
    split = ((name.split(".", 1), value) for name, value in weights.items())
    return {f"{int(k) - by}.{kind}": value for (k, kind), value in split if int(k) >= by}
