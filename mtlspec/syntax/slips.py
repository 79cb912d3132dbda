"""Mistakes in characters: what was meant, where to read on, and the error to report.

A slip is found where no token of the grammar matches, or where one matches only a part of what
was written, as `1` does of `1.`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from mtlspec.diagnostics import Error
from mtlspec.source import SourceFile, Span
from mtlspec.syntax.errors.characters import (
    DashBeforeField,
    ForeignComment,
    ForeignQuotes,
    NumberForm,
    NumberTooLarge,
    OpenString,
    Semicolon,
    StrayCharacter,
    UnknownEscape,
)

UNREADABLE = "UNREADABLE"
"""The kind of a token that the grammar has nowhere: its statement does not parse."""

_FULLWIDTH = 0xFEE0
"""How far the fullwidth form of a sign lies behind the sign itself."""

LOOKALIKES = {
    "→": "->",
    "⟶": "->",
    "⇒": "->",
    "←": "<-",
    "⟵": "<-",
    "⇐": "<-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "×": "*",
    "·": "*",
    "÷": "/",
    "…": "..",
    "−": "-",
    "–": "-",
    "—": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "—>": "->",
    "–>": "->",
    "−>": "->",
    "|>": "->",
    "&&": "and",
    "||": "or",
    "&": "and",
    "|": "or",
    **{chr(ord(sign) + _FULLWIDTH): sign for sign in ":,=()[]{}+*/!."},
}
"""Signs that are typed or pasted for another one."""

FOREIGN_PAIRS = {"=>": "->", ":=": "=", "=<": "<=", "<>": "!="}
"""Signs of other languages that begin with a sign of this one, and what is written instead."""

NO_SIGNS = {
    "@": "matrices are multiplied by `matmul(a, b)`",
    "**": "a square is `x * x`",
    "^": "a square is `x * x`",
    "%": "there is no remainder",
    "~": "`not` is written out, and all but is `!`",
    "?": "there is no choice by a condition; a gate weighs",
    "$": "a param is named as it is",
    "\\": "a line break means nothing, so none has to be hidden",
}
"""Signs of other languages that have no partner here, and what to do instead."""

_QUOTES = {"'": "'", "`": "`", "“": "”", "”": "”", "„": "”", "«": "»"}
_QUOTES["\N{LEFT SINGLE QUOTATION MARK}"] = "’"
_LARGEST = 2**63 - 1
_BROKEN_NUMBER = re.compile(
    r"(?P<digits>[0-9][0-9_]*)\.(?P<power>[eE][+-]?[0-9]+)?(?![.A-Za-z_0-9])"
)
_LEADING_POINT = re.compile(r"\.[0-9][0-9_]*([eE][+-]?[0-9]+)?")
_WORD = re.compile(r"\w+")
_ENTRY = re.compile(r'-[ \t]+(\w+|"[^"\n]*")[ \t]*:(?!=)')
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Slip:
    """Read on at `stop`; `value` is the text of the token that was meant, or empty for none.

    `kind` is its type where the text alone does not say it. `lost` says that something is left out
    which the statement probably needs, so that another error in it would be no news.
    """

    error: Error
    stop: int
    value: str = ""
    kind: str = ""
    lost: bool = False


def in_nothing(source: SourceFile, start: int) -> Slip:
    """A slip where no token matches."""
    char = source.text[start]
    if char == '"':
        return _open_string(source, start)
    if char in _QUOTES and (slip := _foreign_quotes(source, start, _QUOTES[char])):
        return slip
    if char == ";":
        return Slip(Semicolon(Span(source, start, start + 1)), start + 1)
    pair = source.text[start : start + 2]
    found = pair if pair in LOOKALIKES else char
    if found in LOOKALIKES:
        meant = LOOKALIKES[found]
        span = Span(source, start, start + len(found))
        return Slip(StrayCharacter(span, found, meant), span.stop, meant)
    if char.isalnum():
        return _foreign_word(source, start)
    stop = start + 1
    while source.text[stop : stop + 1] == char:
        stop += 1
    error = StrayCharacter(Span(source, start, stop), char, instead=NO_SIGNS.get(char, ""))
    return Slip(error, stop, lost=True)


def in_number(source: SourceFile, start: int, stop: int) -> Slip | None:
    """A slip in an `INT` or a `FLOAT`: `1.`, `1.e5`, `3d`, or more than 64 bits."""
    text = source.text
    if found := _BROKEN_NUMBER.match(text, start):
        meant = f"{found['digits']}.0{found['power'] or ''}"
        return Slip(NumberForm(Span(source, start, found.end()), meant), found.end(), meant)
    if stop < len(text) and (text[stop].isalnum() or text[stop] == "_"):
        word = _WORD.match(text, start)
        end = word.end() if word else stop
        error = NumberForm(Span(source, start, end))
        return Slip(error, end, text[start:end], UNREADABLE, lost=True)
    if stop - start >= len("1e309") and _too_large(text[start:stop]):
        return Slip(NumberTooLarge(Span(source, start, stop)), stop, "0")
    return None


def in_dot(source: SourceFile, start: int, _stop: int) -> Slip | None:
    """`.5`, unless the point picks something from what stands before it."""
    text = source.text
    found = _LEADING_POINT.match(text, start)
    before = text[start - 1] if start else " "
    if found is None or before.isalnum() or before in "_)].":
        return None
    meant = f"0{found[0]}"
    return Slip(NumberForm(Span(source, start, found.end()), meant), found.end(), meant)


def in_name(source: SourceFile, start: int, stop: int) -> Slip | None:
    """A name that goes on with letters of another alphabet."""
    follows = source.text[stop : stop + 1]
    return _foreign_word(source, start) if follows.isalnum() else None


def in_slash(source: SourceFile, start: int, _stop: int) -> Slip | None:
    """A comment of another language."""
    opening = source.text[start : start + 2]
    if opening not in ("//", "/*"):
        return None
    stop = source.text.find("*/", start) + 2 if opening == "/*" else 1
    if stop < 2:
        stop = _line_end(source.text, start)
    return Slip(ForeignComment(Span(source, start, stop)), stop)


def in_string(source: SourceFile, start: int, stop: int) -> Slip | None:
    """An escape that does not exist."""
    if "\\" not in source.text[start:stop]:
        return None
    for found in _ESCAPE.finditer(source.text, start, stop):
        if found[1] not in '"\\n':
            span = Span(source, found.start(), found.end())
            return Slip(UnknownEscape(span), stop, source.text[start:stop])
    return None


def in_pair(source: SourceFile, start: int, _stop: int) -> Slip | None:
    """`=>`, `:=` and others, of which the first character alone is a sign."""
    pair = source.text[start : start + 2]
    if pair not in FOREIGN_PAIRS:
        return None
    span = Span(source, start, start + 2)
    meant = FOREIGN_PAIRS[pair]
    return Slip(StrayCharacter(span, pair, meant), span.stop, meant)


def in_star(source: SourceFile, start: int, _stop: int) -> Slip | None:
    """`**`."""
    if source.text[start : start + 2] != "**":
        return None
    span = Span(source, start, start + 2)
    return Slip(StrayCharacter(span, "**", instead=NO_SIGNS["**"]), span.stop, lost=True)


def in_minus(source: SourceFile, start: int, _stop: int) -> Slip | None:
    """`- name :`, an entry of a list in YAML."""
    first_on_line = not source.text[:start].rpartition("\n")[2].strip()
    if not first_on_line or _ENTRY.match(source.text, start) is None:
        return None
    return Slip(DashBeforeField(Span(source, start, start + 1)), start + 1)


IN_TOKEN: dict[str, Callable[[SourceFile, int, int], Slip | None]] = {
    "COLON": in_pair,
    "COMPARISON": in_pair,
    "EQUAL": in_pair,
    "STAR": in_star,
    "MINUS": in_minus,
    "INT": in_number,
    "FLOAT": in_number,
    "DOT": in_dot,
    "NAME": in_name,
    "SLASH": in_slash,
    "STRING": in_string,
}


def _line_end(text: str, start: int) -> int:
    stop = text.find("\n", start)
    return len(text) if stop < 0 else stop


def _open_string(source: SourceFile, start: int) -> Slip:
    stop = _line_end(source.text, start)
    while source.text[stop - 1].isspace():
        stop -= 1
    inside = source.text[start:stop].rstrip("\\")
    return Slip(OpenString(Span(source, start, stop)), stop, f'{inside}"', lost=True)


def _foreign_quotes(source: SourceFile, start: int, closing: str) -> Slip | None:
    text = source.text
    line_end = _line_end(text, start)
    ends = [text.find(quote, start + 1, line_end) for quote in (closing, text[start])]
    stop = min((end for end in ends if end >= 0), default=-1)
    if stop < 0:
        return None
    inside = text[start + 1 : stop].replace("\\", "\\\\").replace('"', '\\"')
    meant = f'"{inside}"'
    return Slip(ForeignQuotes(Span(source, start, stop + 1), meant), stop + 1, meant)


def _foreign_word(source: SourceFile, start: int) -> Slip:
    found = _WORD.match(source.text, start)
    stop = found.end() if found else start + 1
    word = source.text[start:stop]
    return Slip(StrayCharacter(Span(source, start, stop), word), stop, word, "NAME")


def _too_large(text: str) -> bool:
    digits = text.replace("_", "")
    if digits.isdigit():
        digits = digits.lstrip("0")
        return len(digits) > len(str(_LARGEST)) or int(digits or "0") > _LARGEST
    return float(digits) == float("inf")
