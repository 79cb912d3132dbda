"""Text → tokens: one pass over a file with the tokens of the grammar.

Characters that begin no token are reported and left out, so the parser sees the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lark import Lark, Token
from lark.lexer import PatternStr, TerminalDef

from mtlspec.diagnostics import Error
from mtlspec.source import SourceFile, Span
from mtlspec.syntax import slips
from mtlspec.syntax.tree import Comment

BYTE_ORDER_MARK = "\ufeff"
_WORD = re.compile(r"[A-Za-z_]+")


@dataclass(frozen=True, slots=True)
class Lexed:
    """The tokens of a file in their order, its comments, and what is wrong with its characters.

    `lost` has the offsets where something was left out that a statement probably needs.
    """

    tokens: tuple[Token, ...]
    comments: tuple[Comment, ...]
    errors: tuple[Error, ...]
    lost: tuple[int, ...]


class Lexer:
    """The tokens of the grammar as one regular expression.

    `words` has the text of each sign and reserved word by its kind, `reserved` the reverse.
    """

    def __init__(self, parser: Lark) -> None:
        words = {t for t in parser.terminals if _is_word(t)}
        patterns = sorted((t for t in parser.terminals if t not in words), key=_longest_first)
        self.reserved = {t.pattern.value: t.name for t in words}
        self.words = {t.name: t.pattern.value for t in parser.terminals if _is_text(t)}
        self._match = re.compile(
            "|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in patterns)
        ).match

    def lex(self, source: SourceFile) -> Lexed:
        """Never fails: what is no token is reported and left out."""
        tokens: list[Token] = []
        comments: list[Comment] = []
        found: list[tuple[int, slips.Slip]] = []
        at = 1 if source.text.startswith(BYTE_ORDER_MARK) else 0
        while at < len(source.text):
            kind, stop, slip = self._next(source, at)
            value = slip.value if slip else source.text[at:stop]
            if slip:
                found.append((at, slip))
            if kind == "COMMENT":
                comments.append(Comment(value.rstrip(), span=Span(source, at, stop)))
            elif value and kind != "SPACE":
                tokens.append(Token(kind, value, start_pos=at, end_pos=stop))
            at = stop
        errors = tuple(slip.error for _, slip in found)
        lost = tuple(at for at, slip in found if slip.lost)
        return Lexed(tuple(tokens), tuple(comments), errors, lost)

    def _next(self, source: SourceFile, at: int) -> tuple[str, int, slips.Slip | None]:
        """The kind of the token at an offset, where it ends, and what is wrong with it."""
        kind, stop = self._kind(source.text, at)
        check = slips.IN_TOKEN.get(kind)
        if not kind:
            slip = slips.in_nothing(source, at)
        elif check is None or (slip := check(source, at, stop)) is None:
            return kind, stop, None
        return slip.kind or self._kind(slip.value, 0)[0], slip.stop, slip

    def _kind(self, text: str, at: int) -> tuple[str, int]:
        found = self._match(text, at)
        if found is None:
            return "", at
        kind = found.lastgroup or ""
        return (self.reserved.get(found[0], kind) if kind == "NAME" else kind), found.end()


def _is_text(terminal: TerminalDef) -> bool:
    return isinstance(terminal.pattern, PatternStr)


def _is_word(terminal: TerminalDef) -> bool:
    return _is_text(terminal) and bool(_WORD.fullmatch(terminal.pattern.value))


def _longest_first(terminal: TerminalDef) -> tuple[int, int, str]:
    """The order in which Lark's own lexer tries terminals."""
    return -terminal.pattern.max_width, -len(terminal.pattern.value), terminal.name
