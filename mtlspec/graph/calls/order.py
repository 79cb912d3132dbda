"""The order of a call's arguments: what stands by place, then what has a name."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder
from mtlspec.source import Span
from mtlspec.syntax import tree


class PlaceBehindName(Error):
    """Arguments by place stand before those by name.

    What it means: an argument without a name follows one that has a name.

    Example:
        layer h = features -> mlp(64, last: linear, 32)

    Instead:
        layer h = features -> mlp(64, 32, last: linear)

    Why: a place is counted from the front, which nobody does across names.
    """

    id = "MTL0263"
    title = "arguments by place stand before those by name"
    name: str
    named: Span
    span: Span

    def headline(self) -> str:
        return "an argument by place stands behind one by name"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "by place", primary=True), Label(self.named, "by name")]

    def help(self) -> str:
        return f"write it before `{self.name}:`, or give it its name"


def in_order(b: Builder, args: Sequence[tree.Arg]) -> bool:
    """Whether no argument by place stands behind one by name; reports the first that does."""
    named: tree.Ident | None = None
    for arg in args:
        if arg.name is not None:
            named = arg.name
        elif named is not None:
            b.report.add(PlaceBehindName(named.name, named.span, arg.span))
            return False
    return True
