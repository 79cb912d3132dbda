"""`einsum`: sums of products over named axes."""

import re
from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import field_validator

from mtlspec import pysource as py
from mtlspec.types import Dim, Mismatch, Tensor
from mtlspec.words.contraction import contracted
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op, Value, count_places
from mtlspec.words.word import Options

_EQUATION = re.compile(r"[a-zA-Z]*(,[a-zA-Z]*)*->[a-zA-Z]*")


class EinsumOptions(Options):
    """`equation`: a letter for each axis of each value, `->`, and the letters that stay."""

    by_place: ClassVar[tuple[str, ...]] = ("equation",)

    equation: str

    @field_validator("equation")
    @classmethod
    def _is_one(cls, equation: str) -> str:
        plain = equation.replace(" ", "")
        terms, _, result = plain.partition("->")
        if not _EQUATION.fullmatch(plain):
            raise ValueError('letters, commas and one `->`, such as "ab,bc->ac"')
        if not set(result) <= set(terms) or len(set(result)) < len(result):
            raise ValueError("right of `->` letters that stand left of it, each once")
        return plain

    @property
    def terms(self) -> list[str]:
        """The letters of each value."""
        return self.equation.partition("->")[0].split(",")

    @property
    def result(self) -> str:
        return self.equation.partition("->")[2]


class Einsum(Op):
    """Values are multiplied where letters agree and summed over the letters that do not stay.

    The letters name a value's own axes: rows and members are left out, as in types.

    Example:
        weight core : f32[4, 4, 4] = normal(0.1)
        weight u    : f32[4]       = normal(0.3)
        let w = einsum("abc,c->ab", core, u)
    """

    takes_options = EinsumOptions
    signature = "f32[…]+ -> f32[…]"
    leading = 1
    lining = "own"
    contracts = True

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        read = cast("EinsumOptions", options)
        if len(types) != len(read.terms):
            return Mismatch(-1, f"{len(read.terms)} values", f"{len(types)} values")
        sizes: dict[str, Dim] = {}
        for place, (letters, found) in enumerate(zip(read.terms, types, strict=True)):
            known = ", ".join(str(sizes.get(x, x)) for x in letters)
            if len(letters) != len(found.shape):
                return Mismatch(place, f"f32[{known}]", str(found))
            for letter, size in zip(letters, found.shape, strict=True):
                if sizes.setdefault(letter, size) != size:
                    return Mismatch(place, f"f32[{known}]", str(found))
        return Tensor(tuple(sizes[x] for x in read.result), rows=any(t.rows for t in types))

    def multiply_adds(
        self,
        options: Options,
        types: Sequence[Tensor],
        result: Tensor,
        parameters: Sequence[Parameter],
    ) -> int:
        del result, parameters
        terms = cast("EinsumOptions", options).terms
        axes = (zip(letters, t.shape, strict=True) for letters, t in zip(terms, types, strict=True))
        return count_places(dict(pair for pairs in axes for pair in pairs).values())

    def is_linear_in(self, options: Options, places: frozenset[int]) -> bool:
        del options
        return len(places) == 1

    def write_values(self, options: Options, values: Sequence[Value]) -> py.Expr:
        read = cast("EinsumOptions", options)
        return contracted(read.terms, read.result, values)

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError("a sum of products is written by `write_values`")


WORD = Einsum()
