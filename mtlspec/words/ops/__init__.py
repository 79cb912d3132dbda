"""Ops: what is computed from values, and how it is written in PyTorch."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from mtlspec import pysource as py
from mtlspec.types import Mismatch, Signature, Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.word import Bound, OfKind, Options, Word

SAME = "f32[…] -> f32[…]"
"""The signature of ops that keep the shape of their one value and own nothing."""


class Op(Word):
    """An op. Leading axes (members, rows, tokens) are left out of its signature.

    An op is one of three kinds:

    - a chain of others (`mlp`): `expand` gives them;
    - without weights (`relu`): `write` gives the expression;
    - with weights (`linear`): `parameters` gives those of one member, `layer` says how their
      module is made, and `write` calls it.
    """

    kind = "ops"
    signature: ClassVar[str]
    reads_columns: ClassVar[bool] = False
    """Whether its values are columns as the batch has them, before any table."""
    broadcasts: ClassVar[bool] = True
    """Whether PyTorch lines up values with and without a member axis by itself."""
    layer: ClassVar[str] = "linear"
    """How the module of an op with weights is made: a key of `emit.layers.LAYERS`."""
    functions: ClassVar[tuple[str, ...]] = ()
    """The functions of its `module.py` that emitted files need."""
    draws: ClassVar[bool] = False
    """Whether it draws random numbers, so that members may not share one result."""

    @property
    def takes(self) -> Signature:
        return _parsed(self.signature)

    @property
    def joins(self) -> bool:
        """Whether it takes any number of values, so that a family may be its argument."""
        return self.reads_columns or any(p.repeated for p in self.takes.arguments)

    @property
    def owns(self) -> bool:
        """Whether it may learn something."""
        return self.reads_columns or type(self).parameters is not Op.parameters

    @property
    def maps(self) -> bool:
        """Whether a family may flow into it, member by member."""
        return len(self.takes.arguments) == 1 and not self.joins and not self.owns

    @property
    def keeps_shape(self) -> bool:
        """Whether its value has the shape of the one that it takes."""
        return self.maps and self.takes.arguments[0] == self.takes.result

    def letters(self, options: Options) -> Mapping[str, int]:
        """The letters of the signature that options give."""
        del options
        return {}

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        """The result's type, where unification of the signature says it."""
        return self.takes.apply(types, self.letters(options))

    def expand(self, options: Options) -> tuple[Bound, ...] | None:
        """The ops that this one is short for, in order of flow; None if it is none."""
        del options
        return None

    def parameters(self, options: Options, types: Sequence[Tensor]) -> tuple[Parameter, ...]:
        """What one member learns; empty for an op that owns nothing."""
        del options, types
        return ()

    @abstractmethod
    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        """The expression for values with any leading axes; `layer` is the module it owns."""


def _keeps_shape(act: Bound) -> Bound:
    word = act.word
    if not isinstance(word, Op) or not word.keeps_shape:
        raise ValueError("an op that keeps the shape and owns nothing, such as `relu`")
    return act


Activation = Annotated[Bound, OfKind("ops"), AfterValidator(_keeps_shape)]
"""An option that takes an activation."""


class Chain(Op):
    """An op that is short for others; it is never written itself."""

    @property
    def owns(self) -> bool:
        return True

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError(f"{self.name} is expanded before it is written")


@cache
def _parsed(text: str) -> Signature:
    return Signature.parse(text)
