"""The plan: what is computed together, in which order, under which names.

A *bank* is the members of one statement, in one iteration, that have the same structure: one
class, one tensor [members, …] per parameter, in family order. Its *cells* are the ops of a
member, each standing for all members at once; a cell reads other cells of its bank or, through a
`Reading`, the banks before it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mtlspec.graph.node import (
    MASK,
    Apply,
    ErrorOf,
    Held,
    Index,
    Learned,
    Mix,
    Place,
    Prediction,
    Route,
    Statement,
    Term,
)
from mtlspec.graph.schema import FeatureField, TaskField
from mtlspec.plan.providers import BATCH, PART, is_label, key_of, path_of, path_sign
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op
from mtlspec.words.word import Options


@dataclass(frozen=True, slots=True)
class Source:
    """Where one member reads from: a provider's value, or one member of it."""

    provider: str
    position: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Where each member of a bank reads one operand from, in the order of its members.

    `type` is that of what one member reads.
    """

    sources: tuple[Source, ...]
    type: Tensor

    @property
    def one(self) -> Source | None:
        """The source that all members read, if it is one."""
        return self.sources[0] if len(set(self.sources)) == 1 else None

    @property
    def providers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(source.provider for source in self.sources))

    def rounds(self, count: int) -> tuple[int, int] | None:
        """How a stack of `count` is read: (times, repeats), where all of it is read in order.

        (1, 1) is each once, (3, 1) the whole stack three times, (1, 3) each three times in a row.
        """
        positions = [source.position for source in self.sources]
        times, rest = divmod(len(positions), count)
        if rest or len(self.providers) > 1:
            return None
        if positions == list(range(count)) * times:
            return times, 1
        if positions == [place for place in range(count) for _ in range(times)]:
            return 1, times
        return None


@dataclass(frozen=True, slots=True)
class Inner:
    """An operand that is another cell of the bank."""

    cell: int


@dataclass(frozen=True, slots=True)
class Call:
    """A block as a whole, of values; its last operand is the block."""


Operand = Inner | Reading
Action = Apply | Held | Learned | Route | Mix | Prediction | ErrorOf | Term | Call


@dataclass(frozen=True, slots=True)
class Cell:
    """One op for all members of a bank; `type` is that of one member's value.

    `owned` holds what each member learns: alike in shape, perhaps not in initial values.
    `columns` are the features whose raw columns it reads, in order. `each` are the options of each
    member's op, where they differ. `use` tells which flow through a block it is part of; 0 is none.
    """

    action: Action
    operands: tuple[Operand, ...]
    type: Tensor
    owned: tuple[tuple[Parameter, ...], ...] = ()
    columns: tuple[FeatureField, ...] = ()
    each: tuple[Options, ...] = ()
    use: int = 0


@dataclass(frozen=True, slots=True)
class Bank:
    """Members of a statement that are computed as one.

    `key` is unique in the plan; `name` is an identifier: the attribute of the module and the
    variable in `forward`. `stacked` tells that values have a member axis in front, as those of
    all families of several do. The last cell is the value; `part` names it where it is not the
    statement's own, but something on the way to that which others read as well. `given_as` is what
    those call its value who are given it.
    """

    key: str
    name: str
    class_name: str
    statement: Statement
    members: tuple[Index, ...]
    stacked: bool
    cells: tuple[Cell, ...]
    part: str = ""
    given_as: str = ""

    def readings(self) -> Iterator[Reading]:
        for cell in self.cells:
            for operand in cell.operands:
                if isinstance(operand, Reading):
                    yield operand

    @property
    def providers(self) -> tuple[str, ...]:
        """The keys of what it reads, in the order of reading."""
        return tuple(dict.fromkeys(p for reading in self.readings() for p in reading.providers))

    @property
    def type(self) -> Tensor:
        return self.cells[-1].type

    @property
    def owns(self) -> bool:
        """Whether it learns anything, and so is a module."""
        modules = (isinstance(c.action, Apply | Held) and bool(c.action.inner) for c in self.cells)
        return any(modules) or any(own for cell in self.cells for own in cell.owned)

    @property
    def bare(self) -> bool:
        """Whether it is a learned array or one layer of a block alone, and needs no class."""
        return len(self.cells) == 1 and isinstance(self.cells[0].action, Learned | Held)

    @property
    def lends(self) -> bool:
        """Whether it is a block: it computes nothing itself."""
        return self.statement.keyword == "block"

    @property
    def is_step(self) -> bool:
        """Whether it is a proximal step, which computes no value."""
        action = self.cells[-1].action
        return isinstance(action, Term) and action.proximal

    @property
    def counted(self) -> tuple[str, ...]:
        """The tasks whose classes the data will count, by outputs for them."""
        found = (p.outputs_of for cell in self.cells for p in (cell.owned or ((),))[0])
        return tuple(dict.fromkeys(name for name in found if name is not None))

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the shared tables that it has tables of its own for."""
        found = (p.rows_of for cell in self.cells for p in (cell.owned or ((),))[0])
        return tuple(dict.fromkeys(name for name in found if name is not None))

    def logical(self, member: int) -> str:
        """`mine@1[income, 2]`."""
        return self.statement.logical(self.members[member])


