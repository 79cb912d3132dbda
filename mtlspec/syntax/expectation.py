"""What may stand in a place, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Set

from mtlspec.syntax.vocabulary import OPERATORS, STARTERS, VALUE_STARTS

_NEVER_TEXT = frozenset({"BROKEN", "BROKEN_MODEL", "BROKEN_FIELDS"})
_AFTER_VALUE = frozenset({"LPAR", "LSQB", "DOT"}) | OPERATORS
_KINDS = {
    "NAME": "a name",
    "INT": "a whole number",
    "FLOAT": "a number",
    "STRING": "a text in quotes",
    "$END": "the end",
}
_ORDER = ("RPAR", "RSQB", "EQUAL", "COLON", "BY", "LBRACE", "FLOW", "COMMA")


def in_words(kinds: Set[str], signs: Mapping[str, str]) -> tuple[str, ...]:
    """Kinds of tokens as a person would list them: signs first, then groups."""
    left = set(kinds) - _NEVER_TEXT
    groups: list[str] = []
    if left >= VALUE_STARTS:
        left -= VALUE_STARTS
        groups.append("a value")
    if {"PLUS", "STAR"} <= left:
        left -= _AFTER_VALUE
        groups.append("an operator")
    if len(STARTERS & left) > 1:
        fields = "STRING" in left
        left -= STARTERS | {"MTL", "$END", "RBRACE"}
        if fields:
            left -= {"NAME", "STRING", "AS", "IN", "BY"}
        groups.append("the next field" if fields else "the next statement")
    if {"INT", "FLOAT"} <= left:
        left.discard("INT")
    ordered = sorted(left, key=lambda kind: (_place(kind), kind))
    return (*(_word(kind, signs) for kind in ordered), *groups)


def _place(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _word(kind: str, signs: Mapping[str, str]) -> str:
    return _KINDS.get(kind) or f"`{signs.get(kind, kind.lower())}`"
