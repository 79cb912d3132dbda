"""Whose table a feature reads: one of its own, or that of the feature which an option names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from mtlspec.diagnostics import Error, Label, closest
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.options import read_word
from mtlspec.graph.calls.stored import check_table
from mtlspec.graph.naming.scope import FeatureName
from mtlspec.graph.values import FAILED, Failed
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import registry
from mtlspec.words.features import Borrowed, Feature, Table
from mtlspec.words.later import later
from mtlspec.words.word import Bound


class NoTableToShare(Error):
    """A shared table is that of a feature which has one of its own.

    What it means: the feature that `share:` or `of:` names does not exist, is a number, or reads
    the table of a third feature itself.

    Example:
        user   : category(dim: 16)
        friend : category(share: user)
        rival  : category(share: friend)

    Instead:
        rival  : category(share: user)

    Why: a table has one owner, who says how wide it is and which values it has.
    """

    id = "MTL0640"
    title = "a shared table is that of a feature which has one of its own"
    name: str
    reason: str
    span: Span
    features: tuple[str, ...] = ()

    def headline(self) -> str:
        what = "has no table of its own" if self.reason else "is not a feature"
        return f"`{self.name}` {what}"

    def labels(self) -> Sequence[Label]:
        near = closest(self.name, self.features)
        guess = f"did you mean `{near}`?" if near else ""
        return [Label(self.span, self.reason or guess, primary=True)]


def read_table(b: Builder, name: str, bound: Bound, where: Where) -> Table | Failed | None:
    """The table of the feature `name`, which is of this type; None for one without a table."""
    match cast("Feature", bound.word).table(bound.options):
        case Table() as own:
            return _owned(b, own, name, bound)
        case Borrowed() as borrowed:
            return _borrowed(b, name, borrowed, where)
        case _:
            return None


def _owned(b: Builder, own: Table, name: str, bound: Bound) -> Table:
    """A table by the name of its feature; where it begins as a file, that is checked."""
    named = replace(own, name=name)
    span = bound.names.get("load")
    if span is not None:
        check_table(b.files, b.report, named, span)
    return named


def _borrowed(b: Builder, name: str, borrowed: Borrowed, where: Where) -> Table | Failed:
    written = borrowed.written
    symbol = where.scope.find(written.name) if isinstance(written, tree.Name) else None
    if isinstance(symbol, FeatureName):
        return _of_feature(b, symbol, written.span, where)
    is_name = isinstance(written, tree.Name)
    kinds = (*registry.names("features"), *later("features"))
    if not borrowed.or_type or (is_name and written.span.text not in kinds):
        return _no_feature(b, written, where)
    bound = read_word(b, "features", written, where)
    if bound is None:
        return FAILED
    own = cast("Feature", bound.word).table(bound.options)
    if isinstance(own, Table):
        return _owned(b, own, name, bound)
    b.report.add(NoTableToShare(bound.word.name, "a kind without a table", written.span))
    return FAILED


def _of_feature(b: Builder, other: FeatureName, span: Span, where: Where) -> Table | Failed:
    """The table that another feature owns."""
    bound = other.type.get()
    if isinstance(bound, Failed):
        return FAILED
    match cast("Feature", bound.word).table(bound.options):
        case Table() as own:
            return replace(own, name=other.name)
        case Borrowed(written) if _names_a_feature(written, where):
            reason = f"it reads the table of `{written.span.text}`"
        case Borrowed():
            return (other.field and other.field.table) or FAILED
        case _:
            reason = f"it is `{bound.word.name}`"
    b.report.add(NoTableToShare(other.name, reason, span))
    return FAILED


def _names_a_feature(written: tree.Expr, where: Where) -> bool:
    found = where.scope.find(written.name) if isinstance(written, tree.Name) else None
    return isinstance(found, FeatureName)


def _no_feature(b: Builder, written: tree.Expr, where: Where) -> Failed:
    if not b.blind:
        visible = where.scope.visible().values()
        features = tuple(symbol.name for symbol in visible if isinstance(symbol, FeatureName))
        b.report.add(NoTableToShare(written.span.text, "", written.span, features))
    return FAILED
