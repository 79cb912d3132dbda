"""`split`: a value in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Annotated, ClassVar, cast

from pydantic import Field

from mtlspec import pysource as py
from mtlspec.diagnostics import Error, Label
from mtlspec.source import Span
from mtlspec.types import Mismatch, Tensor
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound, Options


class SplitOptions(Options):
    """`sizes`: how wide the parts are, numbers or a list of them; `parts`: how many there are, all
    of one width.
    """

    variadic: ClassVar[str | None] = "sizes"
    excludes: ClassVar[Mapping[str, tuple[str, ...]]] = {"sizes": ("parts",)}

    sizes: tuple[Annotated[int, Field(ge=1)], ...] = ()
    parts: int | None = Field(default=None, ge=1)


class Split(Op):
    """A value cut along its last axis, in order. Each name on the left takes a part.

    Without sizes the parts are of one width, as many as there are names, or `parts:`. A single name
    takes all of them, as a family: `part[1]`, `part[2]`, …

    Example:
        layer a, b = features -> linear(48) -> split(32, 16)
        let c, d = split(a)                         # two parts of 16
        let part = split(b, parts: 4)               # part[1] to part[4], each f32[4]
    """

    also = ("chunk", "tensor_split", "unbind", "slice", "narrow", "unstack")
    takes_options = SplitOptions
    signature = "f32[…, d] -> f32[…, n]+"
    several = True

    def results(
        self, options: Options, kind: Tensor, names: int | None, span: Span, place: Span
    ) -> tuple[Bound, ...] | Error:
        read = cast("SplitOptions", options)
        sizes, count = read.sizes, read.parts or names
        if not sizes and count is None:
            return PartsUnknown(span)
        if not sizes:
            assert count is not None
            if kind.width % count:
                return PartsUnequal(kind.width, count, span, place)
            sizes = (kind.width // count,) * count
        if sum(sizes) != kind.width:
            return PartsOfOtherWidth(sizes, kind.width, span, place)
        starts = accumulate(sizes[:-1], initial=0)
        return tuple(_PART.bind(start=a, size=n) for a, n in zip(starts, sizes, strict=True))

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        raise AssertionError("each part is written by itself")


class _PartOptions(Options):
    """Where it starts, and how wide it is."""

    start: int
    size: int


class _Part(Op):
    """One part of a value."""

    takes_options = _PartOptions
    signature = "f32[…, d] -> f32[…, n]"
    by_member = frozenset({"start"})

    def infer(self, options: Options, types: Sequence[Tensor]) -> Tensor | Mismatch:
        size = cast("_PartOptions", options).size
        return replace(types[0], shape=(*types[0].shape[:-1], size), meaning="plain")

    def write(self, options: Options, values: Sequence[py.Expr], layer: py.Expr | None) -> py.Expr:
        del layer
        return _cut(values[0], cast("_PartOptions", options))

    def write_members(
        self, options: Sequence[Options], values: Sequence[py.Expr], kind: Tensor
    ) -> py.Expr:
        parts = cast("Sequence[_PartOptions]", options)
        size = parts[0].size
        whole = [part.start for part in parts] == list(range(0, kind.width, size))
        if whole and len(set(values)) == 1:
            split = py.method(values[0], "split", py.Constant(size), dim=py.Constant(-1))
            return py.call("torch.stack", split)
        cut = (_cut(x, part) for x, part in zip(values, parts, strict=True))
        return py.call("torch.stack", py.array(cut))


def _cut(x: py.Expr, part: _PartOptions) -> py.Expr:
    """`x[..., 32:48]`."""
    return py.pick(x, py.Name("..."), py.Slice(part.start or None, part.start + part.size))


class PartsOfOtherWidth(Error):
    """The parts of a value are together as wide as the value.

    What it means: the sizes of a `split` do not add up to the last axis of what it splits.

    Example:
        layer h = features -> linear(64)
        let a, b = split(h, 32, 16)

    Instead:
        let a, b = split(h, 32, 32)

    Why: numbers that no part has would be dropped unseen.
    """

    id = "MTL0325"
    title = "the parts of a value are together as wide as the value"
    sizes: tuple[int, ...]
    width: int
    span: Span
    value: Span

    def headline(self) -> str:
        return f"the parts are {sum(self.sizes)} wide together, and the value {self.width}"

    def labels(self) -> Sequence[Label]:
        added = " + ".join(map(str, self.sizes))
        text = f"{added} = {sum(self.sizes)}" if len(self.sizes) > 1 else added
        marks = [Label(self.span, text, primary=True)]
        if self.value != self.span:
            marks.append(Label(self.value, f"{self.width} numbers"))
        return marks

    def help(self) -> str:
        rest = self.width - sum(self.sizes)
        if rest < 0:
            return ""
        return f"what is left is a part as well: `split(…, {_listed((*self.sizes, rest))})`"


class PartsUnequal(Error):
    """Parts of one width divide the value.

    What it means: a `split` without sizes makes parts of one width, as many as there are names or
    as `parts:` says, and the last axis of its value is no multiple of that.

    Example:
        layer h = features -> linear(64)
        let a, b, c = split(h)

    Instead:
        let a, b, c = split(h, 32, 16, 16)

    Why: one part would be narrower than the others, and which one would be a guess.
    """

    id = "MTL0326"
    title = "parts of one width divide the value"
    width: int
    count: int
    span: Span
    value: Span

    def headline(self) -> str:
        return f"{self.width} numbers do not make {self.count} parts of one width"

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, f"{self.count} parts", primary=True)]
        if self.value != self.span:
            marks.append(Label(self.value, f"{self.width} numbers"))
        return marks

    def help(self) -> str:
        if self.count > self.width:
            return ""
        size, rest = divmod(self.width, self.count)
        sizes = [size + 1] * rest + [size] * (self.count - rest)
        return f"say how wide each is: `split(…, {_listed(sizes)})`"


class PartsUnknown(Error):
    """A `split` is told how many parts it makes.

    What it means: it has no sizes and no `parts:`, and there are not several names on the left that
    would take a part each.

    Example:
        let part = split(h)

    Instead:
        let part = split(h, parts: 4)
        let a, b = split(h)

    Why: a value can be cut anywhere.
    """

    id = "MTL0327"
    title = "a `split` is told how many parts it makes"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "neither sizes nor `parts:`", primary=True)]

    def help(self) -> str:
        return "write `split(…, parts: 2)`, or name each part: `let a, b = split(…)`"


def _listed(sizes: Sequence[int]) -> str:
    """Some sizes; of many, the first."""
    shown = [*map(str, sizes[:8]), *["…"] * (len(sizes) > 8)]
    return ", ".join(shown)


_PART = _Part()
WORD = Split()
