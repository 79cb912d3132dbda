"""Tree → text: the one canonical form, with the comments of the file.

Four spaces for each block, one statement a line, signs of neighbours below each other, at most one
empty line in a row, lines of at most 100 columns where a break is possible.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mtlspec.source import Span
from mtlspec.syntax import tree as t
from mtlspec.syntax import wording
from mtlspec.syntax.layout import INDENT, WIDTH, text
from mtlspec.syntax.rows import Nested, Row, Simple, aligned, body_of, heading_of, laid_out, row_of

EDITION = 1
"""What `print_file` writes at the head of a file that names none."""

_GAP = "  "
"""What stands between a line and its comment."""

_AFTER_HEADING = " \t\r\f){,"


def print_expr(node: t.Expr | t.Range) -> str:
    """An expression on one line."""
    return " ".join(words for _, words in wording.value(node))


def print_stmt(node: Simple | Nested) -> str:
    """A statement, a declaration or a field, with its block if it has one, without comments."""
    return "\n".join(_lines(_rows(node, 0)))


def print_file(file: t.File) -> str:
    """A whole file with its comments; ends in a line break. Printing it again changes nothing."""
    return "".join(f"{line}\n" for line in _lines(_FileRows(file).rows()))


def _rows(node: Simple | Nested, indent: int) -> Iterator[Row]:
    if isinstance(node, Nested):
        yield replace(heading_of(node), indent=indent)
        for inner in body_of(node):
            yield from _rows(inner, indent + INDENT)
        yield Row(text("}"), [], indent=indent)
    else:
        yield replace(row_of(node), indent=indent)


class _FileRows:
    """Walks a file in reading order and puts its comments and empty lines between the rows."""

    def __init__(self, file: t.File) -> None:
        self._file = file
        self._text = file.source.text
        self._comments = deque(sorted(file.comments, key=lambda comment: comment.span.start))
        self._at = 0
        """Where what was written last ends in the source."""
        self._first = True
        """Whether nothing was written yet in this block."""

    def rows(self) -> Iterator[Row]:
        edition = self._file.edition
        if edition is None:
            yield from self._title()
            yield Row(text(f"mtl {EDITION}"), [])
        else:
            yield from self._comments_before(edition.span.start, 0)
            yield self._row(Row(text(f"mtl {edition.text}"), []), 0, edition.span)
        self._first = False
        for item in self._file.items:
            yield from self._node(item, 0)
        yield from self._comments_before(len(self._text) + 1, 0)

    def _title(self) -> Iterator[Row]:
        """The comments with which a file begins, up to an empty line or a declaration."""
        while self._comments:
            start = self._comments[0].span.start
            if self._text[self._at : start].strip() or self._is_blank(start):
                return
            yield from self._comments_before(start + 1, 0)

    def _node(self, node: Simple | Nested, indent: int) -> Iterator[Row]:
        yield from self._comments_before(node.span.start, indent)
        end = _heading_end(node) if isinstance(node, Nested) else node.span.stop
        inner = list(self._comments_before(end, indent, node.span.start))
        yield from inner
        self._at = max(self._at, node.span.start) if inner else self._at
        row = heading_of(node) if isinstance(node, Nested) else row_of(node)
        yield self._row(row, indent, Span(node.span.file, node.span.start, end))
        if isinstance(node, Nested):
            yield from self._body(node, indent)

    def _body(self, node: Nested, indent: int) -> Iterator[Row]:
        self._first = True
        for inner in body_of(node):
            yield from self._node(inner, indent + INDENT)
        yield from self._comments_before(node.span.stop, indent + INDENT)
        self._first = True
        end = node.span.stop
        yield self._row(Row(text("}"), []), indent, Span(node.span.file, end, end))

    def _row(self, row: Row, indent: int, span: Span) -> Row:
        """The row with its empty line and the comment that stands behind it on its line."""
        blank = self._is_blank(span.start)
        self._at, self._first = max(self._at, span.stop), False
        return replace(row, indent=indent, blank=blank, comment=self._comment_behind(span.stop))

    def _comments_before(self, limit: int, indent: int, at: int | None = None) -> Iterator[Row]:
        """A row for each comment before an offset; `at` is where it goes if not where it is."""
        while self._comments and self._comments[0].span.start < limit:
            comment = self._comments.popleft()
            blank = self._is_blank(comment.span.start if at is None else at)
            self._at, self._first = max(self._at, comment.span.stop), False
            yield Row(text(comment.text), [], indent=indent, blank=blank)

    def _comment_behind(self, end: int) -> str:
        if not self._comments:
            return ""
        comment = self._comments[0]
        between = self._text[end : comment.span.start]
        if "\n" in between or between.strip(_AFTER_HEADING):
            return ""
        self._comments.popleft()
        self._at = comment.span.stop
        return comment.text

    def _is_blank(self, start: int) -> bool:
        """Whether an empty line stands before an offset, not counting the start of a block."""
        return not self._first and self._text[self._at : start].count("\n") > 1


def _heading_end(node: Nested) -> int:
    """Where a heading ends but for its closing bracket and its `{`."""
    match node:
        case t.Repeat():
            return node.over.span.stop
        case t.Component():
            return (node.params[-1] if node.params else node.name).span.stop
        case t.Model() | t.Stage():
            return node.name.span.stop
        case _:
            return node.span.start + len(type(node).__name__)


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    """Rows as lines, comments of neighbouring rows below each other."""
    laid = [(row, laid_out(row)) for row in aligned(rows)]
    start = 0
    while start < len(laid):
        stop = start + 1
        while stop < len(laid) and _side_by_side(laid[stop - 1], laid[stop]):
            stop += 1
        column = _comment_column(laid[start:stop])
        for row, lines in laid[start:stop]:
            yield from [""] if row.blank else []
            yield from lines[:-1]
            yield _with_comment(lines[-1], row.comment, column)
        start = stop


def _side_by_side(before: tuple[Row, list[str]], after: tuple[Row, list[str]]) -> bool:
    """Whether two rows are neighbours with comments behind them."""
    one_line = len(after[1]) == 1
    same = before[0].indent == after[0].indent and not after[0].blank
    return bool(before[0].comment and after[0].comment) and one_line and same


def _comment_column(rows: Sequence[tuple[Row, list[str]]]) -> int:
    """The column of the comments of neighbours; 0 where one of them would pass the width."""
    column = max(len(lines[-1]) for _, lines in rows)
    fits = all(column + len(_GAP) + len(row.comment) <= WIDTH for row, _ in rows)
    return column if fits else 0


def _with_comment(line: str, comment: str, column: int) -> str:
    return f"{line:<{column}}{_GAP}{comment}" if comment else line
