"""Proximal steps → statements that set weights, to follow the optimiser's step.

They stand in `prox(rate)` of the emitted class, where `rate` is the learning rate of the step.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from mtlspec import pysource as py
from mtlspec.emit.lowerings import PUT
from mtlspec.emit.readings import Variable, source
from mtlspec.graph.node import Apply, Term
from mtlspec.plan.plan import Bank, Cell, Inner, Plan, Reading, Source, bank_slots
from mtlspec.plan.providers import WEIGHT
from mtlspec.words.losses import Joint, Penalty, is_proximal
from mtlspec.words.ops import Op

Unit = tuple[Source, ...]
"""The arrays that one map is of: side by side where they are several."""


@dataclass(slots=True)
class StepWriter:
    """Writes the steps of one `loss` statement; `variable` gives the arrays that it reads."""

    bank: Bank
    plan: Plan
    variable: Variable
    body: list[py.Stmt] = field(default_factory=list[py.Stmt])
    lowerings: set[str] = field(default_factory=set[str])
    functions: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def write(self) -> None:
        for place, cell in enumerate(self.bank.cells):
            if isinstance(cell.action, Apply) and is_proximal(cell.action.op.options):
                penalty = cell.action.op.word
                assert isinstance(penalty, Penalty)
                self._penalty(penalty, cell, _scale(self.bank, place))

    def _penalty(self, penalty: Penalty, cell: Cell, scale: float) -> None:
        """A step for each unit; one that several members name is as many times as long."""
        self.functions.update((penalty.module, name) for name in penalty.prox_functions)
        alone: dict[tuple[str, int], list[Source]] = {}
        for unit, times in Counter(_units(cell, penalty)).items():
            if len(unit) == 1:
                alone.setdefault((unit[0].provider, times), []).append(unit[0])
            else:
                self._together(penalty, unit, scale * times)
        for (provider, times), sources in alone.items():
            step = self._step(provider, scale * times)
            arrays = [self.variable(provider)]
            if len(sources) < len(self._members(provider)):
                arrays = [source(one, self.variable) for one in sources]
            for array in arrays:
                written = penalty.write_prox(array, step)
                self.body.append(py.Do(py.method(array, "copy_", written)))

    def _together(self, penalty: Penalty, unit: Unit, scale: float) -> None:
        self.lowerings.add(PUT)
        provider = unit[0].provider
        parts: py.Expr = py.array(source(one, self.variable) for one in unit)
        if list(unit) == [Source(provider, place) for place in self._members(provider)]:
            parts = py.call("list", self.variable(provider))
        name = py.Name("parts")
        joined = py.call("torch.cat", name, dim=py.Constant(-1))
        written = penalty.write_prox(joined, self._step(provider, scale))
        self.body += [py.Assign(name, parts), py.Do(py.call(PUT, name, written))]

    def _members(self, provider: str) -> range:
        bank = self.plan.bank_of(provider)
        assert bank is not None
        return range(len(bank.members))

    def _step(self, provider: str, scale: float) -> py.Expr:
        """The learning rate of the arrays times what the penalty is multiplied with."""
        rate = py.Name("rate")
        factor = float(f"{scale * self._factor(provider):.12g}")
        return rate if factor == 1 else py.Binary("*", py.Constant(factor), rate)

    def _factor(self, provider: str) -> float:
        """The factor on the learning rate of an array."""
        key, _, path = provider.partition(WEIGHT)
        slots = bank_slots(self.plan.by_key[key])
        name = self.plan.by_key[key].name
        found = (s.parameters[0].lr for s in slots if not path or s.attribute == f"{name}.{path}")
        return next(found)


def _units(cell: Cell, penalty: Penalty) -> Iterator[Unit]:
    """What the members' maps are of."""
    readings = [operand for operand in cell.operands if isinstance(operand, Reading)]
    for sources in zip(*(reading.sources for reading in readings), strict=True):
        if isinstance(penalty, Joint):
            yield sources
        else:
            yield from ((one,) for one in sources)


def _scale(bank: Bank, place: int) -> float:
    """What a penalty is multiplied with on its way to the term."""
    reader, cell = next(
        (number, cell) for number, cell in enumerate(bank.cells) if Inner(place) in cell.operands
    )
    if isinstance(cell.action, Term):
        return 1.0
    assert isinstance(cell.action, Apply)
    assert isinstance(cell.action.op.word, Op)
    factor = cell.action.op.word.factor(cell.action.op.options)
    assert factor is not None
    return factor * _scale(bank, reader)
