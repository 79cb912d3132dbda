"""Tokens → tree: the public `parse_file` and `parse_value`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from lark import Lark, Token
from lark.exceptions import UnexpectedToken

from mtlspec import resources
from mtlspec.diagnostics import Diagnostic, Error
from mtlspec.source import SourceFile, Span
from mtlspec.syntax import tables
from mtlspec.syntax.automaton import START_OF_FILE, START_OF_VALUE, Automaton, parse
from mtlspec.syntax.errors.brackets import TooDeep
from mtlspec.syntax.errors.fields import NoValue, UnknownEdition
from mtlspec.syntax.expressions import Expressions
from mtlspec.syntax.lexer import Lexed, Lexer
from mtlspec.syntax.mistakes import Stop, explain
from mtlspec.syntax.nesting import too_deep
from mtlspec.syntax.recovery import Recovery, in_order
from mtlspec.syntax.statements import Statements
from mtlspec.syntax.tree import Expr, File, Range

EDITIONS = (1,)


@cache
def _lark() -> Lark:
    return tables.load(resources.tables_text(), resources.grammar_text())


@cache
def _lexer() -> Lexer:
    return Lexer(_lark())


def lex(source: SourceFile) -> tuple[Token, ...]:
    """The tokens of a file."""
    return _lexer().lex(source).tokens


def parse_file(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
    """The tree of a file and every syntax error in it; what did not parse is `Broken`."""
    lexed = _lexer().lex(source)
    try:
        found = parse(_lark(), lexed.tokens, START_OF_FILE)
        deep = sorted(set(too_deep(found)))
    except UnexpectedToken:
        return _parse_broken(source, lexed, [])
    if deep:
        return _parse_broken(source, lexed, deep)
    file = Statements(source, {}).file(found, lexed.comments)
    return file, in_order([*lexed.errors, *_wrong_edition(file)])


def _parse_broken(
    source: SourceFile, lexed: Lexed, deep: Sequence[int]
) -> tuple[File, tuple[Diagnostic, ...]]:
    """The same for a file in which something does not parse, or lies too deep."""
    recovery = Recovery(_lark(), source, _lexer().words, lexed.lost, deep)
    recovery.read(lexed.tokens)
    found = parse(_lark(), recovery.tokens, START_OF_FILE)
    if not deep and (deep := sorted(set(too_deep(found)))):
        return _parse_broken(source, lexed, deep)
    file = Statements(source, recovery.broken).file(found, lexed.comments)
    return file, in_order([*lexed.errors, *recovery.errors, *_wrong_edition(file)])


def _wrong_edition(file: File) -> Sequence[Error]:
    edition = file.edition
    known = edition is None or edition.value in EDITIONS
    return [] if edition is None or known else [UnknownEdition(edition.span)]


def parse_value(source: SourceFile) -> tuple[Expr | Range | None, tuple[Diagnostic, ...]]:
    """One value, as after `--set name=`; None where it does not parse."""
    lexed = _lexer().lex(source)
    if not lexed.tokens:
        return None, lexed.errors or (NoValue(Span(source, 0, len(source.text))),)
    try:
        found = parse(_lark(), lexed.tokens, START_OF_VALUE)
    except UnexpectedToken:
        return None, lexed.errors or (_explain_value(source, lexed.tokens),)
    if deep := list(too_deep(found)):
        return None, (TooDeep(Span(source, min(deep), min(deep) + 1)),)
    return Expressions(source).value(found), lexed.errors


def _explain_value(source: SourceFile, tokens: tuple[Token, ...]) -> Error:
    automaton = Automaton.start(_lark(), START_OF_VALUE)
    fed = automaton.copy()
    at = 0
    while at < len(tokens) and automaton.feed(tokens[at]):
        fed.feed(tokens[at])
        at += 1
    return explain(Stop(source, tokens, at, None, fed.accepts(), "value", _lexer().words))
