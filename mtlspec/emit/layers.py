"""The modules that ops own, by the way they are made: `linear`, `tables`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mtlspec import pysource as py
from mtlspec.emit.columns import value_of
from mtlspec.emit.lowerings import LOWERINGS, TABLES, class_of
from mtlspec.emit.readings import Pattern, Read
from mtlspec.graph.node import Apply, Held
from mtlspec.graph.schema import FeatureField
from mtlspec.plan.plan import Bank, Cell, Plan
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op


@dataclass(frozen=True, slots=True)
class Making:
    """A cell whose module is to be made, with what it reads."""

    bank: Bank
    plan: Plan
    cell: Cell
    operands: Sequence[Read]
    inner: str

    @property
    def pattern(self) -> Pattern:
        """How its members read; those of a block may each be read with a value of its own."""
        return self.operands[0].pattern if self.operands else "each"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.cell.owned[0]


@dataclass(frozen=True, slots=True)
class Made:
    """The expressions that make modules, by attribute, and the lowerings that they need.

    The name of an op's one layer is its inner name. `value` is what is computed with them, where
    that is not the op's own `write`. `classes` are those of words: module and name.
    """

    modules: tuple[tuple[str, py.Expr], ...]
    lowerings: frozenset[str] = frozenset()
    value: py.Expr | None = None
    classes: frozenset[tuple[str, str]] = frozenset()


def make_linear(making: Making) -> Made:
    """`nn.Linear`, or the bank of linear layers that suits how its members read."""
    outs, ins = making.parameters[0].shape
    task = making.parameters[0].outputs_of
    count = py.pick(py.Name("sizes"), py.Constant(task)) if task else py.Constant(outs)
    sizes: list[py.Expr] = [py.Constant(ins), count]
    bias = {} if len(making.parameters) > 1 else {"bias": py.Constant(False)}
    if not making.bank.stacked:
        return Made(((making.inner, py.call("nn.Linear", *sizes, **bias)),))
    lowering = LOWERINGS[making.pattern]
    members = py.Constant(len(making.bank.members))
    made = py.call(class_of(lowering), members, *sizes, **bias)
    return Made(((making.inner, made),), frozenset({lowering}))


def make_tables(making: Making) -> Made:
    """A table per category and what else a feature learns, each an attribute of the class."""
    keys = _own_attributes(making)
    fields = {keys[field.state]: field for field in making.cell.columns if field.learns}
    tables = {_key(p): p for p in making.parameters if p.rows_of}
    modules = tuple(
        (key, _table(making, tables[key]) if key in tables else _of_feature(making, field))
        for key, field in fields.items()
    )
    lowerings = frozenset({TABLES}) if making.bank.stacked and tables else frozenset[str]()
    return Made(modules, lowerings, _side_by_side(making, keys))


def _own_attributes(making: Making) -> dict[str, str]:
    """The attribute of each table and each feature that learns, by the state's name."""
    keys = dict.fromkeys(map(_key, making.parameters))
    states = dict.fromkeys(field.state for field in making.cell.columns if field.learns)
    return dict(zip(states, keys, strict=True))


def _key(parameter: Parameter) -> str:
    return parameter.name.partition(".")[0]


def _table(making: Making, parameter: Parameter) -> py.Expr:
    name = parameter.rows_of or ""
    rows: py.Expr = py.pick(py.Name("sizes"), py.Constant(name))
    if name in making.plan.tables:
        rows = py.Constant(making.plan.tables[name])
    width = py.Constant(parameter.shape[1])
    if not making.bank.stacked:
        return py.call("table", rows, width)
    return py.call(class_of(TABLES), py.Constant(len(making.bank.members)), rows, width)


def _of_feature(making: Making, field: FeatureField) -> py.Expr:
    members = len(making.bank.members) if making.bank.stacked else None
    return field.word.make(field.options, members)


def _side_by_side(making: Making, attributes: Mapping[str, str]) -> py.Expr:
    """The columns side by side, each through its table or its module."""
    values: list[py.Expr] = []
    for field in making.cell.columns:
        read: py.Expr = py.pick(py.Name("batch"), py.Constant(field.name))
        value = value_of(field, read, attributes)
        if not field.learns and making.bank.stacked:
            minus = py.Constant(-1)
            value = py.method(value, "expand", py.Constant(len(making.bank.members)), minus, minus)
        values.append(value)
    if len(values) == 1:
        return values[0]
    return py.call("torch.cat", py.array(values), dim=py.Constant(-1))


def make_module(making: Making) -> Made:
    """A module that the op itself makes, of PyTorch or of its own file."""
    action = making.cell.action
    assert isinstance(action, Apply | Held)
    op, options = action.op.word, action.op.options
    assert isinstance(op, Op)
    members = len(making.bank.members) if making.bank.stacked else None
    held = action.types if isinstance(action, Held) else ()
    made = op.make(options, held or [operand.type for operand in making.operands], members)
    name = py.flat(made.function)
    classes = frozenset({(op.module, name)} if name in op.classes else set[tuple[str, str]]())
    return Made(((making.inner, made),), classes=classes)


LAYERS: Mapping[str, Callable[[Making], Made]] = {
    "linear": make_linear,
    "module": make_module,
    "tables": make_tables,
}
"""How the module of an op is made, by `Op.layer`."""
