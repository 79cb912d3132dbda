"""Notes on mixes of one candidate, which have nothing to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Label, Note
from mtlspec.source import Span


class GateOfOne(Note):
    """A softmax gate with one candidate is that candidate, and owns nothing."""

    id = "gate-of-one"
    title = "a softmax gate with one candidate is that candidate"
    keyword: str
    name: str
    span: Span

    def headline(self) -> str:
        return f"the {self.keyword} `{self.name}` has one candidate and is that candidate"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]


class StitchOfOne(Note):
    """A stitch with one candidate multiplies it by what it learns."""

    id = "stitch-of-one"
    title = "a stitch with one candidate multiplies it by what it learns"
    name: str
    span: Span

    def headline(self) -> str:
        return f"the stitch `{self.name}` has one candidate, and multiplies it by what it learns"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]
