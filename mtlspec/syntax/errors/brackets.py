"""Errors in brackets and blocks: unclosed, stray, empty, too deep."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Fix, Label
from mtlspec.source import Span
from mtlspec.syntax.errors.base import SyntaxFault, quoted

CLOSER = {"(": ")", "[": "]", "{": "}"}


class UnclosedBracket(SyntaxFault):
    """Every bracket is closed in its statement.

    What it means: a `(`, `[` or the `{` of a set is open where its statement ends.

    Example:
        layer h = features -> mlp(128, 64
        head[task] = h

    Instead:
        layer h = features -> mlp(128, 64)
        head[task] = h

    Why: line breaks have no meaning, so an open bracket would take in all that follows; a
    reserved word that starts a statement ends the search.
    """

    id = "MTL0110"
    title = "every bracket is closed in its statement"
    end: Span

    def headline(self) -> str:
        return f"{quoted(self.span.text)} is not closed"

    def mark(self) -> str:
        return "opened here"

    def labels(self) -> Sequence[Label]:
        closer = quoted(CLOSER.get(self.span.text, ")"))
        return [
            *super().labels(),
            Label(self.end, f"{closer} is missing before this"),
        ]


class StrayBracket(SyntaxFault):
    """A bracket closes the one that was opened last.

    What it means: a `)`, `]` or `}` has no partner, or closes a bracket of another kind.

    Example:
        layer h = features -> mlp(128, 64]

    Instead:
        layer h = features -> mlp(128, 64)

    Why: `( )` holds arguments, `[ ]` an index or a list, `{ }` a set or a block.
    """

    id = "MTL0111"
    title = "a bracket closes the one that was opened last"
    opening: Span | None = None

    def headline(self) -> str:
        if self.opening is None:
            return f"{quoted(self.span.text)} closes nothing"
        return f"{quoted(self.span.text)} does not close {quoted(self.opening.text)}"

    def mark(self) -> str:
        if self.opening is None:
            return "nothing is open here"
        return f"expected {quoted(CLOSER.get(self.opening.text, ')'))}"

    def labels(self) -> Sequence[Label]:
        opened = [] if self.opening is None else [Label(self.opening, "opened here")]
        return [*super().labels(), *opened]


class EmptyBrackets(SyntaxFault):
    """An index and a set hold at least one entry.

    What it means: nothing stands between the brackets.

    Example:
        expert mine[] = features -> mlp(64)

    Instead:
        expert mine[task] = features -> mlp(64)

    Why: a family has members to count and a set has members to name; a single value has no
    brackets at all. An empty list, `[]`, is a value and is fine.
    """

    id = "MTL0112"
    title = "an index and a set hold at least one entry"
    square: bool

    def headline(self) -> str:
        return f"{'an index' if self.square else 'a set'} holds at least one entry"

    def mark(self) -> str:
        return "leave the brackets out, or say which" if self.square else "name its members"


class UnclosedBlock(SyntaxFault):
    """Every block is closed by a `}`.

    What it means: a block is opened and never closed. The mark is at its opening; where its `}` is
    missing was guessed from the indentation.

    Example:
        model m {
            repeat 3 {
                let h <- h -> f
            head[task] = h
        }

    Instead:
        model m {
            repeat 3 {
                let h <- h -> f
            }
            head[task] = h
        }

    Why: braces, not indentation, say what belongs to a block, so that a spec may be laid out as it
    reads best.
    """

    id = "MTL0113"
    title = "every block is closed by a `}`"
    end: Span
    heading: str

    def headline(self) -> str:
        return f"the block of {quoted(self.heading)} is not closed"

    def mark(self) -> str:
        return "opened here"

    def labels(self) -> Sequence[Label]:
        return [*super().labels(), Label(self.end, "`}` is missing before this")]


class StrayBrace(SyntaxFault):
    """A `}` closes a block, and a `{` opens one.

    What it means: there is a brace too many: a `}` where no block is open, or a `{` without a
    statement that has a block.

    Example:
        model m {
            head[task] = features
        }
        }

    Instead:
        model m {
            head[task] = features
        }

    Why: the braces are the only thing that says what belongs to a block.
    """

    id = "MTL0114"
    title = "a `}` closes a block, and a `{` opens one"

    def headline(self) -> str:
        if self.span.text == "{":
            return "`{` opens nothing"
        return "`}` closes nothing"

    def mark(self) -> str:
        return "one too many"

    def fix(self) -> Fix:
        return Fix(self.span, "")


class BlockWithoutBrace(SyntaxFault):
    """A block is opened by a `{`.

    What it means: a word that has a block is followed by statements, and the `{` between them is
    missing.

    Example:
        repeat width in [128, 64]
            let h <- h -> f
        }

    Instead:
        repeat width in [128, 64] {
            let h <- h -> f
        }

    Why: braces, not indentation, say what belongs to a block.
    """

    id = "MTL0115"
    title = "a block is opened by a `{`"
    heading: str

    def headline(self) -> str:
        return f"the block of {quoted(self.heading)} is not opened"

    def mark(self) -> str:
        found = f", found {quoted(self.span.text)}" if self.span.text else ""
        return f"expected `{{`{found}"

    def help(self) -> str:
        return "a block stands in `{ }`, however it is indented" if self.span.text else ""

    def fix(self) -> Fix:
        return Fix(self.span, " {")


class TooDeep(SyntaxFault):
    """A spec is nested at most 100 deep.

    What it means: blocks, brackets, calls or signs are nested or chained deeper than anyone could
    read.

    Example:
        let x = ((((((( … a … )))))))

    Instead:
        let y = …
        let x = … y …

    Why: nobody writes such an expression by hand; it comes from a generator, which can as well
    give names to the parts.
    """

    id = "MTL0116"
    title = "a spec is nested at most 100 deep, brackets, calls, signs and blocks together"

    def headline(self) -> str:
        return "this is nested too deep"

    def mark(self) -> str:
        return "100 brackets, calls, signs or blocks lie around this"

    def help(self) -> str:
        return "give a name to a part of it with `let`"
