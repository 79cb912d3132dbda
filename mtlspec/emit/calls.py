"""Plan → plan: what flows through a block as a whole becomes a call of the block.

A flow writes the block's recipe out anew. It is a call where it reads all that the block holds,
nobody reads what is computed on the way, and it is written in the words of the block's `forward`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from re import sub

from mtlspec import pysource as py
from mtlspec.emit.bank import LETTERS, BankWriter, Written
from mtlspec.emit.readings import Pattern, Read
from mtlspec.graph.node import MASK
from mtlspec.plan.plan import Bank, Call, Cell, Inner, Operand, Plan, Reading, Source, part_paths
from mtlspec.plan.providers import PART, key_of, path_of, path_sign

ARGUMENT = "argument "
"""How the providers of a block's arguments begin."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The cells of a bank that one flow through a block made, and what flows in.

    They are those from `start` up to `stop`. `blocks` is one that all members call, or one for
    each of them.
    """

    bank: Bank
    start: int
    stop: int
    blocks: tuple[Bank, ...]
    arguments: tuple[Operand, ...]

    @property
    def stacked(self) -> bool:
        """Whether the block is a stack, with weights for each member that calls it."""
        return self.blocks[0].stacked

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.bank.cells[self.start : self.stop]

    def type_of(self, argument: Operand) -> Cell | Reading:
        """What has the type of an argument."""
        return self.bank.cells[argument.cell] if isinstance(argument, Inner) else argument


def call_blocks(plan: Plan) -> tuple[Plan, Mapping[str, Written]]:
    """The same plan with calls of blocks, and the `forward` of each block that is called."""
    forwards: dict[str, Written] = {}
    banks = tuple(_calling(plan, bank, forwards) for bank in plan.banks)
    return replace(plan, banks=banks), forwards


def _calling(plan: Plan, bank: Bank, forwards: dict[str, Written]) -> Bank:
    flows = [] if bank.is_step else [f for f in _flows(plan, bank) if _is_call(plan, f, forwards)]
    for flow in reversed(flows):  # so that places before stay as they are
        bank = _with_call(bank, flow)
    return bank


def _flows(plan: Plan, bank: Bank) -> Iterator[Flow]:
    uses = [cell.use for cell in bank.cells]
    for use in dict.fromkeys(uses):
        start, count = uses.index(use), uses.count(use)
        if use and uses[start : start + count] == [use] * count:
            flow = _flow(plan, bank, start, start + count)
            if flow is not None:
                yield flow


def _flow(plan: Plan, bank: Bank, start: int, stop: int) -> Flow | None:
    """The flow of these cells, if it reads all of one block and only its end is read."""
    operands = dict.fromkeys(o for cell in bank.cells[start:stop] for o in cell.operands)
    parts = [o for o in operands if isinstance(o, Reading) and _is_part(plan, o)]
    later = {o for cell in bank.cells[stop:] for o in cell.operands}
    blocks = _blocks(plan, parts)
    if not blocks or later & {Inner(place) for place in range(start, stop - 1)}:
        return None
    inside = {Inner(place) for place in range(start, stop)}
    arguments = tuple(o for o in operands if o not in parts and o not in inside)
    plain = not any(cell.owned or cell.each or cell.columns for cell in bank.cells[start:stop])
    return Flow(bank, start, stop, blocks, arguments) if plain and arguments else None


def _blocks(plan: Plan, parts: Sequence[Reading]) -> tuple[Bank, ...]:
    """The one block that these are all parts of, or that of each member; none if there is more."""
    keys = {tuple(key_of(source.provider) for source in part.sources) for part in parts}
    if len(keys) != 1:
        return ()
    found = tuple(plan.by_key[key] for key in keys.pop())
    blocks = found[:1] if len(set(found)) == 1 else found
    paths = {path_of(provider) for part in parts for provider in part.providers}
    for block in blocks:
        whole = not block.bare and paths == set(part_paths([cell.action for cell in block.cells]))
        if not whole or (block.stacked and not all(_in_order(part, block) for part in parts)):
            return ()
    return blocks


def _is_part(plan: Plan, reading: Reading) -> bool:
    return all(path_sign(p) == PART and plan.by_key[key_of(p)].lends for p in reading.providers)


def _in_order(part: Reading, block: Bank) -> bool:
    """Whether each member reads its own of a stack."""
    return part.rounds(len(block.members)) == (1, 1)


def _is_call(plan: Plan, flow: Flow, forwards: dict[str, Written]) -> bool:
    """Whether a flow is written as the block's `forward`, which is that of its first flow."""
    found = _forward(plan, flow)
    known = [forwards[block.key] for block in flow.blocks if block.key in forwards]
    if any(_plain(first.body) != _plain(found.body) for first in known):
        return False
    for block in flow.blocks:
        first = forwards.setdefault(block.key, found)
        forwards[block.key] = replace(first, body=_of_both(first.body, found.body))
    return True


def _forward(plan: Plan, flow: Flow) -> Written:
    """What the block does: for one value, if that reads as what is done for all members."""
    alone: list[Pattern] = ["one"] * len(flow.arguments)
    if len(flow.blocks) > 1:
        return _written(plan, flow, flow.bank, alone)
    here = _written(plan, flow, flow.bank, _patterns(plan, flow))
    if flow.stacked:
        return here
    found = _written(plan, flow, flow.bank, alone)
    if _plain(found.body) != _plain(here.body):
        return here
    return replace(found, body=_of_both(found.body, here.body))


