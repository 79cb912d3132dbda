"""Texts and places in them: a `SourceFile` knows its lines, a `Span` knows its file.

Nothing here opens a file: whoever drives the pipeline passes a `Read` function.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

Read = Callable[[str], str]
"""Reads a path as UTF-8 text; raises `OSError` or `UnicodeDecodeError`."""

Peek = Callable[[str, int, int], bytes]
"""Reads so many bytes of a file, from one on (path, first, count); raises `OSError`."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceFile:
    """One text under the name by which a person knows it; compared by identity."""

    path: str
    text: str
    _starts: list[int] = field(default_factory=list[int], init=False, repr=False)

    def __post_init__(self) -> None:
        self._starts.append(0)
        self._starts.extend(i + 1 for i, char in enumerate(self.text) if char == "\n")

    def lines(self) -> Iterator[tuple[int, int]]:
        """Where each line starts, and where the next one would."""
        yield from pairwise((*self._starts, len(self.text)))

    @property
    def longest_line(self) -> int:
        """The characters of the longest line, with its line break."""
        return max(stop - start for start, stop in self.lines())

    def line_of(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return bisect_right(self._starts, offset)

    def column_of(self, offset: int) -> int:
        """The column of an offset in its line, from 1, in characters."""
        return offset - self._starts[self.line_of(offset) - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its line break."""
        start = self._starts[number - 1]
        stop = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:stop].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Span:
    """The characters `start` up to, not including, `stop` of a file."""

    file: SourceFile
    start: int
    stop: int

    @property
    def line(self) -> int:
        return self.file.line_of(self.start)

    @property
    def column(self) -> int:
        return self.file.column_of(self.start)

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.stop]

    @property
    def place(self) -> str:
        """`path:line:column`."""
        return f"{self.file.path}:{self.line}:{self.column}"

    def within(self, other: Span) -> bool:
        """Whether it is a part of another span."""
        return self.file is other.file and other.start <= self.start <= self.stop <= other.stop

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of a later one of the same file."""
        return Span(self.file, self.start, max(self.stop, other.stop))
