"""The laws of streams: where `<-` may stand, and how often."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.source import Span


class MoveOutsideRepeat(Error):
    """`<-` moves a stream to the next level, so it stands in a `repeat`.

    What it means: the arrow stands outside a repeat, or its name is no stream from outside it.

    Example:
        stream h = features
        layer h <- h -> mlp(64)

    Instead:
        stream h = features
        repeat 2 {
            layer h <- h -> mlp(64)
        }

    Why: outside a repeat there is no next level; there a new name says what is meant.
    """

    id = "MTL0401"
    title = "`<-` moves a stream that was declared outside the nearest `repeat`"
    name: str
    why: str
    span: Span
    declared: Span | None

    def headline(self) -> str:
        return f"`{self.name}` cannot be moved here: {self.why}"

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, primary=True)]
        if self.declared is not None:
            marks.append(Label(self.declared, "declared here"))
        return marks

    def help(self) -> str:
        return "write `=` to define a value, or declare the `stream` above the `repeat`"


class MovedTwice(Error):
    """A member of a stream moves once in an iteration.

    What it means: two statements, or a statement and an inner repeat, give the stream its next
    value.

    Example:
        repeat 2 {
            layer h <- h -> mlp(64)
            layer h <- h -> mlp(32)
        }

    Instead:
        repeat 2 {
            layer f = h -> mlp(64)
            layer h <- f -> mlp(32)
        }

    Why: all `<-` take effect together, at the end of the iteration.
    """

    id = "MTL0402"
    title = "a member of a stream moves once in an iteration"
    name: str
    first: Span
    second: Span

    def headline(self) -> str:
        return f"`{self.name}` is moved twice in one iteration"

    def labels(self) -> Sequence[Label]:
        return [Label(self.second, "again here", primary=True), Label(self.first, "first here")]


class HeadInRepeat(Error):
    """A head does not stand in a repeat.

    What it means: a task would get one head per iteration.

    Example:
        repeat 2 {
            head[task] = h
        }

    Instead: put it after the repeat, where a stream has its last value.

    Why: a task has one prediction.
    """

    id = "MTL0404"
    title = "a `head` may not stand in a `repeat`"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return "put it after the `repeat`, where a stream has its last value"
