"""Errors of hands that know another language: signs and brackets that are other ones here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mtlspec.diagnostics import Fix, Label
from mtlspec.source import Span
from mtlspec.syntax.errors.base import SyntaxFault, quoted


class OptionWithEquals(SyntaxFault):
    """An option is given by `name: value`.

    What it means: in the brackets of a call a name is followed by `=`, as keyword arguments are in
    Python.

    Example:
        layer h = features -> dense(64, act=gelu)

    Instead:
        layer h = features -> dense(64, act: gelu)

    Why: `=` is "is defined as" and makes a name; an option has one already.
    """

    id = "MTL0136"
    title = "an option is given by `name: value`"
    others: tuple[Span, ...] = ()
    """The same sign behind further options of the call."""
    first: bool = False
    """Whether a call has no value before it, so that a value may be meant."""

    def headline(self) -> str:
        return "an option takes `:`, not `=`"

    def mark(self) -> str:
        return "write `:`"

    def help(self) -> str:
        return "a value has no name: it stands first, as in `f(x, width: 8)`" if self.first else ""

    def labels(self) -> Sequence[Label]:
        return [*super().labels(), *(Label(span, "here too") for span in self.others)]

    def fix(self) -> Fix:
        whole = self.span.to(self.others[-1]) if self.others else self.span
        text, mended = whole.text, ""
        starts = [span.start - whole.start for span in (self.span, *self.others)]
        for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
            mended += f":{text[start + 1 : stop]}"
        return Fix(whole, mended, safe=True)

    def mend(self) -> Sequence[Fix]:
        return [Fix(span, ":") for span in (self.span, *self.others)]


class ComparedWithEquals(SyntaxFault):
    """Two values are compared by `==`.

    What it means: a `=` stands between two values in a condition.

    Example:
        tasks {
            buy : binary(label: bought, where: clicked = 1)
        }

    Instead:
        tasks {
            buy : binary(label: bought, where: clicked == 1)
        }

    Why: `=` is "is defined as"; a condition defines nothing.
    """

    id = "MTL0137"
    title = "two values are compared by `==`"

    def headline(self) -> str:
        return "a comparison takes `==`, not `=`"

    def mark(self) -> str:
        return "write `==`"

    def fix(self) -> Fix:
        return Fix(self.span, "==", safe=True)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class SliceWithColon(SyntaxFault):
    """A slice is written `a..b`, and all members are `*`.

    What it means: a `:` stands in an index, as slices are written in Python.

    Example:
        gate g[task] = e[1:3] by features

    Instead:
        gate g[task] = e[1..3] by features

    Why: `:` is "has type". The numbers of a slice count from 1, and both ends are included.
    """

    id = "MTL0139"
    title = "a slice is written `a..b`, and all members are `*`"
    meant: str

    def headline(self) -> str:
        return "an index has no `:`"

    def mark(self) -> str:
        return f"write {quoted(self.meant)}"

    def help(self) -> str:
        return "numbers count from 1 and both ends are included: `e[1..3]` is three members"

    def fix(self) -> Fix:
        return Fix(self.span, self.meant)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class UnpackedFamily(SyntaxFault):
    """A family stands in a list by its name.

    What it means: a `*` stands before a name, as lists are unpacked in Python.

    Example:
        gate g[task] = *e by features

    Instead:
        gate g[task] = e by features

    Why: where several values may stand, the name of a family means all of its members.
    """

    id = "MTL0140"
    title = "a family stands in a list by its name"

    def headline(self) -> str:
        return "a family is not unpacked"

    def mark(self) -> str:
        return "leave it out: the name means all members"

    def fix(self) -> Fix:
        return Fix(self.span, "")

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class SplitSign(SyntaxFault):
    """The two characters of a sign stand side by side.

    What it means: there is a space within `->` or `<-`.

    Example:
        layer h = features - > mlp(64)

    Instead:
        layer h = features -> mlp(64)

    Why: `a < -1` compares and `a <- b` moves: a space decides which sign is meant.
    """

    id = "MTL0143"
    title = "the two characters of a sign stand side by side"
    meant: str

    def headline(self) -> str:
        return f"{quoted(self.meant)} has no space within"

    def mark(self) -> str:
        return f"write {quoted(self.meant)}"

    def fix(self) -> Fix:
        return Fix(self.span, self.meant, safe=True)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class ListInBraces(SyntaxFault):
    """A list stands in `[ ]`, options in `( )`.

    What it means: a `{` stands where a value is needed, as sets and dictionaries have it in Python.

    Example:
        param widths = {64, 32}

    Instead:
        param widths = [64, 32]

    Why: `{ }` holds the members of a `set`, the choices behind `in`, and blocks.
    """

    id = "MTL0147"
    title = "a list stands in `[ ]`, options in `( )`"
    closing: Span
    named: bool
    """Whether a `:` stands in the braces."""

    def headline(self) -> str:
        return "a value has no `{`"

    def mark(self) -> str:
        return "options stand in `( )` behind a word" if self.named else "write `[`"

    def labels(self) -> Sequence[Label]:
        closing = [] if self.named else [Label(self.closing, "and `]`")]
        return [*super().labels(), *closing]

    def mend(self) -> Sequence[Fix]:
        return [] if self.named else [Fix(self.closing, "]"), Fix(self.span, "[")]


class SetInIndex(SyntaxFault):
    """A set in an index stands behind `in`.

    What it means: braces stand in the brackets of an index by themselves.

    Example:
        let few = concat(h[{click, buy}])

    Instead:
        let few = concat(h[t in {click, buy}])

        set some = {click, buy}
        let few = concat(h[some])
        let rest = concat(h[!some])

    Why: on the left `t` names the member that is being made, on both sides the index has one form;
    a set that is needed twice has a name.
    """

    id = "MTL0650"
    title = "a set in an index stands behind `in`"
    complement: bool
    """Whether a `!` stands before the braces."""

    def headline(self) -> str:
        return f"{quoted(self.span.text)} is no index by itself"

    def mark(self) -> str:
        return "give it a name" if self.complement else f"write {quoted(f't in {self.span.text}')}"

    def help(self) -> str:
        return f"`set some = {self.span.text}`: `[some]` keeps its members, `[!some]` all others"

    def mend(self) -> Sequence[Fix]:
        if self.complement:
            return []
        return [Fix(Span(self.span.file, self.span.start, self.span.start), "_ in ")]


class SeveralValues(SyntaxFault):
    """A param has one value, which may be a list; the members of a set stand in `{ }`.

    What it means: a comma stands between values that no brackets hold together, or `( )` do.

    Example:
        param widths = 64, 32

    Instead:
        param widths = [64, 32]

    Why: `[ ]` makes a list and `{ }` a set; `( )` only groups. A number has a point, `1.5`.
    """

    id = "MTL0148"
    title = "a param has one value, and the members of a set stand in `{ }`"
    keyword: str
    meant: str

    def headline(self) -> str:
        return "a param has one value" if self.keyword == "param" else "a set stands in `{ }`"

    def mark(self) -> str:
        return f"write {quoted(self.meant)}"

    def help(self) -> str:
        number = re.fullmatch(r"(\d+),(\d+)", self.span.text)
        return f"a number has a point: `{number[1]}.{number[2]}`" if number else ""

    def fix(self) -> Fix:
        return Fix(self.span, self.meant)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class SignBeforeBlock(SyntaxFault):
    """The `{` of a block follows its heading at once.

    What it means: a `=`, a `:` or `()` stands before the `{`.

    Example:
        tasks = {
            click : binary
        }

    Instead:
        tasks {
            click : binary
        }

    Why: a block is no value that a name could stand for; only a `component` has parameters.
    """

    id = "MTL0149"
    title = "the `{` of a block follows its heading at once"
    keyword: str

    def headline(self) -> str:
        return f"{quoted(self.keyword)} has no {quoted(self.span.text)} before its `{{`"

    def mark(self) -> str:
        return "leave it out"

    def fix(self) -> Fix:
        return Fix(self.span, "", safe=True)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class ParamsWithoutBrackets(SyntaxFault):
    """The params of a used file stand in `( )`.

    What it means: `name : value` follows the path without brackets.

    Example:
        use "mtl:ple.mtl" own: 5

    Instead:
        use "mtl:ple.mtl" (own: 5)

    Why: what follows the path without brackets is the next declaration.
    """

    id = "MTL0150"
    title = "the params of a used file stand in `( )`"
    meant: str

    def mark(self) -> str:
        return f"write {quoted(self.meant)}"

    def fix(self) -> Fix:
        return Fix(self.span, self.meant, safe=True)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]
