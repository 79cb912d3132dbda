"""Why a statement does not parse: one function for each human mistake, asked in turn.

Each gets the `Stop` where the parser could not go on and answers with its error, or with None
where the mistake is another one.
"""

from __future__ import annotations

from lark import Token

from mtlspec.diagnostics import closest
from mtlspec.syntax.errors.base import SyntaxFault
from mtlspec.syntax.errors.brackets import EmptyBrackets, StrayBracket, UnclosedBracket
from mtlspec.syntax.errors.expressions import (
    ChainedComparison,
    MissingValue,
    RangeOutOfPlace,
    SideBySide,
    TrailingComma,
)
from mtlspec.syntax.errors.fields import (
    CommaBetweenFields,
    MisplacedHeader,
    MissingColon,
    TextAfterValue,
    UnknownEdition,
)
from mtlspec.syntax.errors.habits import ROUTERS, SAME_AS
from mtlspec.syntax.errors.statements import (
    GateWithoutSelector,
    MisplacedStatement,
    MissingEquals,
    MissingName,
    MoveNotAllowed,
    ReservedName,
    Unexpected,
    UnknownStatement,
)
from mtlspec.syntax.expectation import in_words
from mtlspec.syntax.habits import HABITS
from mtlspec.syntax.stop import NOTHING, Mistake, Stop
from mtlspec.syntax.vocabulary import (
    CLOSING,
    NEVER_KEYS,
    OPENING,
    STARTERS,
    STATEMENTS,
    VALUE_ENDS,
    VALUE_STARTS,
    may_be_key,
)

_WHERE = {
    "file": "outside of a model or a component",
    "statements": "in a model or a component",
    "fields": "among fields",
    "value": "here",
}


def _header(stop: Stop) -> SyntaxFault | None:
    if stop.first.type != "MTL":
        return None
    if stop.at == 0:
        return MisplacedHeader(stop.span)
    return UnknownEdition(stop.span) if stop.at == 1 and not stop.at_end else None


def _text_after_value(stop: Stop) -> SyntaxFault | None:
    complete = stop.inside == "value" and "$END" in stop.expected and not stop.at_end
    return TextAfterValue(stop.span) if complete else None


def _misplaced(stop: Stop) -> SyntaxFault | None:
    word = stop.first.type
    if word not in STARTERS or stop.inside == "value":
        return None
    if stop.inside == "fields":
        signs = {token.type for token in stop.tokens}
        statement = signs & {"EQUAL", "MOVES", "LBRACE"} and "COLON" not in signs
        if stop.at > 1 or not statement or stop.here.type in ("EQUAL", "MOVES"):
            return None
    elif stop.at:
        return None
    home = _WHERE["statements" if word in STATEMENTS else "file"]
    where = _WHERE[stop.inside]
    if word == "STAGE":
        where, home = "outside of `train`", "in `train`"
    return MisplacedStatement(stop.span_of(stop.first), where, home)


def _unknown_statement(stop: Stop) -> SyntaxFault | None:
    if stop.at or stop.inside not in ("file", "statements"):
        return None
    words = tuple(sorted(stop.words[kind] for kind in stop.expected & STARTERS))
    named = stop.here.type == "NAME"
    defines = named and stop.next.type in ("EQUAL", "MOVES", "LSQB")
    meant = _statement_meant(str(stop.here), words) if named else None
    if defines and meant and stop.next.type != "LSQB" and stop.inside != "file":
        meant = None  # `lose = …` is a name; but `heads[task] = …` a head
    calls = named and stop.next.type == "LPAR" and stop.inside == "statements"
    last = named and stop.follows is not None and stop.follows.type == "RBRACE"
    whole = stop.span.to(stop.span_of(stop.tokens[-1])).text if last else ""
    value = "" if stop.inside != "statements" or defines or calls or meant else whole
    return UnknownStatement(
        stop.span, words, meant, defines and not meant, calls and not meant, value
    )


def _statement_meant(word: str, words: tuple[str, ...]) -> str | None:
    elsewhere = SAME_AS.get(word)
    return elsewhere if elsewhere in words else closest(word, words)


def _brackets(stop: Stop) -> SyntaxFault | None:
    opened = stop.open_brackets
    if stop.here.type in CLOSING:
        if not opened:
            return StrayBracket(stop.span)
        if OPENING[opened[-1].type] != stop.here.type:
            return StrayBracket(stop.span, stop.span_of(opened[-1]))
    unclosed, stray = _unpaired(stop.tokens)
    if unclosed in opened:
        return UnclosedBracket(stop.span_of(unclosed), stop.span)
    return StrayBracket(stop.span_of(stray)) if stray else None


def _unpaired(tokens: tuple[Token, ...]) -> tuple[Token, Token]:
    """The innermost bracket that is open at the end, and the first one that closes nothing.

    Where there is none it is an empty token. The `{` of a heading opens no bracket.
    """
    opened: list[Token] = []
    stray = NOTHING
    for token in tokens[:-1] if tokens[-1].type == "LBRACE" else tokens:
        if token.type in OPENING:
            opened.append(token)
        elif opened and OPENING[opened[-1].type] == token.type:
            opened.pop()
        elif token.type in CLOSING:
            stray = stray or token
    return opened[-1] if opened else NOTHING, stray


def _empty_brackets(stop: Stop) -> SyntaxFault | None:
    pair = stop.before.type, stop.here.type
    if pair not in (("LSQB", "RSQB"), ("LBRACE", "RBRACE")):
        return None
    both = stop.span_of(stop.before).to(stop.span)
    return EmptyBrackets(both, square=pair[0] == "LSQB")


