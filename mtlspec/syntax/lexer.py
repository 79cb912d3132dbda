"""Text → tokens: one pass over a file with the tokens of the grammar.

Characters that begin no token are reported and left out, so the parser sees the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lark import Lark, Token
from lark.lexer import PatternStr, TerminalDef

from mtlspec.diagnostics import Diagnostic
from mtlspec.source import SourceFile, Span
from mtlspec.syntax.tree import Comment

_WORD = re.compile(r"[A-Za-z_]+")


@dataclass(frozen=True, slots=True)
class Lexed:
    """The tokens of a file in their order, its comments, and what is wrong with its characters."""

    tokens: tuple[Token, ...]
    comments: tuple[Comment, ...]
    diagnostics: tuple[Diagnostic, ...]


class Lexer:
    """The tokens of the grammar as one regular expression."""

    def __init__(self, parser: Lark) -> None:
        words = {t for t in parser.terminals if _is_word(t)}
        patterns = sorted((t for t in parser.terminals if t not in words), key=_longest_first)
        self.reserved = {t.pattern.value: t.name for t in words}
        self.signs = {
            t.name: t.pattern.value for t in parser.terminals if isinstance(t.pattern, PatternStr)
        }
        self._match = re.compile(
            "|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in patterns)
        ).match

    def lex(self, source: SourceFile) -> Lexed:
        comments: list[Comment] = []
        tokens: list[Token] = []
        for token in self._scan(source.text):
            if token.type == "COMMENT":
                start, stop = token.start_pos or 0, token.end_pos or 0
                comments.append(Comment(str(token).rstrip(), span=Span(source, start, stop)))
            elif token.type != "SPACE":
                tokens.append(token)
        return Lexed(tuple(tokens), tuple(comments), ())

    def _scan(self, text: str) -> Iterator[Token]:
        at = 0
        while at < len(text):
            found = self._match(text, at)
            if found is None or found.lastgroup is None:
                at += 1
                continue
            value = found.group()
            kind = found.lastgroup
            if kind == "NAME":
                kind = self.reserved.get(value, kind)
            yield Token(kind, value, start_pos=at, end_pos=found.end())
            at = found.end()


def _is_word(terminal: TerminalDef) -> bool:
    return isinstance(terminal.pattern, PatternStr) and bool(
        _WORD.fullmatch(terminal.pattern.value)
    )


def _longest_first(terminal: TerminalDef) -> tuple[int, int, str]:
    """The order in which Lark's own lexer tries terminals."""
    return -terminal.pattern.max_width, -len(terminal.pattern.value), terminal.name
