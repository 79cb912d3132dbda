"""Layers: families of weight matrices of which a member has several are taken place by place.

`mean(weights(h))` of an mlp of two layers is the mean of the first matrices, and that of the
second; a penalty is computed for each place and added up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder
from mtlspec.graph.node import Index, Node
from mtlspec.graph.values import FAILED, Failed, Members, Value
from mtlspec.source import Span


class LayersDiffer(Error):
    """Weights of several layers are taken layer by layer.

    What it means: one value has more weight matrices per member than another, so that some of them
    have no counterpart.

    Example:
        layer a = features -> mlp(32, 16)
        layer b = features -> mlp(32, 16, 8)
        loss near = l2(weights(a) - weights(b))

    Instead:
        layer b = features -> mlp(32, 16)

    Why: the first matrices belong together, and the second; a third alone would be dropped.
    """

    id = "MTL0320"
    title = "weights of several layers are taken layer by layer"
    count: int
    other: int
    span: Span

    def headline(self) -> str:
        return "these weights have not as many layers as the others"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, f"{self.other} layers, where {self.count} are expected", primary=True)
        ]


def layered(values: Sequence[Value]) -> bool:
    """Whether some value holds several matrices of one member."""
    return any(isinstance(value, Members) and value.layered for value in values)


def by_layer(
    b: Builder,
    values: Sequence[Value],
    spans: Sequence[Span],
    compute: Callable[[Sequence[Value]], Value],
) -> Members | Failed:
    """What is computed for the matrices at each place, as layered as they were."""
    places: tuple[object, ...] | None = None
    for value, span in zip(values, spans, strict=True):
        if isinstance(value, Members) and value.layered:
            places = places or value.layers()
            if value.layers() != places:
                b.report.add(LayersDiffer(len(places), len(value.layers()), span))
                return FAILED
    made: dict[Index, Node] = {}
    for place in places or ():
        own = [v.layer(place) if isinstance(v, Members) and v.layered else v for v in values]
        found = compute(own)
        if isinstance(found, Node):
            made[place,] = found
        elif isinstance(found, Members):
            made.update({(*key, place): node for key, node in found.members.items()})
        else:
            return FAILED
    members = list(dict.fromkeys(key[:-1] for key in made))
    order = sorted(made, key=lambda key: members.index(key[:-1]))
    return Members("weights", {key: made[key] for key in order}, layered=True)
