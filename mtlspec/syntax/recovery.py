"""Reads a file with errors: reports each once, and gives tokens that parse.

On exit every statement that does not parse is one token, `BROKEN` or, for the heading of a block,
`BROKEN_MODEL` or `BROKEN_FIELDS`, so that all the others keep their place in the tree.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lark import Lark, Token

from mtlspec.diagnostics import Error
from mtlspec.source import SourceFile, Span
from mtlspec.syntax.automaton import START_OF_FILE, Automaton
from mtlspec.syntax.errors.base import SyntaxFault
from mtlspec.syntax.errors.brackets import TooDeep
from mtlspec.syntax.errors.statements import Unexpected
from mtlspec.syntax.lexer import Lexer
from mtlspec.syntax.limits import DEEPEST
from mtlspec.syntax.mending import mended
from mtlspec.syntax.mistakes import explain
from mtlspec.syntax.outline import Slice, outline
from mtlspec.syntax.statements import Unparsed
from mtlspec.syntax.stop import Stop
from mtlspec.syntax.vocabulary import OPENING, STARTERS, may_be_key

MOST_ERRORS = 100
MOST_MENDS = 8

_BROKEN = {
    None: "BROKEN",
    "file": "BROKEN",
    "statements": "BROKEN_MODEL",
    "fields": "BROKEN_FIELDS",
}


@dataclass
class Recovery:
    """What recovery found: `tokens` that parse, `broken` statements by the offset where they
    start, and `errors`.

    `lost` are offsets where the lexer left something out: a statement around one may be broken
    without another error. `deep` are offsets of what is nested too deep to be built.
    """

    parser: Lark
    source: SourceFile
    lexer: Lexer
    lost: Sequence[int]
    deep: Sequence[int]
    tokens: list[Token] = field(default_factory=list[Token])
    broken: dict[int, Unparsed] = field(default_factory=dict[int, "Unparsed"])
    errors: list[Error] = field(default_factory=list[Error])
    _reported: int = 0

    def read(self, tokens: Sequence[Token]) -> None:
        found = outline(self.source, tokens)
        self.errors.extend(found.errors)
        automaton = Automaton.start(self.parser, START_OF_FILE)
        blocks = 0
        for number, piece in enumerate(found.slices):
            after = found.slices[number + 1] if number + 1 < len(found.slices) else None
            closes = piece.tokens[0].type == "RBRACE"
            if blocks < DEEPEST or (closes and blocks == DEEPEST):
                automaton = self._read_slice(automaton, piece, after)
            blocks += (piece.opens is not None) - closes
            if blocks == DEEPEST and piece.opens is not None and not self.deep:
                self._report(TooDeep(self._span(piece.tokens[0])))

    def _read_slice(self, automaton: Automaton, piece: Slice, after: Slice | None) -> Automaton:
        follows = after.tokens[0] if after else None
        deep = _between(self.deep, piece, follows)
        stop = None if deep else self._try(automaton.copy(), piece, follows)
        tokens = None if deep or stop else piece.tokens
        if deep:
            self._report(TooDeep(Span(self.source, deep[0], deep[0] + 1)))
        elif stop and not piece.repaired and not _between(self.lost, piece, follows):
            tokens = self._explain(automaton, stop, piece, follows)
        for token in self._replacement(piece) if tokens is None else tokens:
            automaton.feed(token)
            self.tokens.append(token)
        return automaton

    def _report(self, error: Error) -> None:
        self._reported += 1
        if not isinstance(error, SyntaxFault) or self._reported > MOST_ERRORS:
            self.errors.append(error)
            return
        for place, told in enumerate(self.errors):
            joined = told.also(error) if isinstance(told, SyntaxFault) else None
            if joined is not None:
                self.errors[place] = joined
                return
        self.errors.append(error)

    def _explain(
        self, automaton: Automaton, stop: Stop, piece: Slice, follows: Token | None
    ) -> tuple[Token, ...] | None:
        """Reports why a statement stops, and gives its tokens as they were surely meant.

        Where mending leads to the end, all that had to be mended is reported, else the first
        alone: the others may follow from it. To explain takes a while; behind `MOST_ERRORS` stops
        are only counted.
        """
        if self._reported >= MOST_ERRORS:
            self._report(Unexpected(stop.span, stop.found, ()))
            return None
        found: list[SyntaxFault] = []
        while len(found) < MOST_MENDS:
            found.append(explain(stop))
            tokens = mended(self.lexer, stop.tokens, found[-1].mend())
            if tokens == stop.tokens:
                break
            again = self._try(automaton.copy(), replace(piece, tokens=tokens), follows)
            if again is None:
                for error in found:
                    self._report(error)
                return tokens
            stop = again
        self._report(found[0])
        return None

    def _span(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def _try(self, automaton: Automaton, piece: Slice, follows: Token | None) -> Stop | None:
        """Feeds a slice; where it does not parse, the stop."""
        at = 0
        start = automaton.copy()
        while at < len(piece.tokens) and automaton.feed(piece.tokens[at]):
            at += 1
        if at == len(piece.tokens) and automaton.takes("BROKEN"):
            return None
        for token in piece.tokens[:at]:
            start.feed(token)
        expected = start.accepts() if self._reported < MOST_ERRORS else frozenset[str]()
        words = self.lexer.words
        return Stop(self.source, piece.tokens, at, follows, expected, piece.inside, words)

    def _replacement(self, piece: Slice) -> Iterator[Token]:
        first, last = piece.tokens[0], piece.tokens[-1]
        start = first.start_pos or 0
        heading = piece.opens is not None
        self.broken[start] = Unparsed(
            str(first) if first.type in STARTERS else "", tuple(_names(piece))
        )
        before = piece.tokens[-2] if heading and len(piece.tokens) > 1 else last
        yield Token(_BROKEN[piece.opens], "", start_pos=start, end_pos=before.end_pos)
        if heading:
            yield last


def _between(offsets: Sequence[int], piece: Slice, follows: Token | None) -> Sequence[int]:
    """Those of sorted offsets that lie between the starts of a slice and of the next."""
    start = bisect_left(offsets, piece.tokens[0].start_pos or 0)
    stop = bisect_left(offsets, follows.start_pos or 0) if follows else len(offsets)
    return offsets[start:stop]


def _names(piece: Slice) -> Iterator[Token]:
    """The names that a statement would declare: those before its sign, outside of brackets."""
    depth = 0
    skip = 0 if piece.inside == "fields" else 1
    for place, token in enumerate(piece.tokens):
        if depth == 0 and token.type in ("EQUAL", "MOVES", "COLON", "IN", "FLOW", "BY"):
            return
        if token.type in OPENING:
            depth += 1
        elif token.type in OPENING.values():
            depth -= 1
        elif depth == 0 and place >= skip and _names_something(piece, token):
            yield token


def _names_something(piece: Slice, token: Token) -> bool:
    if piece.inside == "fields":
        return may_be_key(token.type, str(token))
    return token.type == "NAME"
