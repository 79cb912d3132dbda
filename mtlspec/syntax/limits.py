"""How long a line and how deep a spec may be: limits that no person reaches.

The one of depth keeps every recursive function of the house safe.
"""

from __future__ import annotations

from collections.abc import Iterator

from lark import Tree

from mtlspec.syntax.parts import Branch

LONGEST_LINE = 100_000
DEEPEST = 100

_NOT_COUNTED = frozenset({"args", "arg", "index", "values", "body"})


def too_deep(root: Branch) -> Iterator[int]:
    """The offsets where something is nested deeper than `DEEPEST`, without any recursion.

    Every block, statement, bracket, call and sign counts one.
    """
    stack = [(root, 0)]
    while stack:
        found, depth = stack.pop()
        depth += found.data not in _NOT_COUNTED
        if depth > DEEPEST:
            yield found.meta.start_pos
        else:
            stack.extend((part, depth) for part in found.children if isinstance(part, Tree))