def _patterns(plan: Plan, flow: Flow) -> list[Pattern]:
    """How what flows in is read; a stack of blocks is given a value for each member."""
    count = len(flow.arguments)
    if flow.stacked:
        return ["each"] * count
    names = {provider: f"v{place}" for place, provider in enumerate(flow.bank.providers)}
    writer = BankWriter(flow.bank, plan, names)
    writer.write()
    stacked = [writer.operand(argument).stacked for argument in flow.arguments]
    return ["each" if one else "one" for one in stacked] if any(stacked) else ["one"] * count


def _written(plan: Plan, flow: Flow, bank: Bank, patterns: Sequence[Pattern]) -> Written:
    """The cells of a flow in the words of a method of the block."""
    count = 1 if set(patterns) == {"one"} else len(bank.members)
    bank = replace(bank, cells=tuple(_inside(flow, cell, count) for cell in flow.cells))
    if count == 1 and not flow.stacked:
        bank = replace(bank, members=bank.members[:1], stacked=False)
    names, given = _names(flow), [f"{ARGUMENT}{n}" for n in range(len(flow.arguments))]
    own = {p: _own(path_of(p)) for p in bank.providers if p not in names}
    writer = FlowWriter(bank, plan, names | own)
    writer.patterns = dict(zip(given, patterns, strict=True))
    writer.write()
    needed = frozenset(writer.lowerings), frozenset(writer.functions)
    return Written((), (), tuple(writer.body), tuple(names.items()), *needed)


def _inside(flow: Flow, cell: Cell, count: int) -> Cell:
    """A cell with its operands as the block's method knows them, of as many members."""

    def operand(old: Operand) -> Operand:
        if old in flow.arguments:
            provider = f"{ARGUMENT}{flow.arguments.index(old)}"
            return Reading((Source(provider, None),) * count, flow.type_of(old).type)
        if isinstance(old, Inner):
            return Inner(old.cell - flow.start)
        return replace(old, sources=old.sources[:count])

    return replace(cell, operands=tuple(map(operand, cell.operands)))


def _names(flow: Flow) -> dict[str, str]:
    """What the method calls its arguments, by provider."""
    letters, names = iter(LETTERS), dict[str, str]()
    for place, argument in enumerate(flow.arguments):
        is_mask = isinstance(argument, Reading) and argument.providers[0].startswith(MASK)
        names[f"{ARGUMENT}{place}"] = "mask" if is_mask else next(letters)
    return names


def _own(path: str) -> str:
    """A part of the block, in its own class."""
    name, _, number = path.partition(".")
    return f"self.{name}[{number}]" if number else f"self.{name}"


def _of_both(one: Sequence[py.Stmt], other: Sequence[py.Stmt]) -> tuple[py.Stmt, ...]:
    """Statements with the shapes that both have, perhaps with any axes in front of the rows."""
    if one == other:
        return tuple(one)
    found, of_other = (tuple(map(_with_any_axes, body)) for body in (one, other))
    return found if found == of_other else _plain(one)


def _with_any_axes(stmt: py.Stmt) -> py.Stmt:
    """A statement with `[..., B, 8]` for `[3, B, 8]`."""
    if not isinstance(stmt, py.Assign):
        return stmt
    return replace(stmt, comment=sub(r"^\[.*\bB\b", "[..., B", stmt.comment))


def _plain(body: Sequence[py.Stmt]) -> tuple[py.Stmt, ...]:
    """Statements without the shapes behind them."""
    return tuple(
        replace(stmt, comment="") if isinstance(stmt, py.Assign) else stmt for stmt in body
    )


def _with_call(bank: Bank, flow: Flow) -> Bank:
    """The bank with one cell in the place of those of a flow."""
    removed = flow.stop - flow.start - 1

    def moved(operand: Operand) -> Operand:
        if isinstance(operand, Inner) and operand.cell >= flow.stop - 1:
            return Inner(operand.cell - removed)
        return operand

    last = flow.cells[-1]
    count = len(bank.members)
    places = range(count) if flow.stacked else [None] * count
    blocks = flow.blocks if len(flow.blocks) == count else flow.blocks * count
    whole = tuple(Source(f"{b.key}{PART}", n) for b, n in zip(blocks, places, strict=True))
    call = Cell(Call(), (*flow.arguments, Reading(whole, blocks[0].type)), last.type)
    later = (
        replace(cell, operands=tuple(map(moved, cell.operands))) for cell in bank.cells[flow.stop :]
    )
    return replace(bank, cells=(*bank.cells[: flow.start], call, *later))


@dataclass(slots=True)
class FlowWriter(BankWriter):
    """Writes what flows through a block as a method of the block.

    `patterns` tells of each argument whether it has a member axis in front.
    """

    patterns: dict[str, Pattern] = field(default_factory=dict[str, Pattern])

    def operand(self, operand: Operand) -> Read:
        pattern = self._pattern(operand)
        if pattern is None or not isinstance(operand, Reading):
            return BankWriter.operand(self, operand)
        return Read(self.variable(operand.providers[0]), pattern, operand.type)

    def by_member(self, operand: Operand) -> list[py.Expr]:
        if self._pattern(operand) != "each":
            return BankWriter.by_member(self, operand)
        value = self.operand(operand).expr
        return [py.pick(value, place) for place in range(len(self.bank.members))]

    def _pattern(self, operand: Operand) -> Pattern | None:
        return self.patterns.get(operand.providers[0]) if isinstance(operand, Reading) else None
