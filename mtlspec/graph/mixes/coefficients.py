"""The coefficients that a mix begins with: `own(0.9)`, `last(0.9)`, `even`, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.node import Index
from mtlspec.graph.values import Failed, Value
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import blocks, given
from mtlspec.words.initialisers import Numbers, uniform
from mtlspec.words.routers import MixOptions, Router
from mtlspec.words.word import Bound

OWN = 0.9
"""The share that a free stitch gives its own candidates at the start (cross-stitch, §4)."""
MOST_SHARES = 3
"""The most coefficients that are told beside the scores which give them."""


class InitialCoefficients(Error):
    """A mix begins with coefficients that are said in one of a few ways.

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
    title = "a mix begins with `own(x)`, `last(x)`, `even`, `uniform(b)` or numbers"
    span: Span
    candidates: int

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"for {self.candidates} candidates", primary=True)]


class CoefficientsUnreachable(Error):
    """A mix begins with coefficients that its router can give.

    What it means: no scores make the router give the coefficients of `init:`.

    Example:
        stitch(softmax, init: 1) m = a, b          # 1 and 1, where a softmax sums to 1

    Instead:
        stitch(softmax, init: even) m = a, b
        stitch(init: 1) m = a, b                   # `free` gives any coefficients

    Why: `init:` promises what the mixture is at the start, so it cannot be met by halves.
    """

    id = "MTL0509"
    title = "a mix begins with coefficients that its router can give"
    router: str
    shares: tuple[float, ...]
    span: Span

    def headline(self) -> str:
        return f"`{self.router}` cannot give these coefficients"

    def labels(self) -> Sequence[Label]:
        shown = ", ".join(f"{share:g}" for share in self.shares[:6])
        more = ", …" if len(self.shares) > 6 else ""
        return [Label(self.span, f"here {shown}{more}", primary=True)]


@dataclass(frozen=True, slots=True)
class Start:
    """How scores begin: with numbers, one per score, or drawn; `meaning` tells of the numbers."""

    numbers: tuple[float, ...] = ()
    drawn: Bound | None = None
    meaning: str = ""

    def column(self) -> Bound:
        """For scores [n, channels]: each channel alike."""
        return self.drawn or self._bound(tuple((x,) for x in self.numbers))

    def flat(self, channels: int) -> Bound:
        """For scores [n · channels]."""
        spread = tuple(x for x in self.numbers for _ in range(channels))
        return self.drawn or self._bound(spread)

    def _bound(self, numbers: Numbers) -> Bound:
        return given.WORD.bind(numbers=numbers, meaning=self.meaning)


@dataclass(frozen=True, slots=True)
class Blocks(Start):
    """How matrices begin: `numbers` on the diagonals, `other` beside them.

    `widths` are those of the candidates, whose matrices lie below one another.
    """

    widths: tuple[int, ...] = ()
    other: float = 0.0
    columns: int = 0

    def column(self) -> Bound:
        return self.drawn or self._bind(flat=False)

    def flat(self, channels: int) -> Bound:
        del channels
        return self.drawn or self._bind(flat=True)

    def _bind(self, *, flat: bool) -> Bound:
        return blocks.WORD.bind(
            diagonals=self.numbers,
            rows=self.widths,
            columns=self.columns,
            other=self.other,
            flat=flat,
        )


def initial_scores(
    b: Builder, read: MixOptions, member: Index, keys: Sequence[Index], where: Where
) -> tuple[Start, ...] | None:
    """How each of a router's scores begins, by `init:` or by default; None after an error."""
    expr = read.init.tree if read.init else None
    router = read.router.word
    assert isinstance(router, Router)
    scores = router.reads(read.router.options, len(keys))
    if expr is None and scores[0].start is not None:
        return tuple(Start(drawn=each.start) for each in scores)
    if isinstance(expr, tree.Call) and expr.callee.span.text == "uniform":
        bound = _number(b, expr, where)
        if bound is None or bound <= 0:
            b.report.add(InitialCoefficients(expr.span, len(keys)))
            return None
        return (Start(drawn=uniform.WORD.bind(bound=bound)),) * len(scores)
    own = [bool(member) and key[: len(member)] == member for key in keys]
    shares = _shares(b, expr, own, where)
    if shares is None:
        if expr is not None:
            b.report.add(InitialCoefficients(expr.span, len(keys)))
        return None
    numbers = router.invert(read.router.options, shares)
    if numbers is None:
        assert expr is not None, "a router that begins by itself says how"
        b.report.add(CoefficientsUnreachable(router.name, tuple(shares), expr.span))
        return None
    return (Start(tuple(numbers), meaning=_meaning(router, shares, numbers)),)


def _meaning(router: Router, shares: Sequence[float], numbers: Sequence[float]) -> str:
    """What the router makes of numbers that are not the coefficients themselves."""
    found = sorted(set(shares), reverse=True)
    if list(numbers) == list(shares) or len(found) > MOST_SHARES:
        return ""
    return f"their {router.name} is {' and '.join(f'{share:g}' for share in found)}"


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
    return float(found) if _is_number(found) else None


def _is_number(value: Value) -> TypeGuard[int | float]:
    """Whether a value is a number; `yes` and `no` are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(b: Builder, expr: tree.Expr, count: int, where: Where) -> list[float] | None:
    """A number for all, one for each candidate, or such a list for each member."""
    if isinstance(expr, tree.Call):
        return None
    found = express.value(b, expr, where)
    if _is_number(found):
        return [float(found)] * count
    if isinstance(found, tuple) and found and all(isinstance(row, tuple) for row in found):
        found = _row(found, where)
    if not isinstance(found, tuple) or len(found) != count:
        return None
    numbers = [float(item) for item in found if _is_number(item)]
    return numbers if len(numbers) == count else None


def _row(rows: tuple[Value, ...], where: Where) -> Value:
    """The row of the member that is being built; none where rows and members differ in number."""
    assert where.owner is not None
    members = where.owner.statement.members
    if len(rows) != len(members):
        return Failed()
    return rows[members.index(where.owner.whole_index)]
