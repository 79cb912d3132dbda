"""Pieces of text with the places where a line may break, and how they fill lines.

A line may break before each piece but the first. A piece's depth is the number of brackets around
its break: a long line breaks at the outermost places that suffice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

WIDTH = 100
INDENT = 4

Pieces: TypeAlias = "list[tuple[int, str]]"


def text(words: str) -> Pieces:
    """Words that stay together."""
    return [(0, words)]


def glue(*parts: Pieces) -> Pieces:
    """Parts written without a space between them."""
    glued: Pieces = []
    for part in parts:
        if glued and part:
            depth, last = glued.pop()
            glued.append((depth, last + part[0][1]))
            glued.extend(part[1:])
        else:
            glued.extend(part)
    return glued


def deeper(part: Pieces) -> Pieces:
    """The same pieces inside one more bracket."""
    return [(depth + 1, words) for depth, words in part]


def listed(items: Iterable[Pieces]) -> Pieces:
    """`a, b, c`, with a break behind each comma."""
    *most, last = list(items) or [text("")]
    return [piece for item in most for piece in glue(item, text(","))] + last


def bracketed(opening: str, items: Iterable[Pieces], closing: str) -> Pieces:
    """`(a, b, c)`."""
    return glue(text(opening), deeper(listed(items)), text(closing))


def length(part: Pieces) -> int:
    """The columns of pieces on one line."""
    return sum(len(words) + 1 for _, words in part) - 1


def fill(part: Pieces, indent: int, hang: int) -> list[str]:
    """Lines from `indent` on, the second and later ones from `hang` on, of `WIDTH` if possible."""
    lines: list[str] = []
    for limit in range(max(depth for depth, _ in part) + 1):
        lines = _fill(_joined(part, limit), indent, hang)
        if all(len(line) <= WIDTH for line in lines):
            break
    return lines


def _joined(part: Pieces, limit: int) -> Sequence[str]:
    """The words between breaks that are not deeper than `limit`."""
    joined: list[str] = []
    for depth, words in part:
        if joined and depth > limit:
            joined[-1] += f" {words}"
        else:
            joined.append(words)
    return joined


def _fill(words: Sequence[str], indent: int, hang: int) -> list[str]:
    lines = [" " * indent + words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(" " * hang + word)
    return lines
