"""Where statements and fields start, judged by tokens alone.

It is asked only about files with errors. A cut never falls inside a correct statement: it lies
where a word starts nothing but a statement, or where two values would stand side by side.
"""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from mtlspec.source import SourceFile
from mtlspec.syntax.vocabulary import (
    BLOCKS,
    OPENING,
    STARTERS,
    VALUE_ENDS,
    VALUE_STARTS,
    may_be_key,
)

_STARTS_NOTHING = Token("", "")
_DEFINES = ("EQUAL", "MOVES")
_CONTINUES = frozenset({"MINUS", "LPAR", "LSQB"})
"""What starts a value, but goes on with the one before it where there is one."""


class Cuts:
    """Answers about the tokens of one file by their places in it."""

    def __init__(self, source: SourceFile, tokens: Sequence[Token]) -> None:
        self._source = source
        self._tokens = tokens
        self._partner, unpaired = _partners(tokens)
        self._indents: dict[int, int] = {}
        self._key_ends: dict[int, int | None] = {}
        self._last_unpaired = {self.line(place): place for place in unpaired}

    def token(self, place: int) -> Token:
        """The token at a place, one of an empty kind outside the file."""
        return self._tokens[place] if 0 <= place < len(self._tokens) else _STARTS_NOTHING

    def line(self, place: int) -> int:
        return self._source.line_of(self._tokens[place].start_pos or 0)

    def first_on_line(self, place: int) -> bool:
        return place == 0 or self.line(place) > self.line(place - 1)

    def indent(self, place: int) -> int:
        """The columns before the first character of the line of a token; a tab counts four."""
        line = self.line(place)
        if line not in self._indents:
            text = self._source.line(line)
            margin = text[: len(text) - len(text.lstrip())]
            self._indents[line] = len(margin.expandtabs(4))
        return self._indents[line]

    def starts_statement(self, place: int, in_brackets: bool) -> bool:
        """Whether a declaration or a statement starts at a token."""
        kind, following = self.token(place).type, self.token(place + 1).type
        first = self.first_on_line(place)
        beside = self._beside(place) and (first or not in_brackets)
        if kind == "HEAD":
            closing = self._partner.get(place + 1, -2) if following == "LSQB" else -2
            return self.token(closing + 1).type in _DEFINES or (first and beside)
        if kind == "FEATURES":
            opens = following == "LBRACE" and self.token(place - 1).type != "IN"
            return opens or (first and beside)
        if kind in STARTERS:
            heading = first and self._ends_line(place + 1) and kind in BLOCKS
            return (first or beside) and (following != "COLON" or heading)
        if kind == "MTL":
            return (first or beside) and following == "INT"
        two_words = kind == following == "NAME"
        start = kind in VALUE_STARTS - _CONTINUES
        return first and beside and start and (two_words or not in_brackets)

    def starts_field(self, place: int, in_brackets: bool, in_values: bool) -> bool:
        """Whether a field starts at a token; `in_values`: the one before has had its `:`."""
        before, first = self.token(place - 1).type, self.first_on_line(place)
        colon = self._key_end(place)
        if colon is None:
            beside = self._beside(place) and not in_brackets
            return first and beside and self._is_key(place)
        if in_brackets and (not first or before in (*OPENING, "COMMA")):
            return False
        if not first and place < self._last_unpaired.get(self.line(place), 0):
            return False  # an argument, whose opening bracket is missing
        if before == "COMMA":
            return in_values and (first or colon == self._after_key(place))
        return first or self._beside(place) or colon == self._after_key(place)

    def is_field(self, place: int) -> bool:
        """Whether keys and a `:` stand there."""
        return self._key_end(place) is not None

    def _ends_line(self, place: int) -> bool:
        return place + 1 >= len(self._tokens) or self.first_on_line(place + 1)

    def _beside(self, place: int) -> bool:
        """Whether the token before ends a value, so that no other can follow."""
        return place == 0 or self.token(place - 1).type in VALUE_ENDS

    def _is_key(self, place: int) -> bool:
        token = self.token(place)
        return may_be_key(token.type, str(token))

    def _after_key(self, place: int) -> int:
        """The place behind a key and its index."""
        if self.token(place + 1).type == "LSQB":
            return self._partner.get(place + 1, place) + 1
        return place + 1

    def _key_end(self, place: int) -> int | None:
        """Where the `:` stands of the field whose keys start at a token; None if it has none."""
        passed: list[int] = []
        end: int | None = None
        while self._is_key(place) and place not in self._key_ends:
            passed.append(place)
            place = self._after_key(place)
            if self.token(place).type == "COLON":
                end = place
            if self.token(place).type != "COMMA":
                break
            place += 1
        end = self._key_ends.get(place, end)
        self._key_ends.update(dict.fromkeys(passed, end))
        return end


def _partners(tokens: Sequence[Token]) -> tuple[dict[int, int], list[int]]:
    """The place of the closing bracket of each opening one, and the closing ones without any."""
    partner: dict[int, int] = {}
    unpaired: list[int] = []
    open_places: list[int] = []
    for place, token in enumerate(tokens):
        if token.type in OPENING:
            open_places.append(place)
        elif open_places and OPENING[tokens[open_places[-1]].type] == token.type:
            partner[open_places.pop()] = place
        elif token.type in ("RPAR", "RSQB"):
            unpaired.append(place)
    return partner, unpaired
