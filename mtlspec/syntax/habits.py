"""Habits of other languages: one function for each, asked before the general mistakes.

Each gets the `Stop` where the parser could not go on and answers with its error, or with None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lark import Token

from mtlspec.source import Span
from mtlspec.syntax.errors.base import SyntaxFault
from mtlspec.syntax.errors.characters import ForeignQuotes, StrayCharacter
from mtlspec.syntax.errors.habits import (
    IN_VALUES,
    DeclaredType,
    HeadWithoutTask,
    IndexBeforeName,
    NameWithOwner,
    Program,
    WeightWithoutType,
)
from mtlspec.syntax.errors.signs import (
    ComparedWithEquals,
    ListInBraces,
    OptionWithEquals,
    ParamsWithoutBrackets,
    SetInIndex,
    SeveralValues,
    SignBeforeBlock,
    SliceWithColon,
    SplitSign,
    UnpackedFamily,
)
from mtlspec.syntax.stop import Mistake, Stop
from mtlspec.syntax.vocabulary import BLOCKS, CLOSING, OPENING, STATEMENTS, VALUE_ENDS, may_be_key

_PATH = re.compile(r"[\w./:-]*[\w/]")
_BEFORE_LISTED = frozenset({"EQUAL", "MOVES", "COMMA", "LPAR", "BY"})


def _option(stop: Stop) -> SyntaxFault | None:
    if stop.here.type != "EQUAL" or not _is_option(stop.tokens, stop.at):
        return None
    others = [stop.span_of(stop.tokens[place]) for place in _options_after(stop)]
    return OptionWithEquals(stop.span, tuple(others), _may_be_value(stop))


def _may_be_value(stop: Stop) -> bool:
    """Whether the first argument of a call is given by name, and nothing flows into the call."""
    first = stop.at >= 4 and stop.tokens[stop.at - 2].type == "LPAR"
    return first and stop.inside == "statements" and stop.tokens[stop.at - 4].type != "FLOW"


def _is_option(tokens: tuple[Token, ...], equals: int) -> bool:
    """Whether the sign at a place follows `(name` or `, name`."""
    if equals < 2 or tokens[equals].type != "EQUAL":
        return False
    key, before = tokens[equals - 1], tokens[equals - 2].type
    return before in ("LPAR", "COMMA") and may_be_key(key.type, str(key))


def _options_after(stop: Stop) -> Iterator[int]:
    """The places of the same mistake further on in the same call."""
    depth = 0
    for place in range(stop.at + 1, len(stop.tokens)):
        kind = stop.tokens[place].type
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth < 0:
            return
        if depth == 0 and _is_option(stop.tokens, place):
            yield place


def _comparison(stop: Stop) -> SyntaxFault | None:
    compared = stop.here.type == "EQUAL" and "COMPARISON" in stop.expected
    in_a_call = any(token.type == "LPAR" for token in stop.open_brackets)
    required = stop.first.type == "REQUIRE"
    return ComparedWithEquals(stop.span) if compared and (in_a_call or required) else None


def _head(stop: Stop) -> SyntaxFault | None:
    if stop.first.type != "HEAD" or stop.at != 1 or stop.at_end:
        return None
    if stop.here.type in ("EQUAL", "MOVES"):
        behind = stop.span_of(stop.first).stop
        return HeadWithoutTask(Span(stop.source, behind, behind), "[task]")
    if stop.here.type == "NAME":
        return HeadWithoutTask(stop.span, f"[{stop.here}]")
    if stop.here.type == "LPAR" and (closing := _partner(stop)):
        both = stop.span.to(stop.span_of(stop.tokens[closing]))
        return HeadWithoutTask(both, f"[{both.text[1:-1].strip()}]")
    return None


def _partner(stop: Stop) -> int | None:
    """The place of what closes the bracket at the stop."""
    depth = 0
    for place in range(stop.at, len(stop.tokens)):
        kind = stop.tokens[place].type
        depth += (kind in OPENING) - (kind in CLOSING)
        if depth == 0:
            return place
    return None


def _slice(stop: Stop) -> SyntaxFault | None:
    opened = stop.open_brackets
    if stop.here.type != "COLON" or not opened or opened[-1].type != "LSQB":
        return None
    alone = stop.before.type in ("LSQB", "COMMA") and stop.next.type in ("RSQB", "COMMA")
    return SliceWithColon(stop.span, "*" if alone else "..")


def _unpacking(stop: Stop) -> SyntaxFault | None:
    unpacks = stop.here.type == "STAR" and stop.before.type in _BEFORE_LISTED
    return UnpackedFamily(stop.span) if unpacks and stop.next.type == "NAME" else None


def _type(stop: Stop) -> SyntaxFault | None:
    if stop.here.type != "COLON" or stop.open_brackets or "EQUAL" not in stop.expected:
        return None
    for place in range(stop.at + 2, len(stop.tokens)):
        if stop.tokens[place].type in ("EQUAL", "MOVES"):
            last = stop.span_of(stop.tokens[place - 1])
            return DeclaredType(stop.span.to(last), stop.keyword)
    return None


def _index(stop: Stop) -> SyntaxFault | None:
    if stop.at != 1 or stop.here.type != "LSQB" or stop.first.type not in STATEMENTS:
        return None
    closing = _partner(stop)
    if closing is None or [t.type for t in stop.tokens[closing + 1 :][:1]] != ["NAME"]:
        return None
    index = stop.span.to(stop.span_of(stop.tokens[closing]))
    name = stop.span_of(stop.tokens[closing + 1])
    return IndexBeforeName(index.to(name), f"{name.text}{index.text}")


def _split(stop: Stop) -> SyntaxFault | None:
    pair = f"{stop.before}{stop.here}"
    if pair == "->" and stop.before.type == "MINUS":
        return SplitSign(stop.span_of(stop.before).to(stop.span), pair)
    moves = stop.here == "<" and stop.next.type == "MINUS" and "EQUAL" in stop.expected
    if moves and not stop.open_brackets:
        return SplitSign(stop.span.to(stop.span_of(stop.next)), "<-")
    return None


def _program(stop: Stop) -> SyntaxFault | None:
    """A word of other languages in a value, which it or what follows it cannot follow."""
    if stop.before.type == "NAME" and str(stop.before) in IN_VALUES and stop.at > 1:
        return Program(stop.span_of(stop.before))
    if stop.here.type == "NAME" and str(stop.here) in IN_VALUES and stop.before.type in VALUE_ENDS:
        return Program(stop.span)
    return None


def _braces(stop: Stop) -> SyntaxFault | None:
    """A list or a dictionary in `{ }`."""
    if stop.here.type != "LBRACE" or not stop.wants_value:
        return None
    closing = _partner(stop)
    if closing is None:
        return None
    whole = stop.span.to(stop.span_of(stop.tokens[closing]))
    if stop.in_index:
        return SetInIndex(whole, complement=stop.before == "!")
    colon = any(token.type == "COLON" for token in stop.tokens[stop.at : closing])
    return ListInBraces(stop.span, stop.span_of(stop.tokens[closing]), named=colon)


def _list(stop: Stop) -> SyntaxFault | None:
    """Several values where one is meant."""
    kinds = [token.type for token in stop.tokens[: stop.at]]
    if stop.here.type != "COMMA" or kinds[:1] not in (["PARAM"], ["SET"]) or "EQUAL" not in kinds:
        return None
    first = kinds.index("EQUAL") + 1
    grouped = kinds[first:][:1] == ["LPAR"]
    if len(stop.open_brackets) != grouped:
        return None
    rest = stop.span_of(stop.tokens[first]).to(stop.span_of(stop.tokens[-1]))
    inner = rest.text[1:-1] if grouped and rest.text.endswith(")") else rest.text
    meant = f"{{{inner}}}" if stop.first.type == "SET" else f"[{inner}]"
    return SeveralValues(rest, stop.keyword, meant)


def _block(stop: Stop) -> SyntaxFault | None:
    """A sign, or `()`, between the heading of a block and its `{`."""
    if "LBRACE" not in stop.expected or stop.first.type not in BLOCKS:
        return None
    if stop.here.type in ("EQUAL", "COLON") and stop.next.type == "LBRACE":
        return SignBeforeBlock(stop.span, stop.keyword)
    behind = [token.type for token in stop.tokens[stop.at :][:3]]
    if behind == ["LPAR", "RPAR", "LBRACE"]:
        return SignBeforeBlock(stop.span.to(stop.span_of(stop.next)), stop.keyword)
    return None


def _not(stop: Stop) -> SyntaxFault | None:
    if stop.here != "!" or not stop.wants_value:
        return None
    return StrayCharacter(stop.span, "!", "not")


def _given(stop: Stop) -> SyntaxFault | None:
    """`use "f.mtl" own: 3`."""
    if stop.first.type != "USE" or stop.at != 2 or stop.next.type not in ("COLON", "EQUAL"):
        return None
    rest = stop.span.to(stop.span_of(stop.tokens[-1]))
    return ParamsWithoutBrackets(rest, f"({rest.text})")


def _weight(stop: Stop) -> SyntaxFault | None:
    untyped = stop.first.type == "WEIGHT" and "COLON" in stop.expected and not stop.open_brackets
    if not untyped or not (stop.at_end or stop.here.type == "EQUAL"):
        return None
    name = next((str(token) for token in stop.tokens[1:] if token.type == "NAME"), "w")
    return WeightWithoutType(stop.span, name)


def _path(stop: Stop) -> SyntaxFault | None:
    """The path of a `use` without quotes."""
    if stop.first.type != "USE" or stop.at != 1 or stop.at_end:
        return None
    found = _PATH.match(stop.source.text, stop.span.start)
    if found is None:
        return None
    span = Span(stop.source, found.start(), found.end())
    return ForeignQuotes(span, f'"{found[0]}"')


def _owner(stop: Stop) -> SyntaxFault | None:
    """`self.h = …`."""
    names = [token.type for token in stop.tokens[:3]]
    if stop.at or stop.first not in ("self", "this") or names != ["NAME", "DOT", "NAME"]:
        return None
    return NameWithOwner(stop.span.to(stop.span_of(stop.tokens[1])), str(stop.tokens[2]))


HABITS: tuple[Mistake, ...] = (
    _option,
    _comparison,
    _head,
    _slice,
    _unpacking,
    _type,
    _index,
    _split,
    _owner,
    _program,
    _braces,
    _list,
    _block,
    _not,
    _given,
    _weight,
    _path,
)
