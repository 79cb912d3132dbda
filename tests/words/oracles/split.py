"""A value in parts along its last axis."""

from tests.words.oracles import Array


def forward(x: Array, *sizes: int) -> list[Array]:
    """[..., d] -> parts of these sizes, which add up to d."""
    assert sum(sizes) == x.shape[-1]
    parts: list[Array] = []
    start = 0
    for size in sizes:
        parts.append(x[..., start : start + size])
        start += size
    return parts


def equally(x: Array, count: int) -> list[Array]:
    """[..., d] -> so many parts of one width."""
    return forward(x, *[x.shape[-1] // count] * count)
