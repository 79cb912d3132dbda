"""Tokens → statements, headings of blocks and ends of blocks, with the braces put right.

Blocks are found by their braces. Where the braces of a file do not pair, the indentation says
where one is missing or too many; each such guess is one error. On exit the slices hold every
token but stray braces, in order, and their blocks pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from lark import Token

from mtlspec.diagnostics import Error
from mtlspec.source import SourceFile, Span
from mtlspec.syntax.cuts import Cuts
from mtlspec.syntax.errors.brackets import BlockWithoutBrace, StrayBrace, UnclosedBlock
from mtlspec.syntax.vocabulary import (
    BLOCKS,
    DECLARATIONS,
    FIELD_BLOCKS,
    OPENING,
    STARTERS,
    STATEMENT_BLOCKS,
)

Inside = Literal["file", "statements", "fields"]

_BEFORE_SET = frozenset({"EQUAL", "MOVES", "IN", "COMMA", "COLON", "LPAR", "LSQB", "LBRACE"})
_AFTER_KEY = frozenset({"COLON", "COMMA"})
_FILE_ONLY = DECLARATIONS - {"SET"}


@dataclass(frozen=True, slots=True)
class Slice:
    """The tokens of a statement, of a heading up to its `{`, or a closing `}`.

    `inside` is the kind of block that it stands in, `opens` the kind that a heading opens;
    `repaired` says that a brace error was reported for it.
    """

    tokens: tuple[Token, ...]
    inside: Inside
    opens: Inside | None = None
    repaired: bool = False


@dataclass
class _Block:
    heading: tuple[Token, ...]
    kind: Inside
    indent: int
    line: int
    body_indent: int | None = None
    braced: bool = True
    """Whether a `{` opened it; else it ends where its indentation does, or at a `}`."""

    def see(self, indent: int) -> None:
        """Takes in the indentation of a statement of the body; the first one counts."""
        if self.body_indent is None:
            self.body_indent = indent

    def excludes(self, indent: int) -> bool:
        """Whether a line so far left is no part of the body, which lies to the right."""
        indented = self.body_indent is not None and self.body_indent > self.indent
        return indented and indent <= self.indent


@dataclass
class _Faults:
    """Braces too many and too few: counted by a walk without repairs, spent by one with them."""

    stray: int = 0
    unclosed: int = 0


@dataclass
class Outline:
    """What was found: `slices` of the file and `errors` of its braces."""

    source: SourceFile
    tokens: Sequence[Token]
    repair: _Faults | None = None
    slices: list[Slice] = field(default_factory=list[Slice])
    errors: list[Error] = field(default_factory=list[Error])
    faults: _Faults = field(default_factory=_Faults)

    def __post_init__(self) -> None:
        self._cuts = Cuts(self.source, self.tokens)
        self._blocks: list[_Block] = []
        self._slice: list[Token] = []
        self._first = 0
        self._brackets: list[int] = []
        """The places of the brackets that are open in the slice."""
        self._signs: set[str] = set()
        self._repaired = False
        for place in range(len(self.tokens)):
            self._read(place)
        self._flush()
        while self._blocks:
            self._close_missing(len(self.tokens))

    # --- reading ----------------------------------------------------------------------------------

    @property
    def _inside(self) -> Inside:
        return self._blocks[-1].kind if self._blocks else "file"

    def _read(self, place: int) -> None:
        token = self.tokens[place]
        if self._starts(place):
            self._start(place)
        if token.type == "LBRACE" and self._opens_block(place):
            self._open(place)
        elif token.type == "LBRACE" and self._opens_broken(place):
            self._split_at_line(place)
            self._open(place)
        elif token.type == "RBRACE" and not self._closes_set(place):
            self._close(place)
        else:
            self._take(place)

    def _take(self, place: int) -> None:
        token = self.tokens[place]
        if not self._slice:
            self._first = place
        self._slice.append(token)
        if not self._brackets:
            self._signs.add(token.type)
        if token.type in OPENING:
            self._brackets.append(place)
        elif self._brackets and OPENING[self.tokens[self._brackets[-1]].type] == token.type:
            self._brackets.pop()

    def _starts(self, place: int) -> bool:
        if self.tokens[place].type == "RBRACE":
            return False
        if not self._slice:
            return True
        in_brackets = bool(self._brackets)
        if self._slice[0].type in FIELD_BLOCKS or self._inside == "fields":
            if self._cuts.starts_field(place, in_brackets, "COLON" in self._signs):
                return True
            if self.tokens[place - 1].type == "COMMA":
                return False
        return self._cuts.starts_statement(place, in_brackets)

    def _start(self, place: int) -> None:
        """Ends the slice before a token that starts another."""
        if self._lacks_brace() and self._is_body(place):
            self._open_missing(place)
        self._flush()
        if self._cuts.first_on_line(place):
            self._close_by_indent(place)
        if self._blocks and self._cuts.first_on_line(place):
            self._blocks[-1].see(self._cuts.indent(place))

    def _flush(self, opens: Inside | None = None) -> None:
        if self._slice:
            self.slices.append(Slice(tuple(self._slice), self._inside, opens, self._repaired))
        self._slice, self._brackets, self._signs, self._repaired = [], [], set(), False

    # --- opening ----------------------------------------------------------------------------------

    def _is_heading(self) -> bool:
        """Whether the slice so far is the heading of a block, not a field of that name."""
        if not self._slice or self._slice[0].type not in BLOCKS:
            return False
        return self._inside != "fields" or self._slice[:2][-1].type not in _AFTER_KEY

    def _lacks_brace(self) -> bool:
        """Whether the slice is a whole heading; among fields only `stage` has a block."""
        if self._is_heading():
            return self._inside != "fields" or self._slice[0].type == "STAGE"
        colon = len(self._slice) > 1 and self._slice[-1].type == "COLON"
        return colon and not self._brackets and self._inside != "fields"

    def _is_body(self, place: int) -> bool:
        """Whether a token stands on the line of the heading before it, or deeper."""
        if self._cuts.line(place) == self._cuts.line(self._first):
            return self.tokens[place].type not in _FILE_ONLY
        return self._is_deeper(place)

    def _is_deeper(self, place: int) -> bool:
        return self._cuts.indent(place) > self._cuts.indent(self._first)

    def _opens_block(self, place: int) -> bool:
        if not self._slice:
            return True
        before = self.tokens[place - 1].type
        if self._is_heading():
            if before == "IN":  # the members of a set, or a value is missing
                return self._cuts.starts_statement(place + 1, in_brackets=True)
            return not (self._brackets and before in _BEFORE_SET)
        if before in _BEFORE_SET or self._brackets or self._signs & {"EQUAL", "MOVES", "COLON"}:
            return False
        known = self._slice[0].type in STARTERS
        return not known or (place + 1 < len(self.tokens) and self._is_deeper(place + 1))

    def _opens_broken(self, place: int) -> bool:
        """Whether statements follow a `{` on lines of their own: its line is a broken heading."""
        body = place + 1 < len(self.tokens) and self._cuts.first_on_line(place + 1)
        if not body or not self._cuts.starts_statement(place + 1, in_brackets=True):
            return False
        return self._first < self._line_start(place) < place

    def _line_start(self, place: int) -> int:
        """The place of the first token on the line of another."""
        while not self._cuts.first_on_line(place):
            place -= 1
        return place

    def _split_at_line(self, place: int) -> None:
        """Ends the slice before the line of a token, and starts another with that line."""
        first = self._line_start(place)
        rest = len(self._slice) - (place - first)
        self._slice = self._slice[:rest]
        self._flush()
        for other in range(first, place):
            self._take(other)

    def _open(self, place: int) -> None:
        token = self.tokens[place]
        if not self._slice:
            self.errors.append(StrayBrace(self._span(token)))
            if place and self.tokens[place - 1].type == "LBRACE":
                return
            self._first, self._repaired = place, True
        self._push(token, place)

    def _open_missing(self, place: int) -> None:
        """Opens a block without its `{`; a `:` in its place is taken for one."""
        last = self._slice[-1]
        colon = last.type == "COLON" and len(self._slice) > 1
        at = last.end_pos or 0
        span = self._span(last) if colon else Span(self.source, at, at)
        if colon:
            self._slice.pop()
        if self._slice[0].type in BLOCKS:  # else its word is wrong, which is the first to be said
            self.errors.append(BlockWithoutBrace(span, self._text(self._slice)))
            self._repaired = True
        self._push(Token("LBRACE", "{", start_pos=at, end_pos=at), place - 1, braced=False)

    def _push(self, brace: Token, place: int, *, braced: bool = True) -> None:
        """Opens a block; its body starts behind a place."""
        kind = self._kind_of_block(place + 1)
        indent, line = self._cuts.indent(self._first), self._cuts.line(self._first)
        self._slice.append(brace)
        heading = tuple(self._slice)
        self._flush(kind)
        self._blocks.append(_Block(heading, kind, indent, line, braced=braced))

    def _kind_of_block(self, body: int) -> Inside:
        """By the word of the heading or, where it has none, by what the body starts with."""
        word = self._slice[0].type if self._slice else ""
        if word in FIELD_BLOCKS or self._inside == "fields":
            return "fields"
        if word in STATEMENT_BLOCKS or self._blocks:
            return "statements"
        return "fields" if self._cuts.is_field(body) else "statements"

    # --- closing ----------------------------------------------------------------------------------

    def _closes_set(self, place: int) -> bool:
        """Whether a `}` belongs to the `{` of a set in the same statement."""
        opened = next((at for at in reversed(self._brackets) if self._is_brace(at)), None)
        if opened is None:
            return False
        if not self._blocks or not self._cuts.first_on_line(place):
            return True
        block, indent = self._blocks[-1], self._cuts.indent(place)
        spread = self._cuts.first_on_line(opened + 1)
        return not block.excludes(indent) and (spread or indent != block.indent)

    def _is_brace(self, place: int) -> bool:
        return self.tokens[place].type == "LBRACE"

    def _close(self, place: int) -> None:
        if self.repair and self.repair.stray and self._is_stray(place):
            self.repair.stray -= 1
            self._drop(place)
            return
        if not self._blocks and self._slice and not self._cuts.first_on_line(place):
            self._take(place)
            return
        self._flush()
        if self.repair and self._cuts.first_on_line(place):
            while self.repair.unclosed and self._closes_outer(place):
                self.repair.unclosed -= 1
                self._close_missing(place)
        if not self._blocks:
            self.faults.stray += 1
            self._drop(place)
            return
        self._blocks.pop()
        inside = self._inside
        self.slices.append(Slice((self.tokens[place],), inside))

    def _drop(self, place: int) -> None:
        """Leaves out a stray `}`, or leaves it to the statement on whose line it stands."""
        if self._slice and not self._cuts.first_on_line(place):
            self._take(place)
            return
        self._repaired = bool(self._slice)
        self.errors.append(StrayBrace(self._span(self.tokens[place])))

    def _is_stray(self, place: int) -> bool:
        """Whether, of too many `}`, this is the one; judged by its line and the next token's."""
        if not self._blocks:
            return False
        block = self._blocks[-1]
        if self._cuts.first_on_line(place):
            return self._cuts.indent(place) > block.indent
        if self._brackets:
            return True
        after = place + 1
        if self._cuts.line(place) == block.line or after >= len(self.tokens):
            return False
        if not self._cuts.first_on_line(after):
            last = self.tokens[after].type == "RBRACE"
            return not last and not self._cuts.starts_statement(after, in_brackets=False)
        closes = self.tokens[after].type == "RBRACE" and self._cuts.indent(after) == block.indent
        return closes or self._cuts.indent(after) > block.indent

    def _closes_outer(self, place: int) -> bool:
        indent = self._cuts.indent(place)
        return len(self._blocks) > 1 and indent < self._blocks[-1].indent

    def _close_by_indent(self, place: int) -> None:
        """Closes the blocks that a statement cannot belong to, while too few `}` are there."""
        while self._blocks and self._stands_outside(place):
            if self._blocks[-1].braced:
                if self.repair is None or not self.repair.unclosed:
                    return
                self.repair.unclosed -= 1
            self._close_missing(place)

    def _stands_outside(self, place: int) -> bool:
        word = self.tokens[place].type in _FILE_ONLY and self._cuts.starts_statement(
            place, in_brackets=False
        )
        return word or self._blocks[-1].excludes(self._cuts.indent(place))

    def _close_missing(self, place: int) -> None:
        """Closes the innermost block before a place where its `}` is missing."""
        block = self._blocks.pop()
        before = self.tokens[place - 1].end_pos or 0
        end = self._span(self.tokens[place]) if place < len(self.tokens) else None
        if block.braced:
            self.faults.unclosed += 1
            heading = self._text(block.heading[:-1] or block.heading)
            opening, end = self._span(block.heading[-1]), end or Span(self.source, before, before)
            self.errors.append(UnclosedBlock(opening, end, heading))
        brace = Token("RBRACE", "}", start_pos=before, end_pos=before)
        self.slices.append(Slice((brace,), self._inside))

    # --- places -----------------------------------------------------------------------------------

    def _span(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def _text(self, tokens: Sequence[Token]) -> str:
        start, stop = tokens[0].start_pos or 0, tokens[-1].end_pos or 0
        return " ".join(self.source.text[start:stop].split())


def outline(source: SourceFile, tokens: Sequence[Token]) -> Outline:
    """The outline of a file; repaired where its braces do not pair."""
    found = Outline(source, tokens)
    if found.faults == _Faults():
        return found
    return Outline(source, tokens, found.faults)
