"""Text as a terminal shows it: made harmless, tabs expanded, measured in cells.

A spec is foreign text: control characters, also those that turn the writing direction, are shown
as pictures of themselves and never sent.
"""

from __future__ import annotations

import unicodedata
from functools import cache

TAB = 4

_PICTURES = 0x2400
_DELETE = "\N{SYMBOL FOR DELETE}"
_UNSEEN = "\N{REPLACEMENT CHARACTER}"
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(char: str) -> str:
    """The character, or one cell that stands for it where a terminal would not show it."""
    if " " <= char <= "~":
        return char
    code = ord(char)
    if code < ord(" "):
        return chr(_PICTURES + code)
    if char == "\x7f":
        return _DELETE
    return _UNSEEN if unicodedata.category(char) in _HARMFUL else char


def harmless(text: str) -> str:
    """A message's own text without control characters; line breaks are kept."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char == "\n" else printable(char) for char in text)


def width_of(text: str) -> int:
    """Cells of a text without control characters; East Asian characters take two."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


@cache
def _char_width(char: str) -> int:
    return width_of(char)


def cells(text: str) -> list[str]:
    """What is shown for each character: a tab as spaces up to its stop, the rest as it is."""
    shown: list[str] = []
    column = 0
    for char in text:
        piece = " " * (TAB - column % TAB) if char == "\t" else printable(char)
        shown.append(piece)
        column += len(piece) if piece.isascii() else _char_width(piece)
    return shown


def columns(shown: list[str]) -> list[int]:
    """Where each of those starts, in cells, and where the last one ends."""
    starts = [0]
    for piece in shown:
        starts.append(starts[-1] + (len(piece) if piece.isascii() else _char_width(piece)))
    return starts
