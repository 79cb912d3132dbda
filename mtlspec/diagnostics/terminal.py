"""Diagnostics as text for a terminal: whole with their places, or one line each.

Every line fits the width: long source lines are cut around their mark and prose is wrapped. The
only escape codes are those for colours, and only if asked for.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from mtlspec.diagnostics.base import Diagnostic, Fix, Label
from mtlspec.diagnostics.cells import harmless, width_of
from mtlspec.diagnostics.window import Window, look_at, on_first_line

Format = Literal["full", "concise"]

_SEVERITIES = ("error", "warning", "note")
_COLORS = {"error": "31", "warning": "33", "place": "36", "dim": "2", "bold": "1", "note": "1"}
_NARROWEST = 20
_CODE = re.compile(r"`[^`\n]*`")
_HARD_SPACE = "\N{NO-BREAK SPACE}"


def render(
    diagnostics: Iterable[Diagnostic],
    *,
    width: int = 80,
    color: bool = False,
    format: Format = "full",
) -> str:
    """Errors first, then warnings, then notes, each by file and place; no line break at the end."""
    ordered = sorted(diagnostics, key=_order)
    if format == "concise":
        return "\n".join(_one_line(diagnostic, color) for diagnostic in ordered)
    page = _Page(max(width, _NARROWEST), color)
    return "\n\n".join("\n".join(page.whole(diagnostic)) for diagnostic in ordered)


def summary(
    diagnostics: Iterable[Diagnostic],
    *,
    files: int,
    seconds: float | None = None,
    color: bool = False,
) -> str:
    """`2 errors, 1 note in 2 files · 43 ms`, and how to read more about the first error."""
    ordered = sorted(diagnostics, key=_order)
    counts = [(kind, sum(d.severity == kind for d in ordered)) for kind in _SEVERITIES]
    told = [_paint(_count(n, kind), kind, color) for kind, n in counts if n]
    where = f" in {_count(files, 'file')}" if files else ""
    time = "" if seconds is None else f" · {_duration(seconds)}"
    line = f"{', '.join(told) or 'nothing to report'}{where}{time}"
    if ordered and ordered[0].severity == "error":
        line += f"\nmore about one of them: mtlspec explain {ordered[0].id}"
    return line


def _order(diagnostic: Diagnostic) -> tuple[int, str, int]:
    label = diagnostic.primary
    rank = _SEVERITIES.index(diagnostic.severity)
    if label is None:
        return rank, diagnostic.place(), 0
    return rank, label.span.file.path, label.span.start


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _paint(text: str, style: str, color: bool) -> str:
    return f"\x1b[{_COLORS[style]}m{text}\x1b[0m" if color and text else text


def _one_line(diagnostic: Diagnostic, color: bool) -> str:
    label = diagnostic.primary
    place = label.span.place if label else diagnostic.place()
    hint = f"; {label.text}" if label and label.text.startswith("did you mean") else ""
    lead = f"{_paint(harmless(place), 'place', color)}: " if place else ""
    tag = _paint(f"{diagnostic.severity}[{diagnostic.id}]", diagnostic.severity, color)
    said = harmless(f"{diagnostic.headline()}{hint}").replace("\n", " ")
    return f"{lead}{tag} {said}"


@dataclass(frozen=True, slots=True)
class _Page:
    """Writes whole messages; `gutter` columns hold the line numbers."""

    width: int
    color: bool
    gutter: int = 2

    def whole(self, diagnostic: Diagnostic) -> Iterator[str]:
        labels = [*diagnostic.marks()]
        digits = max((len(str(label.span.line)) for label in labels), default=0)
        page = _Page(self.width, self.color, max(digits, 2))
        remarks = [*page.remarks(diagnostic)]
        yield from page.headline(diagnostic)
        if labels:
            yield from page.places(diagnostic, labels, ends=not remarks)
        elif diagnostic.place():
            yield page.corner("╭─", diagnostic.place())
        yield from remarks

    def headline(self, diagnostic: Diagnostic) -> Iterator[str]:
        tag = f"{diagnostic.severity}[{diagnostic.id}]"
        first, *more = self.wrapped(f"{tag}: {diagnostic.headline()}", "    ")
        yield _paint(tag, diagnostic.severity, self.color) + self.bold(first[len(tag) :])
        yield from (self.bold(line) for line in more)

    # --- places -----------------------------------------------------------------------------------

    def places(self, diagnostic: Diagnostic, labels: list[Label], ends: bool) -> Iterator[str]:
        """The marked lines of each file, that of the primary mark first.

        Several lines get air around them; `ends` says that nothing follows.
        """
        main = diagnostic.primary or labels[0]
        paths = dict.fromkeys([main.span.file, *(label.span.file for label in labels)])
        airy = len({label.span.line for label in labels if label.span.file is main.span.file}) > 1
        for number, file in enumerate(paths):
            inside = [label for label in labels if label.span.file is file]
            place = (inside[0] if number else main).span.place
            yield self.corner("├─" if number else "╭─", place)
            if airy and not number:
                yield self.bar()
            yield from self.lines(diagnostic.severity, inside)
        if airy and not ends:
            yield self.bar()

    def lines(self, severity: str, labels: Iterable[Label]) -> Iterator[str]:
        previous = 0
        ordered = sorted(labels, key=lambda label: label.span.start)
        for number, group in groupby(ordered, key=lambda label: label.span.line):
            if previous and number > previous + 1:
                yield self.dim(" " * (self.gutter + 1) + "┆")
            yield from self.line(severity, number, list(group))
            previous = number

    def line(self, severity: str, number: int, labels: Sequence[Label]) -> Iterator[str]:
        """A line and its marks; once more where the next mark lies too far to the right."""
        text = labels[0].span.file.line(number)
        lead = f"{number:>{self.gutter}} │ "
        window: Window | None = None
        for label in labels:
            first, last = on_first_line(label.span)
            mark = window.mark(first, last) if window else None
            if window is None or mark is None or sum(mark) > self.room:
                window = look_at(text, first, last, self.room)
                mark = window.mark(first, last)
                yield (self.dim(lead) + window.text).rstrip()
            if mark:
                yield from self.mark(severity, label, *mark)

    def mark(self, severity: str, label: Label, column: int, length: int) -> Iterator[str]:
        """Carets with the text behind them or, where it would pass the width, below."""
        style = severity if label.primary else "dim"
        length = min(length, max(1, self.room - column))
        carets = ("^" if label.primary else "─") * length
        text = harmless(label.text).replace("\n", " ")
        if text and column + length + 1 + width_of(text) <= self.room:
            yield self.bar(" " * column + _paint(f"{carets} {text}", style, self.color))
            return
        yield self.bar(" " * column + _paint(carets, style, self.color))
        if not text:
            return
        column = max(0, min(column, self.room - width_of(text)))
        for part in _wrap(text, self.room - column):
            yield self.bar(" " * column + _paint(part, style, self.color))

    # --- remarks ----------------------------------------------------------------------------------

    def remarks(self, diagnostic: Diagnostic) -> Iterator[str]:
        fix = diagnostic.fix()
        if fix and any(f"`{fix.replacement.strip()}`" in d.text for d in diagnostic.labels()):
            fix = None  # a label says so already
        told = [("found:   ", diagnostic.found()), ("expected:", diagnostic.expected())]
        told += [("note:", note) for note in diagnostic.notes()]
        told += [("help:", diagnostic.help()), ("fix:", _in_words(fix) if fix else "")]
        for kind, text in told:
            if text:
                yield from self.remark(kind, text)

    def remark(self, kind: str, text: str) -> Iterator[str]:
        lead = " " * (self.gutter + 1)
        first, *more = text.split("\n")
        lines = list(self.wrapped(f"{lead}= {kind} {first}", f"{lead}     "))
        yield self.dim(f"{lead}=") + lines[0][len(lead) + 1 :]
        yield from lines[1:]
        for line in more:
            yield from self.wrapped(f"{lead}     {line}", f"{lead}     ")

    def wrapped(self, text: str, indent: str) -> Sequence[str]:
        return _wrap(harmless(text), self.width, indent) or [""]

    # --- parts ------------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """The columns right of the gutter."""
        return self.width - self.gutter - len(" │ ")

    def corner(self, sign: str, place: str) -> str:
        shown = _paint(harmless(place), "place", self.color)
        return f"{' ' * (self.gutter + 1)}{self.dim(sign)} {shown}"

    def bar(self, text: str = "") -> str:
        return f"{' ' * (self.gutter + 1)}{self.dim('│')} {text}".rstrip()

    def dim(self, text: str) -> str:
        return _paint(text, "dim", self.color)

    def bold(self, text: str) -> str:
        return _paint(text, "bold", self.color)


def _wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of at most `width` columns; code in backticks stays together where it can."""
    if width_of(text) <= width:
        return [text]
    whole = _CODE.sub(lambda found: found[0].replace(" ", _HARD_SPACE), text)
    lines = textwrap.wrap(
        whole,
        max(width, _NARROWEST),
        subsequent_indent=indent,
        break_on_hyphens=False,
        replace_whitespace=False,
        drop_whitespace=True,
    )
    return [line.replace(_HARD_SPACE, " ") for line in lines]


def _in_words(fix: Fix) -> str:
    old, new = fix.span.text, fix.replacement.strip()
    if not old:
        return f"write `{new}` there"
    return f"write `{new}` for `{old}`" if new else f"delete `{old}`"