@dataclass(frozen=True, slots=True)
class Slot:
    """One tensor of the module: its attribute, and the logical name of each member in it."""

    attribute: str
    parameters: tuple[Parameter, ...]
    names: tuple[str, ...]
    stacked: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape; a first dimension that waits for data is 0."""
        shape = self.parameters[0].shape
        return (len(self.names), *shape) if self.stacked else shape


@dataclass(frozen=True, slots=True)
class Head:
    """Where a task's prediction is found, one source per member of an ensemble, and its type."""

    sources: tuple[Source, ...]
    type: Tensor

    @property
    def ensemble(self) -> bool:
        """Whether the prediction has a member axis in front."""
        return len(self.sources) > 1


@dataclass(frozen=True)
class Plan:
    """A whole model.

    `columns` are the features that it reads through shared tables, `joined` those of them that
    some bank reads side by side, by provider: all of them, and parts; `places` are those by which
    members are picked row by row, by provider. `tables` are the rows of the
    tables whose size is known, by name; `unsized` the tables that have as many rows as the data has
    values.
    """

    name: str
    class_name: str
    columns: tuple[FeatureField, ...]
    joined: Mapping[str, tuple[str, ...]]
    places: Mapping[str, Place]
    tasks: tuple[TaskField, ...]
    banks: tuple[Bank, ...]
    heads: Mapping[str, Head]
    tables: Mapping[str, int]

    def bank_of(self, provider: str) -> Bank | None:
        """The bank that provides a value, or whose weights are the value; None for columns."""
        return self.by_key.get(key_of(provider))

    def is_layer(self, provider: str) -> bool:
        """Whether a provider is a layer of a block, and no value."""
        if PART not in provider:
            return False
        path, bank = path_of(provider), self.by_key[key_of(provider)]
        return not path or path in layer_attributes(cell.action for cell in bank.cells).values()

    @cached_property
    def terms(self) -> tuple[Bank, ...]:
        """The banks that are loss terms."""
        losses = (bank for bank in self.banks if bank.statement.keyword == "loss")
        return tuple(bank for bank in losses if not bank.is_step)

    @cached_property
    def steps(self) -> tuple[Bank, ...]:
        """The banks that are proximal steps."""
        return tuple(bank for bank in self.banks if bank.is_step)

    @cached_property
    def served(self) -> tuple[Bank, ...]:
        """The banks that some prediction needs, in order."""
        todo = [source.provider for head in self.heads.values() for source in head.sources]
        keys: set[str] = set()
        while todo:
            bank = self.bank_of(todo.pop())
            if bank is not None and bank.key not in keys:
                keys.add(bank.key)
                todo.extend(bank.providers)
        return tuple(bank for bank in self.banks if bank.key in keys)

    @cached_property
    def training(self) -> tuple[Bank, ...]:
        """The banks that only the loss needs: its terms, and what they alone read."""
        others = (bank for bank in self.banks if bank not in self.served)
        return tuple(bank for bank in others if not bank.is_step)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The providers among what is served (and columns) that training alone reads as well."""
        own = {bank.key for bank in self.training}
        read = dict.fromkeys(p for bank in self.training for p in bank.providers if p not in own)
        return tuple(p for p in read if self._is_computed(p))

    def _is_computed(self, provider: str) -> bool:
        """Whether `forward` alone knows it, as it does not weights and what it is given."""
        bank = self.by_key.get(provider)
        if bank is not None:
            return not bank.bare
        return provider != BATCH and not path_sign(provider) and not is_label(provider)

    @cached_property
    def by_key(self) -> Mapping[str, Bank]:
        return {bank.key: bank for bank in self.banks}

    @cached_property
    def apart(self) -> frozenset[str]:
        """The keys of banks that have some members of their statement, while others have others."""
        count = Counter((bank.statement, bank.part) for bank in self.banks)
        return frozenset(b.key for b in self.banks if count[b.statement, b.part] > 1)

    @cached_property
    def unsized(self) -> tuple[str, ...]:
        """The tables, and the tasks with outputs, that wait for the data."""
        shared = [field.table.name for field in self.columns if field.table]
        own = [name for bank in self.banks for name in bank.tables]
        counted = [name for bank in self.banks for name in bank.counted]
        names = dict.fromkeys([*shared, *own, *counted])
        return tuple(name for name in names if name not in self.tables)

    def waits(self, bank: Bank) -> bool:
        """Whether a bank has tensors whose size is not known."""
        return bool(bank.counted) or any(name not in self.tables for name in bank.tables)

    @cached_property
    def masks(self) -> tuple[str, ...]:
        """The features with a token axis whose padding some bank leaves out."""
        found = (provider for bank in self.banks for provider in bank.providers)
        names = (p.removeprefix(MASK) for p in found if p.startswith(MASK))
        return tuple(dict.fromkeys(names))

    def width(self, column: str) -> int:
        field = next(field for field in self.columns if field.name == column)
        return field.type.width

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every tensor that the banks learn, in the order of the module."""
        return tuple(slot for bank in self.banks for slot in bank_slots(bank))


