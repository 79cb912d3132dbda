"""Tokens → tree: the public `parse_file` and `parse_value`.

What is needed for texts with errors alone is imported when there is one.
"""

from __future__ import annotations

from functools import cache

from lark import Lark, Token
from lark.exceptions import UnexpectedToken

from mtlspec import resources
from mtlspec.diagnostics import Diagnostic
from mtlspec.source import SourceFile
from mtlspec.syntax import tables
from mtlspec.syntax.automaton import START_OF_FILE, START_OF_VALUE, parse
from mtlspec.syntax.expressions import Expressions
from mtlspec.syntax.lexer import Lexed, Lexer
from mtlspec.syntax.limits import LONGEST_LINE, too_deep
from mtlspec.syntax.parts import Branch
from mtlspec.syntax.statements import Statements
from mtlspec.syntax.tree import Expr, File, Range
from mtlspec.syntax.vocabulary import EDITIONS


@cache
def _parser() -> Lark:
    return tables.load(resources.tables_text(), resources.grammar_text())


@cache
def _lexer() -> Lexer:
    return Lexer(_parser())


def lex(source: SourceFile) -> tuple[Token, ...]:
    """The tokens of a text."""
    return _lexer().lex(source).tokens


def parse_file(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
    """The tree of a file and every syntax error in it; what did not parse is `Broken`."""
    if len(source.text) > LONGEST_LINE and source.longest_line > LONGEST_LINE:
        from mtlspec.syntax.refusal import refuse_file

        return refuse_file(source)
    lexed = _lexer().lex(source)
    found = _parse(lexed, START_OF_FILE)
    deep = [] if found is None else sorted(set(too_deep(found)))
    if found is not None and not deep and not lexed.errors:
        file = Statements(source, {}).file(found, lexed.comments)
        if file.edition is None or file.edition.value in EDITIONS:
            return file, ()
    from mtlspec.syntax.refusal import parse_broken_file

    return parse_broken_file(_parser(), _lexer(), source, lexed, deep)


def parse_value(source: SourceFile) -> tuple[Expr | Range | None, tuple[Diagnostic, ...]]:
    """One value, as after `--set name=`; None where it does not parse."""
    lexed = _lexer().lex(source)
    found = _parse(lexed, START_OF_VALUE)
    deep = [] if found is None else sorted(set(too_deep(found)))
    if found is not None and not deep:
        return Expressions(source).value(found), lexed.errors
    from mtlspec.syntax.refusal import refuse_value

    return None, refuse_value(_parser(), _lexer(), source, lexed, deep)


def _parse(lexed: Lexed, start: str) -> Branch | None:
    try:
        return parse(_parser(), lexed.tokens, start)
    except UnexpectedToken:
        return None
