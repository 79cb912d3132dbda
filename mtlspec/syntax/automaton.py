"""Lark's LALR automaton, fed token by token; the typed seam between Lark and this room."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from functools import cache
from typing import TypeAlias, cast

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.grammar import NonTerminal, Rule
from lark.parsers.lalr_interactive_parser import InteractiveParser
from lark.parsers.lalr_parser_state import ParserState

from mtlspec.syntax.parts import Branch, Part

START_OF_FILE = "file"
START_OF_VALUE = "value"

Callbacks: TypeAlias = "dict[Rule, Callable[[list[Part]], Part]]"


class Automaton:
    """A state of the parser that can be kept, fed and asked what it accepts.

    It recognises and builds nothing: recovery tries, goes back and tries again.
    """

    def __init__(self, parser: InteractiveParser) -> None:
        self._parser = parser

    @classmethod
    def start(cls, parser: Lark, start: str) -> Automaton:
        return cls(_interactive(parser, start, {}))

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
    automaton = _interactive(parser, start, _callbacks(parser))
    for token in tokens:
        automaton.feed_token(token)
    return cast("Branch", automaton.feed_token(Token("$END", "")))


def _interactive(parser: Lark, start: str, callbacks: Callbacks) -> InteractiveParser:
    fresh: InteractiveParser = parser.parse_interactive(start=start)  # pyright: ignore[reportUnknownMemberType]
    state = cast("ParserState[int]", fresh.parser_state)
    state.parse_conf = copy(state.parse_conf)
    state.parse_conf.callbacks = cast("dict[str, Callable[..., Part]]", callbacks)
    return fresh


@cache
def _callbacks(parser: Lark) -> Callbacks:
    """What builds the tree, with a short cut for `?a: b`, which passes a part on as it is.

    An expression is passed on ten times on its way through the levels of operators.
    """
    fresh: InteractiveParser = parser.parse_interactive(start=START_OF_FILE)  # pyright: ignore[reportUnknownMemberType]
    state = cast("ParserState[int]", fresh.parser_state)
    own = cast("Callbacks", state.parse_conf.callbacks)
    return {rule: _only if _passes_on(rule) else own[rule] for rule in own}


def _passes_on(rule: Rule) -> bool:
    single = len(rule.expansion) == 1 and isinstance(rule.expansion[0], NonTerminal)
    return single and rule.options.expand1 and rule.alias is None


def _only(parts: list[Part]) -> Part:
    return parts[0]
