"""`from: "sst.parquet"`: the path of a data set, in the folder of `--data`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.option_values import plain
from mtlspec.graph.expressions import express
from mtlspec.graph.values import FAILED, Bare, Element
from mtlspec.source import Span
from mtlspec.syntax import tree


class PathLeavesFolder(Error):
    """A data set of a task's own lies in the folder of `--data`.

    What it means: the path after `from:` is absolute, leads out of that folder by `..`, or names
    the folder itself.

    Example:
        sst : binary(from: "/srv/ann/data/sst.parquet")

    Instead:
        sst : binary(from: "sst.parquet")                # --data /srv/ann/data

    Why: a spec says what its data sets are called, `--data` where they lie; so it runs wherever
    they do, and reads nothing but what it was given.
    """

    id = "MTL0670"
    title = "a data set of a task's own lies in the folder of `--data`"
    path: str
    span: Span

    def headline(self) -> str:
        return f"`{self.path}` is no path in the folder of `--data`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def expected(self) -> str:
        return "a file, a glob or a folder in it, without `..`"


def read_path(b: Builder, expr: tree.Expr, where: Where) -> object:
    """A path from the folder of `--data` to a data set; what is no text stays as it is."""
    found = express.value(b, expr, where)
    if isinstance(found, Bare | Element):
        return found  # a word is no path, whatever it names
    if not isinstance(found, str):
        return plain(found)
    parts = found.replace("\\", "/").split("/")
    path = posixpath.normpath("/".join(parts))
    if _ABSOLUTE.match(found) or ".." in parts or path == ".":
        b.report.add(PathLeavesFolder(found, expr.span))
        return FAILED
    return path


_ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:")
