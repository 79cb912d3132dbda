"""Names that a model declares, and features of a schema that it does not know.

A topology is written before the schema that it is run on. What it calls its own is then no second
declaration of a feature that happens to have the name: the feature is hidden in the model, where
`features` reads it as it reads all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mtlspec.diagnostics import Label, Note
from mtlspec.graph.naming.scope import FeatureName, Scope, Symbol
from mtlspec.source import Span

if TYPE_CHECKING:
    from mtlspec.graph.builder import Builder


class FeatureHidden(Note):
    """A name of a model hides a feature of a schema that the model was not written for."""

    id = "feature-hidden"
    title = "a name of the model hides a feature of the schema that it is given"
    name: str
    span: Span
    feature: Span

    def headline(self) -> str:
        return f"in the model `{self.name}` is not the feature of that name"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, "this one", primary=True),
            Label(self.feature, "read as a part of `features` alone"),
        ]


def declared_before(
    b: Builder, scope: Scope, name: str, span: Span, keyword: str = ""
) -> Symbol | None:
    """What a name of the model would declare for a second time; `keyword` begins its statement."""
    first = scope.find(name)
    if not isinstance(first, FeatureName) or not first.unknown:
        return first
    if keyword == "weight" and first.field is not None and first.field.learns:
        return first  # the array and the feature's table would be called alike
    b.report.add(FeatureHidden(name, span, first.span))
    b.hidden.add(name)
    return None
