"""What `parse_file` and `parse_value` answer about a text with errors."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Lark, Token

from mtlspec.diagnostics import Error
from mtlspec.source import SourceFile, Span
from mtlspec.syntax.automaton import START_OF_FILE, START_OF_VALUE, Automaton, parse
from mtlspec.syntax.errors.brackets import TooDeep
from mtlspec.syntax.errors.fields import LineTooLong, NoValue, TooManyErrors, UnknownEdition
from mtlspec.syntax.lexer import Lexed, Lexer
from mtlspec.syntax.limits import LONGEST_LINE, too_deep
from mtlspec.syntax.mistakes import explain
from mtlspec.syntax.recovery import MOST_ERRORS, Recovery
from mtlspec.syntax.statements import Statements
from mtlspec.syntax.stop import Stop
from mtlspec.syntax.tree import File
from mtlspec.syntax.vocabulary import EDITIONS


def parse_broken_file(
    parser: Lark, lexer: Lexer, source: SourceFile, lexed: Lexed, deep: Sequence[int]
) -> tuple[File, tuple[Error, ...]]:
    """The tree of what does parse, and every error once; `deep` is what `too_deep` found."""
    recovery = Recovery(parser, source, lexer, lexed.lost, deep)
    recovery.read(lexed.tokens)
    found = parse(parser, recovery.tokens, START_OF_FILE)
    if not deep and (deeper := sorted(set(too_deep(found)))):
        return parse_broken_file(parser, lexer, source, lexed, deeper)
    file = Statements(source, recovery.broken).file(found, lexed.comments)
    return file, _in_order([*lexed.errors, *recovery.errors, *_wrong_edition(file)])


def refuse_file(source: SourceFile) -> tuple[File, tuple[Error, ...]]:
    """The tree of nothing, for a file with a line that no person wrote."""
    whole = Span(source, 0, len(source.text))
    start = next(s for s, stop in source.lines() if stop - s > LONGEST_LINE)
    line = Span(source, start, start + len(source.line(source.line_of(start))))
    return File(source, None, (), (), span=whole), (LineTooLong(line),)


def refuse_value(
    parser: Lark, lexer: Lexer, source: SourceFile, lexed: Lexed, deep: Sequence[int]
) -> tuple[Error, ...]:
    """Why a value does not parse; an error in its characters explains the rest."""
    if lexed.errors:
        return lexed.errors
    if deep:
        return (TooDeep(Span(source, deep[0], deep[0] + 1)),)
    if not lexed.tokens:
        return (NoValue(Span(source, 0, len(source.text))),)
    return (_explain_value(parser, lexer, source, lexed.tokens),)


def _explain_value(
    parser: Lark, lexer: Lexer, source: SourceFile, tokens: tuple[Token, ...]
) -> Error:
    automaton = Automaton.start(parser, START_OF_VALUE)
    before = automaton.copy()
    at = 0
    while at < len(tokens) and automaton.feed(tokens[at]):
        before.feed(tokens[at])
        at += 1
    return explain(Stop(source, tokens, at, None, before.accepts(), "value", lexer.words))


def _wrong_edition(file: File) -> Sequence[Error]:
    edition = file.edition
    known = edition is None or edition.value in EDITIONS
    return [] if edition is None or known else [UnknownEdition(edition.span)]


def _in_order(errors: Sequence[Error]) -> tuple[Error, ...]:
    """Errors by their places, at most `MOST_ERRORS` of them."""
    ordered = sorted(errors, key=_offset)
    shown, hidden = ordered[:MOST_ERRORS], ordered[MOST_ERRORS:]
    for error in hidden[:1]:
        if error.primary:
            shown.append(TooManyErrors(error.primary.span, len(hidden)))
    return tuple(shown)


def _offset(error: Error) -> int:
    return error.primary.span.start if error.primary else 0