def layer_attributes(actions: Iterable[object]) -> dict[str, str]:
    """The attribute of each op's layer in its bank's class, by inner name.

    `layers.0`, `layers.1`, … in the order of the ops, `gate`, `out`; an op with tables has none.
    """
    found: dict[str, str] = {}
    count = 0
    for action in actions:
        if not isinstance(action, Apply | Held) or not action.inner or _has_tables(action):
            continue
        numbered = action.inner.isdigit()
        found[action.inner] = f"layers.{count}" if numbered else action.inner
        count += numbered
    return found


def part_paths(actions: Sequence[object]) -> list[str]:
    """Where a block keeps the weights of each op; empty for the only one."""
    if len(actions) == 1:
        return [""]
    attributes = layer_attributes(actions)
    return [
        action.attribute if isinstance(action, Learned) else attributes[action.inner]
        for action in actions
        if isinstance(action, Held | Learned)
    ]


def _has_tables(action: Apply | Held) -> bool:
    op = action.op.word
    return isinstance(op, Op) and op.reads_columns


def bank_slots(bank: Bank) -> Iterator[Slot]:
    """The tensors of one bank."""
    attributes = layer_attributes(cell.action for cell in bank.cells)
    for cell in bank.cells:
        action = cell.action
        inner = action.inner if isinstance(action, Apply | Held | Learned) else ""
        lead = f"{inner}." if inner else ""
        for place, parameter in enumerate(cell.owned[0] if cell.owned else ()):
            layer = f"{attributes[inner]}." if inner in attributes and not bank.bare else ""
            path = action.attribute if isinstance(action, Learned) else f"{layer}{parameter.name}"
            names = tuple(
                f"{bank.logical(member)}.{lead}{parameter.logical or parameter.name}"
                for member in range(len(bank.members))
            )
            parameters = tuple(owned[place] for owned in cell.owned)
            alone = bank.bare and isinstance(action, Learned)
            attribute = bank.name if alone else f"{bank.name}.{path}"
            yield Slot(attribute, parameters, names, bank.stacked)
