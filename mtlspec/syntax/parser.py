"""Tokens → tree: the public `parse_file` and `parse_value`."""

from __future__ import annotations

from functools import cache

from lark import Lark, Token
from lark.exceptions import UnexpectedToken

from mtlspec import resources
from mtlspec.diagnostics import Diagnostic
from mtlspec.source import SourceFile
from mtlspec.syntax import tables
from mtlspec.syntax.expressions import Branch, Expressions
from mtlspec.syntax.lexer import Lexer
from mtlspec.syntax.statements import Statements
from mtlspec.syntax.tree import Expr, File, Range


@cache
def _lark() -> Lark:
    return tables.load(resources.tables_text(), resources.grammar_text())


@cache
def _lexer() -> Lexer:
    return Lexer(_lark())


def _parse(tokens: tuple[Token, ...], start: str) -> Branch:
    automaton = _lark().parse_interactive(start=start)
    for token in tokens:
        automaton.feed_token(token)
    return automaton.feed_eof(tokens[-1] if tokens else None)


def parse_file(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
    """The tree of a file and every syntax error in it; what did not parse is `Broken`."""
    lexed = _lexer().lex(source)
    found = _parse(lexed.tokens, "file")
    return Statements(source, {}).file(found, lexed.comments), lexed.diagnostics


def parse_value(source: SourceFile) -> tuple[Expr | Range | None, tuple[Diagnostic, ...]]:
    """One value, as after `--set name=`; None where it does not parse."""
    lexed = _lexer().lex(source)
    try:
        found = _parse(lexed.tokens, "value")
    except UnexpectedToken:
        return None, lexed.diagnostics
    return Expressions(source).value(found), lexed.diagnostics
