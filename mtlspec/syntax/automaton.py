"""Lark's LALR automaton, fed token by token; the typed seam between Lark and this room."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import cast

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser
from lark.parsers.lalr_parser_state import ParserState

from mtlspec.syntax.parts import Branch

START_OF_FILE = "file"
START_OF_VALUE = "value"


class Automaton:
    """A state of the parser that can be kept, fed and asked what it accepts.

    It recognises and builds nothing: recovery tries, goes back and tries again.
    """

    def __init__(self, parser: InteractiveParser) -> None:
        self._parser = parser

    @classmethod
    def start(cls, parser: Lark, start: str) -> Automaton:
        fresh = _interactive(parser, start)
        state = cast("ParserState[int]", fresh.parser_state)
        state.parse_conf = copy(state.parse_conf)
        state.parse_conf.callbacks = {}
        return cls(fresh)

    def copy(self) -> Automaton:
        return Automaton(self._parser.copy(deepcopy_values=False))

    def feed(self, token: Token) -> bool:
        """Whether the token may stand here; where it may not, the state is of no more use."""
        try:
            self._parser.feed_token(token)
        except UnexpectedToken:
            return False
        return True

    def takes(self, kind: str) -> bool:
        """Whether a token of that kind may stand here; `$END` for the end of the text."""
        return self.copy().feed(Token(kind, ""))

    def accepts(self) -> frozenset[str]:
        """The kinds of tokens that may stand here."""
        return frozenset(cast("set[str]", self._parser.accepts()))


def parse(parser: Lark, tokens: Iterable[Token], start: str) -> Branch:
    """The tree of tokens that are known to parse, or `UnexpectedToken`."""
    automaton = _interactive(parser, start)
    for token in tokens:
        automaton.feed_token(token)
    return cast("Branch", automaton.feed_token(Token("$END", "")))


def _interactive(parser: Lark, start: str) -> InteractiveParser:
    return parser.parse_interactive(start=start)  # pyright: ignore[reportUnknownMemberType]
