"""Mixes in PyTorch: Σ aᵢ cᵢ, with candidates taken in runs that lie side by side in one bank."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtlspec import pysource as py
from mtlspec.emit.lowerings import BLEND, MIX, MIX_CHANNELS
from mtlspec.emit.readings import Read, Variable, picked, read
from mtlspec.plan.plan import Inner, Operand, Plan, Reading
from mtlspec.types import Tensor
from mtlspec.words.routers import Per


@dataclass(frozen=True, slots=True)
class Run:
    """Candidates in a row that one bank provides; `provider` is None for one that is mixed."""

    provider: str | None
    slots: tuple[Operand, ...]

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(slot for slot in self.slots if isinstance(slot, Reading))

    def is_whole(self, plan: Plan) -> bool:
        """Whether all members read all that the bank provides, in order."""
        bank = plan.bank_of(self.provider) if self.provider is not None else None
        read = [reading.one for reading in self.readings]
        places = [source.position for source in read if source is not None]
        return bank is not None and len(places) > 1 and places == list(range(len(bank.members)))


def runs(candidates: Sequence[Operand], plan: Plan) -> list[Run]:
    """The candidates, cut where the provider changes."""
    found: list[Run] = []
    for slot in candidates:
        provider = _provider(slot, plan)
        if found and provider is not None and found[-1].provider == provider:
            found[-1] = Run(provider, (*found[-1].slots, slot))
        else:
            found.append(Run(provider, (slot,)))
    return found


def _provider(slot: Operand, plan: Plan) -> str | None:
    """The stacked bank that all members read this candidate from, if it is one."""
    if isinstance(slot, Inner) or len(slot.providers) != 1:
        return None
    bank = plan.bank_of(slot.providers[0])
    return slot.providers[0] if bank is not None and bank.stacked else None


@dataclass(frozen=True, slots=True)
class Weighing:
    """How coefficients meet candidates.

    `by_row`: coefficients are [..., B, *tokens, n] or, `by_channel`, [..., B, *tokens, n, d]; else
    [..., n, 1|d]. `tokens` counts their token axes, `axes` those of a candidate, rows among them:
    2 for [B, d].
    """

    by_row: bool
    by_channel: bool
    tokens: int
    axes: int

    @staticmethod
    def of(coefficients: Tensor, per: Per, mixture: Tensor) -> "Weighing":
        by_row, by_channel = coefficients.rows, per == "channel"
        tokens = len(coefficients.shape) - 1 - by_channel if by_row else 0
        return Weighing(by_row, by_channel, tokens, mixture.rows + len(mixture.shape))

    @property
    def axis(self) -> int:
        """The axis of the candidates."""
        return -1 if self.by_row and not self.by_channel else -2

    @property
    def lowerings(self) -> frozenset[str]:
        """The function that weighs candidates of two axes."""
        return frozenset({self._function} if self.axes == 2 else set[str]())

    @property
    def _function(self) -> str:
        if not self.by_row:
            return BLEND
        return MIX_CHANNELS if self.by_channel else MIX

    def one(self, weights: py.Expr, value: py.Expr) -> py.Expr:
        """a c, with coefficients of one candidate."""
        if self.by_channel and self.by_row:
            weights = py.method(weights, "squeeze", py.Constant(-2))
            return py.Binary("*", self._stretched(weights, self.axes - 2 - self.tokens, -2), value)
        if self.axes == 1:
            weights = py.method(weights, "squeeze", py.Constant(-2))
        place = -1 if self.by_row else -2
        return py.Binary("*", self._stretched(weights, self.axes - 2 - self.tokens, place), value)

    def many(self, weights: py.Expr, values: py.Expr) -> py.Expr:
        """Σ aᵢ cᵢ of candidates [..., n, B, d]."""
        if self.axes == 2:
            return py.call(self._function, weights, values)
        if self.by_row:  # candidates come before the rows
            place = py.Constant(self.axis - 1 - self.tokens)
            weights = py.method(weights, "movedim", py.Constant(self.axis), place)
        added = self.axes - 1 - self.tokens - (self.by_row and self.by_channel)
        weights = self._stretched(weights, added, self.axis if self.by_row else -2)
        weighed = py.Binary("*", weights, values)
        return py.method(weighed, "sum", dim=py.Constant(-1 - self.axes))

    @staticmethod
    def _stretched(weights: py.Expr, axes: int, place: int) -> py.Expr:
        """Coefficients with axes of 1 for those that only candidates have."""
        for _ in range(axes):
            weights = py.method(weights, "unsqueeze", py.Constant(place))
        return weights


def multiplied(weights: Read, joined: Read, mixture: Tensor) -> py.Expr:
    """Candidates side by side times a matrix [all their widths, width of the mixture]."""
    x, a = joined.expr, weights.expr
    if not weights.type.rows and mixture.rows:
        for _ in range(len(mixture.shape) - 1 if weights.stacked else 0):
            a = py.method(a, "unsqueeze", py.Constant(-3))
        return py.Binary("@", x, a)
    if not mixture.rows and not joined.stacked:
        return py.Binary("@", x, a)
    for _ in range(len(mixture.shape) + 1 - len(weights.type.shape)):
        a = py.method(a, "unsqueeze", py.Constant(-3))
    row = py.method(x, "unsqueeze", py.Constant(-2))
    return py.method(py.Binary("@", row, a), "squeeze", py.Constant(-2))


def in_layout(scores: Read, coefficients: Tensor) -> py.Expr:
    """Scores as the coefficients lie: what a linear layer makes is flat, and may have no rows."""
    expr, last = scores.spread(), py.Constant(-1)
    added = len(coefficients.shape) - len(scores.type.shape)
    if not added:
        return expr
    if coefficients.width == 1 and not coefficients.rows:
        return py.method(expr, "unsqueeze", last)
    return py.method(expr, "unflatten", last, py.pair([last, py.Constant(coefficients.width)]))


def mixed(
    run: Run,
    weights: py.Expr,
    weighing: Weighing,
    plan: Plan,
    variable: Variable,
    inner: Sequence[Read],
) -> tuple[py.Expr, bool]:
    """Σ aᵢ cᵢ over one run, and whether members read different candidates.

    `inner` are the cells' values of the mix's own bank.
    """
    if run.provider is None:
        slot = run.slots[0]
        value = inner[slot.cell] if isinstance(slot, Inner) else read(slot, plan, variable)
        one = _with_rows(value.spread(), value.type, weighing)
        return weighing.one(weights, one), value.stacked
    if len(run.readings) == 1:
        value = read(run.readings[0], plan, variable)
        return weighing.one(
            weights, _with_rows(value.spread(), value.type, weighing)
        ), value.stacked
    values, axis = together(run, plan, variable)
    many = _with_rows(values, run.readings[0].type, weighing)
    return weighing.many(weights, many), axis == 1


def together(run: Run, plan: Plan, variable: Variable) -> tuple[py.Expr, int]:
    """The values of one run as one, on an axis: the first, or behind that of the members."""
    bank = plan.bank_of(run.provider or "")
    assert run.provider is not None
    assert bank is not None
    value, size = variable(run.provider), len(bank.members)
    rows = [tuple(_positions(run, member)) for member in range(len(run.readings[0].sources))]
    if len(set(rows)) == 1:
        return picked(value, rows[0], size), 0
    return _grid(value, rows, size), 1


def _with_rows(value: py.Expr, kind: Tensor, weighing: Weighing) -> py.Expr:
    """A candidate that is the same for all rows, with an axis for them where others differ."""
    axes = len(kind.shape)
    lacks = not kind.rows and weighing.axes > axes
    return py.method(value, "unsqueeze", py.Constant(-1 - axes)) if lacks else value


def _positions(run: Run, member: int) -> Iterator[int]:
    return (reading.sources[member].position or 0 for reading in run.readings)


def _grid(value: py.Expr, rows: Sequence[tuple[int, ...]], size: int) -> py.Expr:
    """The candidates of every member: [members, n, B, d]."""
    joined = [position for row in rows for position in row]
    sizes = py.sized(len(rows), len(rows[0]))
    return py.call("torch.unflatten", picked(value, joined, size), py.Constant(0), sizes)
