"""`laplacian`: how far arrays are from their neighbours in a graph."""

from collections.abc import Sequence
from typing import Annotated, Literal, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.types import Mismatch, Tensor
from mtlspec.words.losses import Alike
from mtlspec.words.word import Options

Place = Annotated[int, Field(ge=1)]
Edge = tuple[Place, Place] | tuple[Place, Place, float]


class LaplacianOptions(Options):
    """`edges`: `chain`, each with the next; or a list of pairs of places, from 1, in the order of
    the arrays, perhaps with a weight: `[[1, 2], [2, 3, 0.5]]`.
    """

    edges: Literal["chain"] | Annotated[tuple[Edge, ...], Field(min_length=1)]


class Laplacian(Alike):
    """Σ aₛₜ‖W_s - W_t‖² over the edges of a graph: neighbours are alike.

    Evgeniou, Micchelli and Pontil, JMLR 2005, §3.1: it is tr(W L Wᵀ) with the graph's Laplacian L.
    With an edge between any two of T tasks it is T times `mean_constraint`.

    Example:
        loss smooth = 0.1 * laplacian(weights(h), edges: chain)
    """

    takes_options = LaplacianOptions
    functions = ("laplacian",)

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        last = max((max(s, t) for s, t, _ in _edges(options, len(types))), default=0)
        if last > len(types):
            return Mismatch(-1, f"{last} arrays, since an edge names one,", f"{len(types)}")
        return super().infer(options, types)

    def alike(self, options: Options, arrays: py.Expr, count: int, axes: py.Expr) -> py.Expr:
        edges = _edges(options, count)
        ends = py.array(py.array([py.Constant(s - 1), py.Constant(t - 1)]) for s, t, _ in edges)
        weights = py.array(py.Constant(weight) for _, _, weight in edges)
        return py.call("laplacian", arrays, ends=ends, weights=weights, dim=axes)


def _edges(options: Options, count: int) -> list[tuple[int, int, float]]:
    edges = cast("LaplacianOptions", options).edges
    if edges == "chain":
        return [(place, place + 1, 1.0) for place in range(1, count)]
    return [(*edge, 1.0) if len(edge) == 2 else edge for edge in edges]


WORD = Laplacian()
