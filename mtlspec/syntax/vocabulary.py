"""Kinds of tokens, for the parts of the parser that work on tokens: outline, recovery, messages."""

from __future__ import annotations

EDITIONS = (1,)
"""Those of the language that this version reads."""

OPENING = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE"}
CLOSING = frozenset(OPENING.values())

VALUE_STARTS = frozenset(
    {"NAME", "INT", "FLOAT", "STRING", "YES", "NO", "NONE", "FEATURES", "HEAD", "LPAR", "LSQB"}
    | {"MINUS", "NOT"}
)
"""With what an expression can start."""

ANY_VALUE = frozenset({"NAME", "INT", "LPAR"})
"""Where all of these may stand, any expression may, perhaps but for `not` or a sign."""

VALUE_ENDS = frozenset(
    {"NAME", "INT", "FLOAT", "STRING", "YES", "NO", "NONE", "FEATURES", "RPAR", "RSQB", "RBRACE"}
)
"""With what an expression, or a set in braces, can end."""

OPERATORS = frozenset({"PLUS", "MINUS", "STAR", "SLASH", "COMPARISON", "OR", "AND", "NOT"})

DECLARATIONS = frozenset(
    {"USE", "PARAM", "SET", "FEATURES", "TASKS", "TRAIN", "MODEL", "COMPONENT"}
)
"""Words that start a declaration of a file; `set` stands in models too."""

STATEMENTS = frozenset(
    {"SET", "LAYER", "EXPERT", "LET", "BLOCK", "WEIGHT", "STREAM", "GATE", "STITCH"}
    | {"HEAD", "LOSS", "REQUIRE", "REPEAT", "RETURN"}
)
"""Words that start a statement of a model or a component."""

STARTERS = DECLARATIONS | STATEMENTS | {"STAGE"}

FIELD_BLOCKS = frozenset({"FEATURES", "TASKS", "TRAIN", "STAGE"})
"""Words whose block holds fields."""

STATEMENT_BLOCKS = frozenset({"MODEL", "COMPONENT", "REPEAT"})
"""Words whose block holds statements."""

BLOCKS = FIELD_BLOCKS | STATEMENT_BLOCKS

NEVER_KEYS = frozenset({"AND", "OR", "NOT", "YES", "NO", "NONE"})
"""Reserved words that do not become plain names before a `:`."""


LITERALS = {
    **dict.fromkeys(("True", "true", "TRUE"), "yes"),
    **dict.fromkeys(("False", "false", "FALSE"), "no"),
    **dict.fromkeys(("None", "null", "NULL", "nil", "Null"), "none"),
}
"""What other languages call `yes`, `no` and `none`."""


def is_word(kind: str, text: str) -> bool:
    """Whether a token is a reserved word."""
    return kind == text.upper() and kind != text


def may_be_key(kind: str, text: str) -> bool:
    """Whether a token may stand before the `:` of a field or an option."""
    return kind in ("NAME", "STRING") or (is_word(kind, text) and kind not in NEVER_KEYS)
