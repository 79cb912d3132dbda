"""Bank → class: the layers that it owns and a `forward` of its cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from re import findall

from mtlspec import pysource as py
from mtlspec.emit.axes import for_members, spread_out, stretchable, with_row, without_row
from mtlspec.emit.borrowing import borrowed, call_block
from mtlspec.emit.gates import write_mix, write_route
from mtlspec.emit.layers import LAYERS, Making
from mtlspec.emit.mixes import runs, together
from mtlspec.emit.readings import Read
from mtlspec.emit.starts import (
    array_statements,
    begin_statements,
    freeze_statements,
    own_functions,
)
from mtlspec.emit.writing import Writing, shape_comment
from mtlspec.graph.node import Apply, ErrorOf, Held, Learned, Mix, Route, Term
from mtlspec.plan.plan import Bank, Call, Cell, Inner, Plan, Reading, layer_attributes
from mtlspec.types import Tensor
from mtlspec.words.ops import Family, Op, Value
from mtlspec.words.word import Options

LETTERS = ("x", "y", "z", "u", "v", "w")


@dataclass(frozen=True, slots=True)
class Written:
    """A bank in PyTorch: the modules and arrays it owns, its statements, and what they need.

    `lowerings` are files of ours to copy from, `functions` modules of words with a name in each.

    `parameters` are the arguments of its `forward`, by provider.
    """

    layers: tuple[tuple[str, py.Expr], ...]
    arrays: tuple[py.Stmt, ...]
    body: tuple[py.Stmt, ...]
    parameters: tuple[tuple[str, str], ...]
    lowerings: frozenset[str]
    functions: frozenset[tuple[str, str]]


def write_bank(
    bank: Bank, plan: Plan, names: dict[str, str], avoid: frozenset[str] = frozenset()
) -> Written:
    """The code of a bank; `names` gives the variable of each provider inside it.

    No variable of `avoid` is assigned to.
    """
    writer = BankWriter(bank, plan, names, avoid)
    writer.write()
    used = tuple((provider, names[provider]) for provider in bank.providers)
    return Written(
        tuple(writer.layers),
        tuple(writer.arrays),
        tuple(writer.body),
        used,
        frozenset(writer.lowerings),
        frozenset(writer.functions),
    )


@dataclass(slots=True)
class BankWriter(Writing):
    """Writes the cells of one bank in order, each into a variable or into its only reader."""

    def write(self) -> None:
        for cell in self.bank.cells:
            for parameters in cell.owned:
                self.functions.update(own_functions(parameters))
        last = len(self.bank.cells) - 1
        for place, cell in enumerate(self.bank.cells):
            value = self._cell(place, cell)
            if place == last and not self.bank.lends:
                self.body.append(py.Return(self._whole(value)))
            elif _is_plain(value.expr):
                self.depth[place] = 0
            elif not self._inlined(place):
                value = self._assigned(place, cell, value)
            self.values.append(value)

    # --- cells -----------------------------------------------------------------------------------

    def _cell(self, place: int, cell: Cell) -> Read:
        action = cell.action
        if isinstance(action, Route):
            return write_route(self, cell, action)
        if isinstance(action, Mix):
            return write_mix(self, cell, action)
        if isinstance(action, Learned):
            self.depth.append(0)
            return self._learned(place, cell, action)
        if isinstance(action, Held):
            self.depth.append(0)
            return self._layer(place, action, [])
        if isinstance(action, Apply) and action.lent:
            return self._borrow(place, cell, action)
        if isinstance(action, Call):
            return self._call(cell)
        operands = [self.operand(operand) for operand in cell.operands]
        self.depth.append(1 + max((self.depth_of(o) for o in cell.operands), default=0))
        if isinstance(action, Term):
            return self._term(operands[0])
        if isinstance(action, ErrorOf):
            return self._error(action, cell, *operands)
        if not isinstance(action, Apply):
            return operands[0]
        return self._layer(place, action, operands) if action.inner else self._apply(cell, operands)

    def _apply(self, cell: Cell, operands: list[Read]) -> Read:
        """An op without weights, of values that are lined up as it wants them."""
        assert isinstance(cell.action, Apply)
        op, options = cell.action.op.word, cell.action.op.options
        assert isinstance(op, Op)
        self.functions.update(op.copies(options))
        if cell.each:
            values = self.by_member(cell.operands[0])
            return Read(op.write_members(cell.each, values, operands[0].type), "each", cell.type)
        if op.draws and self.bank.stacked:
            spread = [for_members(o, len(self.bank.members)) for o in operands]
            operands = [Read(e, "each", o.type) for e, o in zip(spread, operands, strict=True)]
        stacked = any(operand.stacked for operand in operands)
        written = self._family(cell, op, operands) if op.joins and len(operands) > 1 else None
        if written is None:
            written = self._lined(op, options, operands)
        return Read(written, "each" if stacked else "one", cell.type)

    def _lined(self, op: Op, options: Options, operands: list[Read]) -> py.Expr:
        """An op of values one by one."""
        if op.lining == "own":
            return op.write_values(
                options, [Value(o.spread(), o.type, o.stacked) for o in operands]
            )
        if op.lining == "spread":
            stacked = any(operand.stacked for operand in operands)
            exprs = spread_out(operands, len(self.bank.members))
            values = [Value(e, o.type, stacked) for e, o in zip(exprs, operands, strict=True)]
            return op.write_values(options, values)
        rows = any(operand.type.rows for operand in operands)
        rank = max(len(operand.type.shape) for operand in operands)
        return op.write(options, [stretchable(o, rows=rows, rank=rank) for o in operands], None)

    def _family(self, cell: Cell, op: Op, operands: Sequence[Read]) -> py.Expr | None:
        """An op of values that lie side by side in one bank, if it has a form for these."""
        assert isinstance(cell.action, Apply)
        alone = len(op.takes.arguments) - 1
        beside = tuple(Value(o.spread(), o.type, o.stacked) for o in operands[:alone])
        found = runs(cell.operands[alone:], self.plan)
        if len(found) > 1 or found[0].provider is None:
            return None
        expr, axis = together(found[0], self.plan, self.variable)
        kind, count = found[0].readings[0].type, len(cell.operands) - alone
        family = Family(expr, kind, stacked=axis == 1, count=count, beside=beside)
        return op.write_family(cell.action.op.options, family)

    def _borrow(self, place: int, cell: Cell, action: Apply) -> Read:
        """An op whose weights a block holds: a call of the block's layer."""
        *values, lender = cell.operands
        assert isinstance(lender, Reading)
        self.depth.append(1 + max(map(self.depth_of, values)))
        operands = [self.operand(value) for value in values]
        written = borrowed(action.op, lender, operands, self.plan, self.variable, cell.type)
        if written.rounds == (1, 1):
            return written.read
        name = py.Name(self._letter(place))
        self.body.append(py.Assign(name, written.read.expr))
        return replace(written.read, expr=written.in_order(name))

    def _call(self, cell: Cell) -> Read:
        """A block, called with what flows through it; or a block for each member."""
        *values, whole = cell.operands
        assert isinstance(whole, Reading)
        self.depth.append(1 + max(map(self.depth_of, values)))
        given = [self.operand(value) for value in values]
        return call_block(whole, given, self.plan, self.variable, cell.type)

    def _layer(self, place: int, action: Apply | Held, operands: list[Read]) -> Read:
        """An op that owns weights: its module, and the call of it."""
        op, cell = action.op.word, self.bank.cells[place]
        assert isinstance(op, Op)
        if not op.reads_groups:
            operands = [self._for_each(operand, op) for operand in operands]
        making = Making(self.bank, self.plan, cell, operands, action.inner)
        made = LAYERS[op.layer](making)
        self.lowerings.update(made.lowerings)
        self.functions.update(made.classes)
        self.layers.extend(made.modules)
        home = py.Name("self")
        written, homes = made.value, [py.Attribute(home, name) for name, _ in made.modules]
        if written is None:
            layer = self._own_layer(action.inner)
            home, homes = layer, [layer]
        begins = begin_statements(home, cell.owned, op.usual, stacked=self.bank.stacked)
        self.arrays += [*begins, *freeze_statements(homes, cell.owned)]
        if written is None:
            if not operands:
                return Read(home, "one", cell.type)
            written = op.write(action.op.options, [with_row(o) for o in operands], home)
            written = without_row(written, operands)
        return Read(written, "each" if self.bank.stacked else "one", cell.type)

    def _own_layer(self, inner: str) -> py.Expr:
        """`self.layers[0]`; a block of one layer is that layer."""
        if self.bank.bare:
            return py.Name(f"self.{self.bank.name}")
        return _layer_expr(self._attributes[inner])

    def _for_each(self, operand: Read, op: Op) -> Read:
        """An operand as a module wants it that treats members one by one."""
        remembered = op.remembers and bool(operand.type.shape)  # what has no axes is of rows alone
        if self.bank.stacked and (remembered or not operand.type.rows):
            expr = for_members(operand, len(self.bank.members))
            return Read(expr, "each", operand.type)
        return Read(operand.spread(), "each", operand.type) if operand.stacked else operand

    def _error(self, action: ErrorOf, cell: Cell, prediction: Read, label: Read) -> Read:
        """The loss of each row, by the functions of the task's kind."""
        word, options = action.task.word, action.task.options
        names = word.functions(options, action.meaning)
        self.functions.update((word.module, name) for name in names)
        exprs = prediction.spread(), label.spread()
        stacked = prediction.stacked or label.stacked
        written = word.write_error(options, action.meaning, *exprs)
        return Read(written, "each" if stacked else "one", cell.type)

    def _term(self, operand: Read) -> Read:
        """A loss term: the mean over rows, the sum over members."""
        kind, expr = operand.type, operand.spread()
        if kind.rows:
            dims = py.Constant(-1) if not kind.shape else py.sized(-2, -1)
            expr = py.call("torch.mean", expr, dim=dims)
        if operand.stacked or (kind.shape and not kind.rows):
            expr = py.call("torch.sum", expr)
        elif self.bank.stacked:
            expr = py.Binary("*", py.Constant(len(self.bank.members)), expr)
        return Read(expr, "one", Tensor((), rows=False))

    def _learned(self, place: int, cell: Cell, action: Learned) -> Read:
        """An array that is learned as it is: a parameter of the class, or of the model itself."""
        name = self.bank.name if self.bank.bare else action.attribute
        initial = [owned[0] for owned in self.bank.cells[place].owned]
        self.arrays.extend(array_statements(name, initial, stacked=self.bank.stacked))
        return Read(py.Name(f"self.{name}"), "each" if self.bank.stacked else "one", cell.type)

    @property
    def _attributes(self) -> dict[str, str]:
        return layer_attributes(cell.action for cell in self.bank.cells)

    # --- variables -------------------------------------------------------------------------------

    def _readers(self, place: int) -> Iterator[tuple[int, Cell]]:
        for reader, cell in enumerate(self.bank.cells):
            for operand in cell.operands:
                if operand == Inner(place):
                    yield reader, cell

    def _inlined(self, place: int) -> bool:
        """Whether a cell is written inside its reader: `F.relu(self.layers[0](x))`."""
        if isinstance(self.bank.cells[place].action, Learned | Held | Route):
            return True
        readers = list(self._readers(place))
        if len(readers) != 1 or self.depth[place] > 2:
            return False
        cell = readers[0][1]
        if isinstance(cell.action, Route | Mix):
            return True
        return len(cell.operands) == 1 and not (
            isinstance(cell.action, Apply) and cell.action.parameters
        )

    def _assigned(self, place: int, cell: Cell, value: Read) -> Read:
        """Gives a cell's value a name."""
        name = py.Name(self._letter(place))
        comment = shape_comment(cell.type, self.bank, stacked=value.stacked)
        self.body.append(py.Assign(name, value.expr, comment))
        self.depth[place] = 0
        return replace(value, expr=name)

    def _letter(self, place: int) -> str:
        """The first letter that nobody will read any more."""
        later = self.bank.cells[place + 1 :]
        needed: set[str] = set(self.avoid)
        for reader in later:
            for operand in reader.operands:
                if isinstance(operand, Inner) and operand.cell < place:
                    needed.update(findall(r"\w+", py.flat(self.values[operand.cell].expr)))
                elif not isinstance(operand, Inner):
                    needed.update(self.names[p] for p in operand.providers)
        return next(x for x in _letters() if x not in needed)

    def _whole(self, value: Read) -> py.Expr:
        """The bank's value, with its member axis if it is stacked."""
        is_term = isinstance(self.bank.cells[-1].action, Term)
        if self.bank.stacked and not is_term:
            return for_members(value, len(self.bank.members))
        return value.spread()


def _layer_expr(attribute: str) -> py.Expr:
    head, _, number = attribute.partition(".")
    layer = py.Attribute(py.Name("self"), head)
    return py.pick(layer, int(number)) if number else layer


def _is_plain(value: py.Expr) -> bool:
    """Whether a value is one that has a name already, or a member of one: `own[0]`."""
    if isinstance(value, py.Subscript):
        return isinstance(value.value, py.Name) and isinstance(value.index[0], py.Constant)
    return isinstance(value, py.Name)


def _letters() -> Iterator[str]:
    yield from LETTERS
    yield from (f"x{number}" for number in range(1, 1000))
