"""Errors in values: missing, side by side, in the wrong place."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Fix, Label
from mtlspec.source import Span
from mtlspec.syntax.errors.base import SyntaxFault, quoted


class MissingValue(SyntaxFault):
    """A value follows every sign that needs one.

    What it means: after `=`, `->`, a comma or an operator there is no value.

    Example:
        layer h = features ->
        head[task] = h

    Instead:
        layer h = features -> mlp(64)
        head[task] = h

    Why: line breaks have no meaning, so an expression goes on until a word starts the next
    statement.
    """

    id = "MTL0123"
    title = "a value follows every sign that needs one"
    after: str
    found_text: str

    def headline(self) -> str:
        return f"a value is missing after {quoted(self.after)}"

    def mark(self) -> str:
        return f"expected a value, found {self.found_text}"


class SideBySide(SyntaxFault):
    """Two values never stand side by side.

    What it means: a value follows another one without a sign between them.

    Example:
        layer h = features mlp(128 64)

    Instead:
        layer h = features -> mlp(128, 64)

    Why: a line break has no meaning; if values could stand side by side, nobody could tell where a
    statement ends.
    """

    id = "MTL0124"
    title = "two values never stand side by side"
    before: Span
    inside: str
    """The bracket that they stand in, or nothing."""

    def headline(self) -> str:
        return f"a sign is missing before {quoted(self.span.text)}"

    def mark(self) -> str:
        signs = "`,`, `->` or an operator" if self.inside else "`->`, `,` or an operator"
        return f"expected {signs}"

    def labels(self) -> Sequence[Label]:
        return [*super().labels(), Label(self.before, "the value before it")]


class TrailingComma(SyntaxFault):
    """A trailing comma stands inside brackets only.

    What it means: a list that is not in brackets ends in a comma.

    Example:
        gate g[task] = mine[task], ours, by features

    Instead:
        gate g[task] = mine[task], ours by features

    Why: inside brackets the end is plain; outside, a comma says that another entry follows.
    """

    id = "MTL0125"
    title = "a trailing comma stands inside brackets only"

    def mark(self) -> str:
        return "leave it out, or go on with the list"

    def fix(self) -> Fix:
        return Fix(self.span, "", safe=True)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class ChainedComparison(SyntaxFault):
    """A comparison has two sides.

    What it means: a comparison stands at once behind another one.

    Example:
        require 1 < own < 5

    Instead:
        require 1 < own and own < 5

    Why: languages disagree about what a chain means.
    """

    id = "MTL0131"
    title = "a comparison has two sides"

    def headline(self) -> str:
        return "comparisons do not chain"

    def mark(self) -> str:
        return "write `and` between two comparisons"


class RangeOutOfPlace(SyntaxFault):
    """A range stands in an index, an argument, a set, a domain or a repeat.

    What it means: `..` stands where one value is needed.

    Example:
        let x = 1..4

    Instead:
        set x = 1..4

    Why: a range is a set of places, not a value that could be computed with.
    """

    id = "MTL0132"
    title = "a range stands in an index, an argument, a set, a domain or a repeat"

    def headline(self) -> str:
        return "a range is not a value"

    def mark(self) -> str:
        return "not here"
