"""What every op takes that owns weights, besides its own options."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

from mtlspec.words.initialisers import Parameter
from mtlspec.words.word import Bound, FileOption, OfKind, Options


class OwnerOptions(Options):
    """`frozen`: whether the weights stay as they begin. `lr`: a factor on the learning rate.
    `load`: the file that they begin as.
    """

    frozen: bool = False
    lr: float = Field(default=1.0, gt=0)
    load: FileOption | None = None

    def within(self, outer: "OwnerOptions") -> "OwnerOptions":
        """These options of a part of an op, under those of the whole."""
        frozen, lr = self.frozen or outer.frozen, self.lr * outer.lr
        return self.model_copy(update={"frozen": frozen, "lr": lr})

    def change(self, parameter: Parameter) -> Parameter:
        """What an op learns, learned so."""
        lr, frozen = parameter.lr * self.lr, parameter.frozen or self.frozen
        return replace(parameter, lr=lr, frozen=frozen)


AS_USUAL = OwnerOptions()
"""Weights that are learned as those around them."""


class MatrixOptions(OwnerOptions):
    """`init`: how weight matrices and tables begin; biases and norms begin as ever."""

    excludes: ClassVar[Mapping[str, tuple[str, ...]]] = {"load": ("init",)}

    init: Annotated[Bound, OfKind("initialisers")] | None = None

    def within(self, outer: OwnerOptions) -> OwnerOptions:
        both = super().within(outer)
        if self.init is None and isinstance(outer, MatrixOptions):
            return both.model_copy(update={"init": outer.init})
        return both

    def change(self, parameter: Parameter) -> Parameter:
        changed = super().change(parameter)
        if self.init is None or not parameter.matrix:
            return changed
        return replace(changed, initial=self.init)
