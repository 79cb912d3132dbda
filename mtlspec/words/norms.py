"""What the norms of vectors have in common."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from mtlspec import pysource as py
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op
from mtlspec.words.owning import OwnerOptions
from mtlspec.words.word import Bound, Options


class Norm(Op):
    """An op that scales and shifts what it has normed."""

    signature = "f32[…, d] -> f32[…, d]"
    begins: ClassVar[Mapping[str, Bound]]
    """What it learns, and how that begins."""
    layer = "module"
    owner_options = OwnerOptions

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        del options
        width = types[0].width
        return tuple(
            Parameter(name, (width,), initial, width, matrix=False)
            for name, initial in self.begins.items()
        )

    def usual(self, parameter: Parameter) -> Bound:
        return self.begins[parameter.name]

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del options
        assert layer is not None
        return py.call(layer, *values)


def norm_of_rows(name: str, kind: Tensor, members: int | None) -> py.Call:
    """`nn.LayerNorm(64)`, or `LayerNorms(3, 64)` for members side by side."""
    width = py.Constant(kind.width)
    if members is None:
        return py.call(f"nn.{name}", width)
    axes = {"axes": py.Constant(len(kind.shape))} if len(kind.shape) > 1 else {}
    return py.call(f"{name}s", py.Constant(members), width, **axes)
