"""Errors in the form of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mtlspec.diagnostics import Fix, Label
from mtlspec.source import Span
from mtlspec.syntax.errors.base import SyntaxFault, either, quoted
from mtlspec.syntax.errors.habits import INSTEAD_OF_STATEMENTS

_FOR_EQUALS = frozenset({":", "==", "->"})
"""Signs that are taken for `=`."""


class UnknownStatement(SyntaxFault):
    """Every statement starts with a reserved word.

    What it means: something stands where a statement should start, and it is not one of the words
    that start one there.

    Example:
        expret mine[task] = features -> mlp(64)

    Instead:
        expert mine[task] = features -> mlp(64)

    Why: the word says what kind of thing is declared and whether it owns weights; it also lets a
    reader see where a statement begins without counting lines.
    """

    id = "MTL0117"
    title = "every statement starts with a reserved word"
    words: tuple[str, ...]
    meant: str | None = None
    defines: bool = False
    """Whether a name stands there and a `=` behind it."""
    calls: bool = False
    """Whether it is a call, perhaps the next op of a chain."""
    value: str = ""
    """What stands last in a block, if it may be a value that is meant to be given back."""

    def headline(self) -> str:
        return f"{quoted(self.span.text)} does not start a statement"

    def mark(self) -> str:
        if self.meant:
            return f"did you mean {quoted(self.meant)}?"
        return "expected a word before it" if self.defines else ""

    def expected(self) -> str:
        if self.meant or self.help():
            return ""
        return either([quoted(word) for word in self.words])

    def help(self) -> str:
        if self.meant:
            return ""
        if self.defines:
            return self._definition()
        if self.calls:
            return f"a chain goes on with `->`: `-> {self.span.text}(…)`"
        instead = INSTEAD_OF_STATEMENTS.get(self.span.text, "")
        if not instead and self.value and "\n" not in self.value:
            return f"a component gives it back by `return {self.value}`"
        return instead

    def _definition(self) -> str:
        name = self.span.text
        if "let" not in self.words:
            return f"what a file defines is a constant, `param {name} = …`, or a set"
        return f"`layer {name} = …` if it learns weights of its own, else `let {name} = …`"

    def fix(self) -> Fix | None:
        return Fix(self.span, self.meant) if self.meant else None

    def mend(self) -> Sequence[Fix]:
        if self.meant:
            return [Fix(self.span, self.meant)]
        word = "layer" if "layer" in self.words else "param"
        before = Span(self.span.file, self.span.start, self.span.start)
        return [Fix(before, word)] if self.defines else []


class MisplacedStatement(SyntaxFault):
    """Every statement has the kind of block in which it stands.

    What it means: the statement is one of the language, but does not belong here: what a file
    declares stands in no block, what a model does stands in a model or a component.

    Example:
        layer h = features -> mlp(64)
        model m {
            head[task] = h
        }

    Instead:
        model m {
            layer h = features -> mlp(64)
            head[task] = h
        }

    Why: a file can hold several models, and another file may take in its components.
    """

    id = "MTL0118"
    title = "every statement has the kind of block in which it stands"
    where: str
    home: str

    def headline(self) -> str:
        return f"{quoted(self.span.text)} does not stand {self.where}"

    def mark(self) -> str:
        return f"it stands {self.home}" if self.home else ""


class ReservedName(SyntaxFault):
    """A reserved word is not a name.

    What it means: a word that the language keeps for itself stands where a name is needed.

    Example:
        let loss = a - b

    Instead:
        let gap = a - b

    Why: reserved words show where statements start. They are few, and never the names of ops, of
    types or of routers. Before a `:` most of them may be used, since an option or a column cannot
    be mistaken for a statement.
    """

    id = "MTL0119"
    title = "a reserved word is not a name"
    meant: str = ""
    others: tuple[Span, ...] = ()
    """Where the same word stands for a name again."""

    def headline(self) -> str:
        return f"{quoted(self.span.text)} is a reserved word, not a name"

    def mark(self) -> str:
        return f"did you mean {quoted(self.meant)}?" if self.meant else "expected a name"

    def labels(self) -> Sequence[Label]:
        return [*super().labels(), *(Label(span, "and here") for span in self.others)]

    def also(self, other: SyntaxFault) -> SyntaxFault | None:
        if not isinstance(other, ReservedName) or other.span.text != self.span.text:
            return None
        if self.meant or other.meant:
            return None
        return replace(self, others=(*self.others, other.span))

    def help(self) -> str:
        if self.meant:
            return f"{quoted(self.meant)} is the set of all tasks"
        return f"another name will do, such as `{self.span.text}_` or `my_{self.span.text}`"

    def fix(self) -> Fix | None:
        return Fix(self.span, self.meant) if self.meant else None

    def mend(self) -> Sequence[Fix]:
        return [Fix(self.span, self.meant)] if self.meant else []


class MissingName(SyntaxFault):
    """A statement names what it declares.

    What it means: after the word that starts the statement, or after a comma, a name is missing.

    Example:
        layer = features -> mlp(64)

    Instead:
        layer bottom = features -> mlp(64)

    Why: names are how statements use each other, how weights are called and how a report speaks of
    them.
    """

    id = "MTL0120"
    title = "a statement names what it declares"
    after: str
    found_text: str

    def headline(self) -> str:
        return f"a name is missing after {quoted(self.after)}"

    def mark(self) -> str:
        return f"expected a name, found {self.found_text}"


class MissingEquals(SyntaxFault):
    """`=` stands between a name and what it is.

    What it means: a name is followed by another sign, or at once by its value.

    Example:
        layer h features -> mlp(64)

    Instead:
        layer h = features -> mlp(64)

    Why: `=` is "is defined as", `:` is "has type", `==` asks whether two values are equal, and
    `<-` moves a stream to the next level.
    """

    id = "MTL0121"
    title = "`=` stands between a name and what it is"
    keyword: str
    found_text: str
    instead_of: bool
    """Whether another sign stands in the place of `=`."""

    def headline(self) -> str:
        if self.instead_of:
            return f"{quoted(self.keyword)} takes `=`, not {self.found_text}"
        return f"{quoted(self.keyword)} needs a `=` after the name"

    def mark(self) -> str:
        return f"expected `=`, found {self.found_text}"

    def fix(self) -> Fix | None:
        if self.instead_of:
            return Fix(self.span, "=")
        at_end = self.span.start == self.span.stop
        start = Span(self.span.file, self.span.start, self.span.start)
        return None if at_end else Fix(start, "= ")

    def mend(self) -> Sequence[Fix]:
        fix = self.fix()
        sure = not self.instead_of or self.span.text in _FOR_EQUALS
        return [fix] if fix and sure else []


class MoveNotAllowed(SyntaxFault):
    """`<-` follows `layer`, `let`, `gate` and `stitch`.

    What it means: `<-` stands after a word that declares something new.

    Example:
        stream h <- features

    Instead:
        stream h = features

    Why: `<-` gives a stream its value for the next level, in the body of a `repeat`. A stream gets
    its first value by `=`, an expert is read by a gate, and the other words have nothing to move.
    """

    id = "MTL0122"
    title = "`<-` follows `layer`, `let`, `gate` and `stitch`"
    keyword: str

    def headline(self) -> str:
        return f"{quoted(self.keyword)} takes `=`, not `<-`"

    def mark(self) -> str:
        return "expected `=`"

    def notes(self) -> Sequence[str]:
        return ["`<-` moves a stream, after `layer`, `let`, `gate` or `stitch`"]

    def fix(self) -> Fix:
        return Fix(self.span, "=")

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class GateWithoutSelector(SyntaxFault):
    """A gate says by what it selects.

    What it means: a `gate` has candidates and no `by`.

    Example:
        gate g[task] = mine[task], ours

    Instead:
        gate g[task] = mine[task], ours by features

    Why: a gate computes its coefficients from a value, its selector. A mix with learned
    coefficients that depend on nothing is a `stitch`.
    """

    id = "MTL0126"
    title = "a gate says by what it selects"
    router: str = ""
    """A router that stands where a candidate should: `softmax` in `gate g = softmax(x)`."""

    def headline(self) -> str:
        return "this gate has no `by`"

    def mark(self) -> str:
        return "expected `by` and a selector"

    def help(self) -> str:
        if self.router:
            return (
                f"list what is mixed and say by what, `gate({self.router}) g = a, b by x`;\n"
                "`softmax` is the router of a gate that names none"
            )
        return (
            "say what the coefficients are computed from, such as `by features`;\n"
            "a `stitch` learns them as they are"
        )


class Unexpected(SyntaxFault):
    """Every statement has the form of its word.

    What it means: something stands in a place where the language has nothing of the kind. The mark
    says what could stand there.

    Example:
        layer h = features -> mlp(64) by s

    Instead:
        layer h = features -> mlp(64)

    Why: each word has one form; the reference lists it under the word.
    """

    id = "MTL0101"
    title = "every statement has the form of its word"
    found_text: str
    options: tuple[str, ...]
    ends: bool = False
    """Whether the statement ends there."""
    hint: str = ""

    def help(self) -> str:
        return self.hint

    def headline(self) -> str:
        return "this is not complete" if self.ends else f"{self.found_text} cannot stand here"

    def mark(self) -> str:
        found = f", found {self.found_text}" if self.ends else ""
        return f"expected {either(self.options)}{found}"
