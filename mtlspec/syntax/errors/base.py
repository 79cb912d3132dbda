"""What all syntax errors have in common, and how a token is called in a message."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Fix, Label
from mtlspec.source import Span

LONGEST_QUOTE = 40


class SyntaxFault(Error):
    """An error at one place: `mark` is what stands under its carets.

    Where there is no doubt what was meant, `mend` says as what the rest of the statement is read.
    """

    span: Span

    def mark(self) -> str:
        return ""

    def mend(self) -> Sequence[Fix]:
        return []

    def also(self, other: SyntaxFault) -> SyntaxFault | None:
        """This error with the place of another, where both are one mistake."""
        del other
        return None

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.mark(), primary=True)]


def quoted(text: str) -> str:
    """A piece of a spec inside a sentence, cut where it is long."""
    short = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return f"`{short}`"


def either(words: Sequence[str]) -> str:
    """`a, b or c`."""
    *most, last = words or [""]
    return f"{', '.join(most)} or {last}" if most else last
