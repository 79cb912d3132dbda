"""Where a statement does not parse, and what can be asked about the place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from lark import Token

from mtlspec.source import SourceFile, Span
from mtlspec.syntax.errors.base import SyntaxFault, quoted
from mtlspec.syntax.vocabulary import ANY_VALUE, CLOSING, OPENING

NOTHING = Token("", "")
"""What stands at a place outside of a statement."""


@dataclass(frozen=True)
class Stop:
    """Where the parser could not go on: at the token `at` of a statement, or at its end.

    `expected` are the kinds of tokens that could stand there, `follows` the token behind the
    statement, `inside` the kind of block, `words` the text of each sign and reserved word.
    """

    source: SourceFile
    tokens: tuple[Token, ...]
    at: int
    follows: Token | None
    expected: frozenset[str]
    inside: str
    words: Mapping[str, str]

    @property
    def first(self) -> Token:
        return self.tokens[0] if self.tokens else NOTHING

    @property
    def here(self) -> Token:
        """The token that cannot stand there; of an empty kind at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else NOTHING

    @property
    def before(self) -> Token:
        return self.tokens[self.at - 1] if self.at else NOTHING

    @property
    def next(self) -> Token:
        """The token behind that one."""
        return self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else NOTHING

    @property
    def at_end(self) -> bool:
        return self.at >= len(self.tokens)

    @property
    def span(self) -> Span:
        return self.span_of(self.here) if not self.at_end else self._behind

    @property
    def _behind(self) -> Span:
        end = (self.tokens[-1].end_pos or 0) if self.tokens else len(self.source.text)
        return Span(self.source, end, end)

    @property
    def found(self) -> str:
        """What stands there, in words."""
        if not self.at_end:
            return quoted(self.span.text or str(self.here))
        if self.follows is None:
            return "the end" if self.inside == "value" else "the end of the file"
        if self.follows.type == "RBRACE":
            return "`}`"
        return f"the next {'field' if self.inside == 'fields' else 'statement'}"

    def span_of(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    @cached_property
    def open_brackets(self) -> tuple[Token, ...]:
        """The brackets that are open before the stop."""
        found: list[Token] = []
        for token in self.tokens[: self.at]:
            if token.type in OPENING:
                found.append(token)
            elif token.type in CLOSING and found:
                found.pop()
        return tuple(found)

    @property
    def in_index(self) -> bool:
        """Whether the innermost open bracket is that of an index, not that of a list."""
        if not self.open_brackets or self.open_brackets[-1].type != "LSQB":
            return False
        place = next(p for p, token in enumerate(self.tokens) if token is self.open_brackets[-1])
        return place > 0 and self.tokens[place - 1].type in ("NAME", "FEATURES", "HEAD", "RPAR")

    @property
    def wants_value(self) -> bool:
        return self.expected >= ANY_VALUE

    @property
    def keyword(self) -> str:
        return str(self.first)


Mistake: TypeAlias = "Callable[[Stop], SyntaxFault | None]"
"""Answers with its error, or with None where the mistake is another one."""