def _reserved_name(stop: Stop) -> SyntaxFault | None:
    word = stop.here.type
    if stop.at == 0 or "NAME" not in stop.expected or word not in stop.words:
        return None
    text = stop.words[word]
    if not text.isalpha() or (stop.wants_value and word not in STARTERS | {"MTL"}):
        return None
    members = any(token.type == "LSQB" for token in stop.open_brackets)
    return ReservedName(stop.span, "task" if members and word == "TASKS" else "")


def _reserved_value(stop: Stop) -> SyntaxFault | None:
    """A reserved word among arguments, which only a `:` behind it makes an option's name."""
    word, ends = stop.before.type, stop.here.type in ("RPAR", "COMMA")
    if not ends or not stop.open_brackets or set(stop.expected) != {"COLON"}:
        return None
    return ReservedName(stop.span_of(stop.before)) if word in stop.words else None


def _missing_name(stop: Stop) -> SyntaxFault | None:
    if stop.at == 0 or stop.wants_value or "NAME" not in stop.expected:
        return None
    if stop.before.type in VALUE_ENDS and stop.before.type != "RPAR":
        return None
    return MissingName(stop.span, str(stop.before), stop.found)


def _move(stop: Stop) -> SyntaxFault | None:
    if stop.here.type != "MOVES" or "EQUAL" not in stop.expected:
        return None
    return MoveNotAllowed(stop.span, stop.keyword)


def _missing_equals(stop: Stop) -> SyntaxFault | None:
    if "EQUAL" not in stop.expected or stop.open_brackets or stop.first.type not in STARTERS:
        return None
    sign = not stop.at_end and stop.here.type not in VALUE_STARTS - {"MINUS", "NOT"}
    return MissingEquals(stop.span, stop.keyword, stop.found, sign)


def _gate(stop: Stop) -> SyntaxFault | None:
    if stop.first.type != "GATE" or "BY" not in stop.expected or stop.open_brackets:
        return None
    missing = stop.at_end or stop.here.type in VALUE_STARTS - {"MINUS", "NOT"}
    return GateWithoutSelector(stop.span, _router(stop)) if missing else None


def _router(stop: Stop) -> str:
    """The router of which a gate is written as a call, as in `gate g = softmax(x)`."""
    signs = [place for place, t in enumerate(stop.tokens) if t.type in ("EQUAL", "MOVES")]
    first = stop.tokens[signs[0] + 1 :][:1] if signs else ()
    return next((str(token) for token in first if token in ROUTERS), "")


def _trailing_comma(stop: Stop) -> SyntaxFault | None:
    if stop.before.type != "COMMA" or not (stop.at_end or stop.here.type == "BY"):
        return None
    comma = stop.span_of(stop.before)
    if stop.inside == "fields" and stop.follows:
        last = stop.follows.type == "RBRACE"
        return CommaBetweenFields(comma, None if last else stop.span_of(stop.follows))
    return TrailingComma(comma)


def _range(stop: Stop) -> SyntaxFault | None:
    return RangeOutOfPlace(stop.span) if stop.here.type == "RANGE" else None


def _chain(stop: Stop) -> SyntaxFault | None:
    earlier = any(token.type == "COMPARISON" for token in stop.tokens[: stop.at])
    chained = earlier and stop.here.type == "COMPARISON" and not stop.wants_value
    return ChainedComparison(stop.span) if chained else None


def _missing_colon(stop: Stop) -> SyntaxFault | None:
    if stop.inside != "fields" or "COLON" not in stop.expected or stop.open_brackets:
        return None
    sign = stop.here.type in ("EQUAL", "MOVES", "FLOW", "COMPARISON")
    key = stop.before if may_be_key(stop.before.type, str(stop.before)) else stop.first
    return MissingColon(stop.span, str(key), stop.found, sign)


def _missing_value(stop: Stop) -> SyntaxFault | None:
    if not stop.wants_value or not stop.at:
        return None
    return MissingValue(stop.span, str(stop.before), stop.found)


def _side_by_side(stop: Stop) -> SyntaxFault | None:
    value = stop.here.type in VALUE_STARTS - {"MINUS"} and stop.here.type not in NEVER_KEYS & {
        "NOT"
    }
    if not value or stop.before.type not in VALUE_ENDS or "PLUS" not in stop.expected:
        return None
    inside = str(stop.open_brackets[-1]) if stop.open_brackets else ""
    return SideBySide(stop.span, stop.span_of(stop.before), inside)


MISTAKES: tuple[Mistake, ...] = (
    _header,
    *HABITS,
    _text_after_value,
    _misplaced,
    _unknown_statement,
    _brackets,
    _empty_brackets,
    _reserved_name,
    _reserved_value,
    _missing_name,
    _move,
    _missing_equals,
    _gate,
    _trailing_comma,
    _range,
    _chain,
    _missing_colon,
    _missing_value,
    _side_by_side,
)


def explain(stop: Stop) -> SyntaxFault:
    """The error to report for a stop."""
    for mistake in MISTAKES:
        if error := mistake(stop):
            return error
    options = in_words(stop.expected, stop.words)
    hint = "only a gate says by what it selects" if stop.here.type == "BY" else ""
    if stop.at == 0 and stop.inside == "fields":
        options = ("a field, `name : value`",)
    return Unexpected(stop.span, stop.found, options, stop.at_end, hint)
