"""Mixes in PyTorch: Σ aᵢ cᵢ, with candidates taken in runs that lie side by side in one bank."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtlspec import pysource as py
from mtlspec.emit.lowerings import BLEND, MIX
from mtlspec.emit.readings import Read, Variable, picked, read
from mtlspec.plan.plan import Inner, Operand, Plan, Reading


@dataclass(frozen=True, slots=True)
class Run:
    """Candidates in a row that one bank provides; `provider` is None for one that is mixed."""

    provider: str | None
    slots: tuple[Operand, ...]

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(slot for slot in self.slots if isinstance(slot, Reading))


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
    bank = plan.by_key.get(slot.providers[0])
    return bank.key if bank is not None and bank.stacked else None


@dataclass(frozen=True, slots=True)
class Weigh:
    """How coefficients meet candidates.

    `by_row`: coefficients are [..., B, n], else [..., n, 1|d]. `axes` are those of a candidate,
    rows among them: 2 for [B, d].
    """

    by_row: bool
    axes: int

    @property
    def lowerings(self) -> frozenset[str]:
        """The function that weighs candidates of two axes."""
        return frozenset({self._function} if self.axes == 2 else set[str]())

    @property
    def _function(self) -> str:
        return MIX if self.by_row else BLEND

    def one(self, weights: py.Expr, value: py.Expr) -> py.Expr:
        """a c, with coefficients [..., B, 1] or [..., 1, 1|d]."""
        if self.axes == 1:
            weights = py.method(weights, "squeeze", py.Constant(-2))
        for _ in range(self.axes - 2):
            weights = py.method(weights, "unsqueeze", py.Constant(-1 if self.by_row else -2))
        return py.Binary("*", weights, value)

    def many(self, weights: py.Expr, values: py.Expr) -> py.Expr:
        """Σ aᵢ cᵢ of candidates [..., n, B, d]."""
        if self.axes == 2:
            return py.call(self._function, weights, values)
        if self.by_row:
            weights = py.method(weights, "transpose", py.Constant(-1), py.Constant(-2))
        for _ in range(self.axes - 1):
            weights = py.method(weights, "unsqueeze", py.Constant(-1 if self.by_row else -2))
        weighed = py.Binary("*", weights, values)
        return py.method(weighed, "sum", dim=py.Constant(-1 - self.axes))


def mixed(
    run: Run, weights: py.Expr, weigh: Weigh, plan: Plan, variable: Variable, inner: Sequence[Read]
) -> py.Expr:
    """Σ aᵢ cᵢ over one run; `inner` are the cells' values of the mix's own bank."""
    if run.provider is None:
        slot = run.slots[0]
        value = inner[slot.cell] if isinstance(slot, Inner) else read(slot, plan, variable)
        return weigh.one(weights, value.spread())
    value, size = variable(run.provider), len(plan.by_key[run.provider].members)
    rows = [tuple(_positions(run, member)) for member in range(len(run.readings[0].sources))]
    if len(set(rows)) == 1:
        return weigh.many(weights, picked(value, rows[0], size))
    return weigh.many(weights, _grid(value, rows, size))


def _positions(run: Run, member: int) -> Iterator[int]:
    return (reading.sources[member].position or 0 for reading in run.readings)


def _grid(value: py.Expr, rows: Sequence[tuple[int, ...]], size: int) -> py.Expr:
    """The candidates of every member: [members, n, B, d]."""
    joined = [position for row in rows for position in row]
    sizes = py.sized(len(rows), len(rows[0]))
    return py.call("torch.unflatten", picked(value, joined, size), py.Constant(0), sizes)
