"""One line of a source as far as it is shown, and where a mark stands under it."""

from __future__ import annotations

from dataclasses import dataclass

from mtlspec.diagnostics.cells import cells, columns
from mtlspec.source import Span

CUT = "…"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a line: `text` as shown, from character `start` of the line up to `stop`."""

    text: str
    start: int
    stop: int
    offsets: tuple[int, ...]
    """The column of each character of the stretch, and that behind the last."""

    def mark(self, first: int, last: int) -> tuple[int, int] | None:
        """Column and length of a mark on characters; at least one column, None if not in sight."""
        if not (self.start <= first <= self.stop):
            return None
        begin = self.offsets[first - self.start]
        end = self.offsets[min(last, self.stop) - self.start]
        return begin, max(end - begin, 1)


def look_at(line: str, first: int, last: int, width: int) -> Window:
    """The part of a line around a mark that fits into `width` columns; cuts end in `…`."""
    near = max(0, first - 4 * width)
    shown = cells(line[near : first + 4 * width])
    starts = columns(shown)
    if near == 0 and len(shown) == len(line) and starts[-1] <= width:
        return Window("".join(shown), 0, len(line), tuple(starts))
    room = width - 2 * len(CUT)
    here, end = (min(at - near, len(shown)) for at in (first, last))
    begin = _begin(starts, here, end, room) if near or starts[end] > room else 0
    end = begin
    while end < len(shown) and starts[end + 1] - starts[begin] <= room:
        end += 1
    left = CUT if near + begin else ""
    right = CUT if near + end < len(line) else ""
    text = f"{left}{''.join(shown[begin:end])}{right}"
    offsets = tuple(at - starts[begin] + len(left) for at in starts[begin : end + 1])
    return Window(text, near + begin, near + end, offsets)


def _begin(starts: list[int], here: int, end: int, room: int) -> int:
    """The first character to show so that a mark is in sight, with as much as fits before it."""
    mark = min(starts[end] - starts[here], room)
    behind = min(starts[-1] - starts[here], max(mark, room // 2))
    begin = here
    while begin and starts[here] + behind - starts[begin - 1] <= room:
        begin -= 1
    return begin


def on_first_line(span: Span) -> tuple[int, int]:
    """The characters of its first line that a span covers, counted from 0."""
    first = span.column - 1
    line = span.file.line(span.line)
    if span.file.line_of(span.stop) == span.line:
        return first, first + span.stop - span.start
    return first, max(first, len(line.rstrip()))
