"""The parts of Lark's trees, by the names that the builders use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, cast

from lark import Token, Tree

Branch: TypeAlias = "Tree[Token]"
Part: TypeAlias = "Branch | Token | None"


def branch(part: Part) -> Branch:
    """A part that the grammar says is a rule's."""
    return cast("Branch", part)


def token(part: Part) -> Token:
    """A part that the grammar says is a token."""
    return cast("Token", part)


def branches(parts: Iterable[Part]) -> tuple[Branch, ...]:
    """The parts that are there; an optional one that is not is None."""
    return tuple(branch(part) for part in parts if part is not None)


def parts(found: Branch) -> list[Part]:
    """The children of a branch; Lark's types do not know that an optional one may be None."""
    return cast("list[Part]", found.children)
