"""A statement as it was surely meant: fixes laid over its tokens."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from mtlspec.diagnostics import Fix
from mtlspec.source import SourceFile
from mtlspec.syntax.lexer import Lexer


def mended(lexer: Lexer, tokens: Sequence[Token], fixes: Sequence[Fix]) -> tuple[Token, ...]:
    """The tokens with those that fixes cover replaced; new ones have the place of their fix."""
    found = tuple(tokens)
    for fix in fixes:
        start, stop = fix.span.start, fix.span.stop
        before = [token for token in found if (token.end_pos or 0) <= start]
        after = [token for token in found if (token.start_pos or 0) >= stop]
        new = lexer.lex(SourceFile("", fix.replacement)).tokens
        placed = [Token(t.type, str(t), start_pos=start, end_pos=stop) for t in new]
        found = (*before, *placed, *after)
    return found
