"""The coefficients that a stitch begins with: `own(0.9)`, `last(0.9)`, `even`, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.graph import express
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.node import Index
from mtlspec.graph.values import Failed, Value
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.initialisers import given, uniform
from mtlspec.words.routers import Router, StitchOptions
from mtlspec.words.word import Bound

OWN = 0.9
"""The share that a free stitch gives its own candidates at the start (cross-stitch, §4)."""


@dataclass(frozen=True)
class InitialCoefficients(Error):
    """A stitch begins with coefficients that are said in one of a few ways.

    What it means: `init:` is neither `own(x)`, `last(x)`, `even`, `uniform(b)`, a number, nor a
    list with one number per candidate.

    Example:
        stitch(init: diagonal(0.9)) h[task] <- f

    Instead:
        stitch(init: own(0.9)) h[task] <- f

    Why: `own` gives 0.9 to the candidates whose index begins with the member's, and divides the
    rest among the others: the diagonal of the paper.
    """

    id = "MTL0505"
    title = "a stitch begins with `own(x)`, `last(x)`, `even`, `uniform(b)` or numbers"
    span: Span
    candidates: int

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"for {self.candidates} candidates", primary=True)]


def initial_scores(
    b: Builder, read: StitchOptions, member: Index, keys: Sequence[Index], where: Where
) -> Bound | None:
    """How the scores of one member are drawn; None after an error."""
    own = [bool(member) and key[: len(member)] == member for key in keys]
    expr = read.init.tree if read.init else None
    if isinstance(expr, tree.Call) and expr.callee.span.text == "uniform":
        bound = _number(b, expr, where)
        return None if bound is None else uniform.WORD.bind(bound=bound)
    shares = _shares(b, expr, own, where)
    if shares is None:
        if expr is not None:
            b.report.add(InitialCoefficients(expr.span, len(keys)))
        return None
    router = read.router.word
    assert isinstance(router, Router)
    scores = tuple((router.invert(read.router.options, share),) for share in shares)
    return given.WORD.bind(numbers=scores)


def _shares(
    b: Builder, expr: tree.Expr | None, own: Sequence[bool], where: Where
) -> list[float] | None:
    count = len(own)
    if expr is None:
        return divided(OWN, own) if any(own) else [1 / count] * count
    match expr:
        case tree.Name(name="even"):
            return [1 / count] * count
        case tree.Call(callee=tree.Name(name="own" | "last" as how)):
            share = _number(b, expr, where)
            last = [place == count - 1 for place in range(count)]
            return None if share is None else divided(share, own if how == "own" else last)
        case _:
            return _numbers(b, expr, count, where)


def divided(share: float, chosen: Sequence[bool]) -> list[float]:
    """The chosen ones divide a share, the others the rest; all or none of them divide one."""
    count, some = len(chosen), sum(chosen)
    if some in (0, count):
        return [1 / count] * count
    rest = (1 - share) / (count - some)
    return [round(share / some if own else rest, 12) for own in chosen]


def _number(b: Builder, call: tree.Call, where: Where) -> float | None:
    if len(call.args) != 1 or isinstance(call.args[0].value, tree.Range):
        return None
    found = express.value(b, call.args[0].value, where)
    return float(found) if isinstance(found, int | float) else None


def _numbers(b: Builder, expr: tree.Expr, count: int, where: Where) -> list[float] | None:
    """A number for all, one for each candidate, or such a list for each member."""
    if isinstance(expr, tree.Call):
        return None
    found = express.value(b, expr, where)
    if isinstance(found, int | float):
        return [float(found)] * count
    if isinstance(found, tuple) and found and all(isinstance(row, tuple) for row in found):
        found = _row(found, where)
    if not isinstance(found, tuple) or len(found) != count:
        return None
    numbers = [float(item) for item in found if isinstance(item, int | float)]
    return numbers if len(numbers) == count else None


def _row(rows: tuple[Value, ...], where: Where) -> Value:
    """The row of the member that is being built; none where rows and members differ in number."""
    assert where.owner is not None
    members = where.owner.statement.members
    if len(rows) != len(members):
        return Failed()
    return rows[members.index(where.owner.index)]
