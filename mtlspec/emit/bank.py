"""Bank → class: the layers that it owns and a `forward` of its cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mtlspec import pysource as py
from mtlspec.emit.axes import for_members, spread_out, stretchable, with_row, without_row
from mtlspec.emit.borrowing import borrowed
from mtlspec.emit.layers import LAYERS, Making
from mtlspec.emit.mixes import Run, Weighing, in_layout, mixed, multiplied, runs, together
from mtlspec.emit.readings import Pattern, Read, read, source
from mtlspec.emit.starts import (
    array_statements,
    begin_statements,
    freeze_statements,
    own_functions,
)
from mtlspec.graph.node import Apply, ErrorOf, Held, Learned, Mix, Route, Term
from mtlspec.names import fresh, identifier
from mtlspec.plan.plan import Bank, Cell, Inner, Operand, Plan, Reading, layer_attributes
from mtlspec.types import Tensor, show_dim
from mtlspec.words.ops import Family, Op, Value
from mtlspec.words.routers import Router
from mtlspec.words.word import Options

LONGEST_TARGET = 32
"""Names left of a `split`; more of them are kept in one variable."""
LAST = py.Constant(-1)
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


def shape_comment(kind: Tensor, bank: Bank, *, stacked: bool) -> str:
    """`[6, B, 64]`."""
    axes = [*[str(len(bank.members))] * stacked, *["B"] * kind.rows, *map(show_dim, kind.shape)]
    return f"[{', '.join(axes)}]" if axes else ""


@dataclass(slots=True)
class BankWriter:
    """Writes the cells of one bank in order, each into a variable or into its only reader."""

    bank: Bank
    plan: Plan
    names: dict[str, str]
    avoid: frozenset[str] = frozenset()
    layers: list[tuple[str, py.Expr]] = field(default_factory=list[tuple[str, py.Expr]])
    arrays: list[py.Stmt] = field(default_factory=list[py.Stmt])
    body: list[py.Stmt] = field(default_factory=list[py.Stmt])
    lowerings: set[str] = field(default_factory=set[str])
    functions: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    values: list[Read] = field(default_factory=list[Read])
    depth: list[int] = field(default_factory=list[int])

    def write(self) -> None:
        for cell in self.bank.cells:
            for parameters in cell.owned:
                self.functions.update(own_functions(parameters))
        last = len(self.bank.cells) - 1
        for place, cell in enumerate(self.bank.cells):
            value = self._cell(place, cell)
            if place == last and not self.bank.lends:
                self.body.append(py.Return(self._whole(value)))
            elif not self._inlined(place):
                value = self._assigned(place, cell, value)
            self.values.append(value)

    def variable(self, provider: str) -> py.Expr:
        return py.Name(self.names[provider])

    # --- cells -----------------------------------------------------------------------------------

    def _cell(self, place: int, cell: Cell) -> Read:
        action = cell.action
        if isinstance(action, Route):
            return self._route(cell, action)
        if isinstance(action, Mix):
            return self._mix(cell, action)
        if isinstance(action, Learned):
            self.depth.append(0)
            return self._learned(place, cell, action)
        if isinstance(action, Held):
            self.depth.append(0)
            return self._layer(place, action, [])
        if isinstance(action, Apply) and action.lent:
            return self._borrow(place, cell, action)
        operands = [self._operand(operand) for operand in cell.operands]
        self.depth.append(1 + max((self._depth(o) for o in cell.operands), default=0))
        if isinstance(action, Term):
            return self._term(operands[0])
        if isinstance(action, ErrorOf):
            return self._error(action, cell, *operands)
        if not isinstance(action, Apply):
            return operands[0]
        return self._layer(place, action, operands) if action.inner else self._apply(cell, operands)

    def _operand(self, operand: Operand) -> Read:
        if isinstance(operand, Inner):
            return self.values[operand.cell]
        return read(operand, self.plan, self.variable)

    def _by_member(self, operand: Operand) -> list[py.Expr]:
        """An operand as each member reads it."""
        if isinstance(operand, Reading):
            return [source(one, self.variable) for one in operand.sources]
        value, count = self.values[operand.cell], len(self.bank.members)
        return [py.pick(value.expr, n) if value.stacked else value.expr for n in range(count)]

    def _depth(self, operand: Operand) -> int:
        return self.depth[operand.cell] if isinstance(operand, Inner) else 0

    def _apply(self, cell: Cell, operands: list[Read]) -> Read:
        """An op without weights, of values that are lined up as it wants them."""
        assert isinstance(cell.action, Apply)
        op, options = cell.action.op.word, cell.action.op.options
        assert isinstance(op, Op)
        self.functions.update(op.copies(options))
        if cell.each:
            values = self._by_member(cell.operands[0])
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
        self.depth.append(1 + max(map(self._depth, values)))
        operands = [self._operand(value) for value in values]
        written = borrowed(action.op, lender, operands, self.plan, self.variable, cell.type)
        if written.rounds == (1, 1):
            return written.read
        name = py.Name(self._letter(place))
        self.body.append(py.Assign(name, written.read.expr))
        return replace(written.read, expr=written.in_order(name))

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

    def _route(self, cell: Cell, route: Route) -> Read:
        """The coefficients of a mix, in a variable unless they are learned as they are."""
        router = route.router.word
        assert isinstance(router, Router)
        self.functions.update(router.copies(route.router.options))
        self.depth.append(0)
        operands = [self._operand(operand) for operand in cell.operands]
        stacked = any(operand.stacked for operand in operands)
        if router.draws and self.bank.stacked and not stacked:
            members = len(self.bank.members)
            operands = [replace(o, expr=for_members(o, members)) for o in operands]
            stacked = True
        scores = [in_layout(operand, cell.type) for operand in operands]
        written = router.write(route.router.options, scores, route.candidates, route.axis)
        kind: Pattern = "each" if stacked else "one"
        plain = isinstance(written, py.Name) and not cell.type.rows
        if plain or cell is self.bank.cells[-1]:
            return Read(written, kind, cell.type)
        weights = py.Name(_free("a", self._taken))
        comment = shape_comment(cell.type, self.bank, stacked=stacked) if cell.type.rows else ""
        self.body.append(py.Assign(weights, written, comment))
        return Read(weights, kind, cell.type)

    def _mix(self, cell: Cell, mix: Mix) -> Read:
        """Σ aᵢ cᵢ, a term for each run of candidates that lie side by side."""
        weights = self._operand(cell.operands[mix.candidates])
        self.depth.append(1)
        if mix.per == "matrix":
            return self._product(cell, mix, weights)
        if not isinstance(weights.expr, py.Name):
            name = py.Name(_free("a", self._taken))
            self.body.append(py.Assign(name, weights.spread()))
            weights = Read(name, "each" if weights.stacked else "one", weights.type)
        assert isinstance(weights.expr, py.Name)
        weighing = Weighing.of(weights.type, mix.per, cell.type)
        found = runs(cell.operands[: mix.candidates], self.plan)
        if any(run.provider is not None for run in found):
            self.lowerings.update(weighing.lowerings)
        parts = self._split(weights.expr, found, dim=weighing.axis)
        terms = [
            mixed(run, part, weighing, self.plan, self.variable, self.values)
            for run, part in zip(found, parts, strict=True)
        ]
        stacked = weights.stacked or any(own for _, own in terms)
        total = self._added([term for term, _ in terms])
        return Read(total, "each" if stacked else "one", cell.type)

    def _product(self, cell: Cell, mix: Mix, weights: Read) -> Read:
        """Σ Aᵢ cᵢ: candidates side by side times the matrices below one another."""
        candidates = [self._operand(operand) for operand in cell.operands[: mix.candidates]]
        stacked = any(candidate.stacked for candidate in candidates)
        whole = self._beside(cell.operands[: mix.candidates], candidates)
        x = Read(whole, "each" if stacked else "one", candidates[0].type)
        weights = Read(weights.spread(), "each" if weights.stacked else "one", weights.type)
        either = stacked or weights.stacked
        return Read(multiplied(weights, x, cell.type), "each" if either else "one", cell.type)

    def _beside(self, operands: Sequence[Operand], candidates: Sequence[Read]) -> py.Expr:
        """Candidates side by side, in their last axis."""
        run = runs(operands, self.plan)[0]
        if run.slots == tuple(operands) and run.is_whole(self.plan):
            values = py.method(self.variable(run.provider or ""), "unbind")
            return py.call("torch.cat", values, dim=LAST)
        joined = spread_out(candidates, len(self.bank.members))
        return joined[0] if len(joined) == 1 else py.call("torch.cat", py.array(joined), dim=LAST)

    @property
    def _taken(self) -> set[str]:
        """The names that no variable may have."""
        return {self.names[provider] for provider in self.bank.providers} | self.avoid

    def _split(self, weights: py.Name, found: Sequence[Run], dim: int) -> list[py.Expr]:
        """The coefficients of each run, named after what they weigh."""
        if len(found) == 1:
            return [weights]
        taken = self._taken
        lead = weights.text.rpartition(".")[2]
        names = [py.Name(fresh(f"{lead}_{self._run_name(run)}", taken)) for run in found]
        sizes = py.array(py.Constant(len(run.slots)) for run in found)
        split = py.call("torch.split", weights, sizes, dim=py.Constant(dim))
        target = ", ".join(name.text for name in names)
        if len(target) > LONGEST_TARGET:
            parts = py.Name(fresh(f"{lead}_parts", taken))
            self.body.append(py.Assign(parts, split))
            return [py.pick(parts, place) for place in range(len(found))]
        self.body.append(py.Assign(py.Name(target), split))
        return list(names)

    def _run_name(self, run: Run) -> str:
        slot = run.slots[0]
        return "own" if isinstance(slot, Inner) else identifier(self.names[slot.providers[0]])

    def _added(self, terms: Sequence[py.Expr]) -> py.Expr:
        """The sum of the runs, a line each."""
        total = terms[0]
        name = py.Name(_free("y", self._taken))
        for term in terms[1:]:
            self.body.append(py.Assign(name, total))
            total = py.Binary("+", name, term)
        return total

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
                    needed.add(py.flat(self.values[operand.cell].expr))
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


def _letters() -> Iterator[str]:
    yield from LETTERS
    yield from (f"x{number}" for number in range(1, 1000))


def _free(name: str, taken: set[str]) -> str:
    return name if name not in taken else f"{name}_"
