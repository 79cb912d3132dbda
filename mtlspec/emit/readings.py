"""Readings → expressions: how a bank picks its members' inputs out of what others computed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from mtlspec import pysource as py
from mtlspec.emit.places import write_places
from mtlspec.plan.plan import Plan, Reading, Source
from mtlspec.types import Tensor

Pattern = Literal["one", "groups", "each"]
Variable = Callable[[str], py.Expr]
"""The expression of a provider's value."""


@dataclass(frozen=True, slots=True)
class Read:
    """An operand as an expression; `type` is that of one member's value.

    `one`: a single value that all members read. `each`: a member axis in front. `groups`: the
    expression has one entry per group of `repeat` members.
    """

    expr: py.Expr
    pattern: Pattern
    type: Tensor
    repeat: int = 1

    @property
    def stacked(self) -> bool:
        """Whether it has a member axis in front."""
        return self.pattern != "one"

    def spread(self) -> py.Expr:
        """The expression with an entry for every member, for what cannot read groups."""
        if self.pattern == "groups":
            repeat = py.Constant(self.repeat)
            return py.method(self.expr, "repeat_interleave", repeat, dim=py.Constant(0))
        return self.expr


def read(reading: Reading, plan: Plan, variable: Variable) -> Read:
    """The shortest expression for what the members of a bank read."""
    one = reading.one
    if one is not None:
        return Read(source(one, variable), "one", reading.type)
    if len(reading.providers) != 1:
        parts = [source(s, variable) for s in reading.sources]
        return Read(py.call("torch.stack", py.array(parts)), "each", reading.type)
    provider = reading.providers[0]
    bank = plan.bank_of(provider)
    assert bank is not None
    value, size = variable(provider), len(bank.members)
    positions = [s.position or 0 for s in reading.sources]
    repeat = _repeats(positions)
    if repeat > 1:
        groups = picked(value, positions[::repeat], size)
        return Read(groups, "groups", reading.type, repeat)
    return Read(picked(value, positions, size), "each", reading.type)


def source(found: Source, variable: Variable) -> py.Expr:
    """The value of one member."""
    value = variable(found.provider)
    return value if found.position is None else py.pick(value, found.position)


def picked(value: py.Expr, positions: Sequence[int], size: int) -> py.Expr:
    """Members of a stack: itself, a slice, or a list of places."""
    if list(positions) == list(range(size)):
        return value
    part = _slice(positions, size)
    if part is not None:
        return py.pick(value, part)
    return py.pick(value, write_places(positions))


def _slice(positions: Sequence[int], size: int) -> py.Slice | None:
    steps = {b - a for a, b in pairwise(positions)} or {1}
    step = min(steps)
    if len(steps) > 1 or step < 1:
        return None
    start, last = positions[0], positions[-1]
    if step > 1 and (start >= step or size % step or last + step < size):
        return None  # no place in each of the groups that members make, as `[1::2]` is
    stop = None if last + step >= size else last + 1
    return py.Slice(start or None, stop, step if step > 1 else None)


def _repeats(positions: Sequence[int]) -> int:
    """How often each position is repeated in a row, if all are repeated alike; else 1."""
    first = next((i for i, p in enumerate(positions) if p != positions[0]), len(positions))
    if len(positions) % first:
        return 1
    groups = [positions[i : i + first] for i in range(0, len(positions), first)]
    heads = [group[0] for group in groups]
    alike = all(len(set(group)) == 1 for group in groups)
    return first if alike and len(set(heads)) == len(heads) else 1
