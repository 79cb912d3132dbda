"""Types of values, and the signatures of ops with their unification.

`f32[64]` is one vector per row: the row axis is implied. A token axis is an `Axis`; it stands
before the last dimension and carries the padding of the column that it came from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Meaning = Literal["plain", "logit", "logits", "prob", "prediction"]
"""What numbers mean: σ(logit) is a probability, softmax(logits) the probabilities of classes; a
`prediction` is plain, and what a task predicts already.
"""


@dataclass(frozen=True, slots=True)
class Axis:
    """A token axis: `column` is where it came from, `length` the most tokens it may hold.

    Axes of one length meet, whatever their columns: that the lists of these have as many tokens in
    each row is for the data to show.
    """

    column: str = field(compare=False)
    length: int

    def __str__(self) -> str:
        return "L"


Dim = int | Axis


def show_dim(dim: Dim) -> str:
    """A dimension as types show it; `?` where the data will tell."""
    return "?" if dim == 0 else str(dim)


@dataclass(frozen=True, slots=True)
class Tensor:
    """The type of a value. `rows` is False for a value that is the same for all rows."""

    shape: tuple[Dim, ...]
    rows: bool = True
    meaning: Meaning = "plain"

    @property
    def width(self) -> int:
        """The last dimension."""
        last = self.shape[-1]
        assert isinstance(last, int)
        return last

    @property
    def tokens(self) -> tuple[Axis, ...]:
        return tuple(dim for dim in self.shape if isinstance(dim, Axis))

    def __str__(self) -> str:
        name = "f32" if self.meaning == "plain" else self.meaning
        return f"{name}[{', '.join(map(show_dim, self.shape))}]"


@dataclass(frozen=True, slots=True)
class Unknown:
    """The type of a value that another error has already been reported for: it keeps quiet."""

    def __str__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()
Type = Tensor | Unknown


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why arguments do not fit: the place of the argument (from 0) and what was expected there.

    `hint` says what may be meant, with `{}` for what is written there.
    """

    argument: int
    expected: str
    found: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One argument or result: letters are bound, numbers must agree, `…` is any leading axes.

    `L` is a token axis.
    """

    dims: tuple[str, ...]
    repeated: bool = False

    def __str__(self) -> str:
        return f"f32[{', '.join(self.dims)}]"

    def may_have(self, axes: int) -> bool:
        """Whether a value with so many axes may fit."""
        open_end = self.dims[:1] == ("…",)
        return axes >= len(self.dims) - 1 if open_end else axes == len(self.dims)


_PATTERN = re.compile(r"f32\[([^\]]*)\](\+?)")


@dataclass(frozen=True, slots=True)
class Signature:
    """`f32[…, d], f32[n] -> f32[…, n]`; `+` after an argument: one or more of that type."""

    arguments: tuple[Pattern, ...]
    result: Pattern
    text: str

    @staticmethod
    def parse(text: str) -> Signature:
        left, _, right = text.partition("->")
        return Signature(tuple(_patterns(left)), _patterns(right)[0], text.strip())

    def apply(self, types: Sequence[Tensor], bound: Mapping[str, int]) -> Tensor | Mismatch:
        """The result's type for these arguments; `bound` gives letters known from options."""
        letters = self.unify(types, bound)
        if isinstance(letters, Mismatch):
            return letters
        shape = tuple(dim for name in self.result.dims for dim in _resolve(name, letters))
        return Tensor(shape, rows=any(found.rows for found in types))

    def unify(
        self, types: Sequence[Tensor], bound: Mapping[str, int]
    ) -> dict[str, tuple[Dim, ...]] | Mismatch:
        """What the letters stand for with these arguments."""
        patterns = self._for_count(len(types))
        if isinstance(patterns, Mismatch):
            return patterns
        letters: dict[str, tuple[Dim, ...]] = {name: (size,) for name, size in bound.items()}
        for place, (pattern, found) in enumerate(zip(patterns, types, strict=True)):
            if not _match(pattern, found.shape, letters):
                return Mismatch(place, _fill(pattern, letters), str(found))
        return letters

    def may_be_turned(self, types: Sequence[Tensor]) -> bool:
        """Whether arguments have as many axes as they need in the other order alone."""
        patterns = self._for_count(len(types))
        if isinstance(patterns, Mismatch):
            return False
        axes = [len(found.shape) for found in types]
        turned = zip(patterns, reversed(axes), strict=True)
        given = zip(patterns, axes, strict=True)
        return not all(p.may_have(n) for p, n in given) and all(p.may_have(n) for p, n in turned)

    def _for_count(self, count: int) -> tuple[Pattern, ...] | Mismatch:
        if self.arguments and self.arguments[-1].repeated and count >= len(self.arguments):
            extra = count - len(self.arguments)
            return (*self.arguments, *(self.arguments[-1] for _ in range(extra)))
        if count != len(self.arguments):
            return Mismatch(-1, _values(len(self.arguments)), _values(count))
        return self.arguments


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"


def _patterns(text: str) -> list[Pattern]:
    return [
        Pattern(tuple(dim.strip() for dim in dims.split(",") if dim.strip()), bool(plus))
        for dims, plus in _PATTERN.findall(text)
    ]


def _match(pattern: Pattern, shape: tuple[Dim, ...], letters: dict[str, tuple[Dim, ...]]) -> bool:
    dims = list(pattern.dims)
    if dims and dims[0] == "…":
        leading = len(shape) - (len(dims) - 1)
        if leading < 0 or not _bind("…", shape[:leading], letters):
            return False
        dims, shape = dims[1:], shape[leading:]
    if len(dims) != len(shape):
        return False
    return all(_bind(name, (dim,), letters) for name, dim in zip(dims, shape, strict=True))


def _bind(name: str, dims: tuple[Dim, ...], letters: dict[str, tuple[Dim, ...]]) -> bool:
    if name == "L" and not all(isinstance(dim, Axis) for dim in dims):
        return False
    if name.isdigit():
        return dims == (int(name),)
    return letters.setdefault(name, dims) == dims


def _resolve(name: str, letters: Mapping[str, tuple[Dim, ...]]) -> tuple[Dim, ...]:
    return (int(name),) if name.isdigit() else letters[name]


def _fill(pattern: Pattern, letters: Mapping[str, tuple[Dim, ...]]) -> str:
    dims = [str(d) for name in pattern.dims for d in letters.get(name, (name,))]
    return f"f32[{', '.join(dims)}]"
