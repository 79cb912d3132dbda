"""The modules that ops own, by the way they are made: `linear`, `tables`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from mtlspec import pysource as py
from mtlspec.emit.columns import value_of
from mtlspec.emit.lowerings import LOWERINGS, TABLES, class_of
from mtlspec.emit.readings import Pattern, Read
from mtlspec.graph.node import Apply, Held
from mtlspec.graph.schema import FeatureField
from mtlspec.plan.plan import Bank, Cell, Plan
from mtlspec.words.initialisers import Initialiser, Numbers, Parameter
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound


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


def array_statements(
    name: str, initial: Sequence[Parameter], *, stacked: bool
) -> tuple[py.Stmt, ...]:
    """Statements that make a parameter with what it begins with, one entry a member."""
    first = initial[0]
    own = py.Name(f"self.{name}")
    if _numbers_of(first) is not None:
        return _begin_with_numbers(own, initial, stacked=stacked)
    sizes = (len(initial), *first.shape) if stacked else first.shape
    if _is_stored(first):
        zeros = py.call("torch.zeros", *map(py.Constant, sizes))
        return (py.Assign(own, _parameter(zeros, first)),)
    made = _parameter(py.call("torch.empty", *map(py.Constant, sizes)), first)
    return py.Assign(own, made), _filled(own, first, stacked=stacked)


def _parameter(value: py.Expr, parameter: Parameter) -> py.Expr:
    frozen = {"requires_grad": py.Constant(False)} if parameter.frozen else {}
    return py.call("nn.Parameter", value, **frozen)


def begin_statements(
    layer: py.Expr,
    owned: Sequence[Sequence[Parameter]],
    usual: Callable[[Parameter], Bound],
    *,
    stacked: bool,
) -> Iterator[py.Stmt]:
    """Statements for what begins otherwise than its layer's class has it, one entry a member."""
    for initial in zip(*owned, strict=True):
        first: Parameter = initial[0]
        own = py.Attribute(layer, first.name)
        numbers = _numbers_of(first)
        if first.initial == usual(first) or _is_stored(first):
            continue
        if numbers is None:
            yield _filled(_typed(layer, first.name), first, stacked=stacked)
        else:
            yield from _begin_with_numbers(own, initial, stacked=stacked)


def _typed(layer: py.Expr, name: str) -> py.Expr:
    """A parameter of a layer; of one in a `ModuleList` no type checker knows the attributes."""
    if isinstance(layer, py.Subscript):
        return py.method(layer, "get_parameter", py.Constant(name))
    return py.Attribute(layer, name)


def freeze_statements(
    modules: Iterable[py.Expr], owned: Sequence[Sequence[Parameter]]
) -> Iterator[py.Stmt]:
    """Statements for modules whose weights stay as they begin."""
    if owned and any(parameter.frozen for parameter in owned[0]):
        for module in modules:
            yield py.Do(py.method(module, "requires_grad_", py.Constant(False)))


def own_functions(parameters: Iterable[Parameter]) -> Iterator[tuple[str, str]]:
    """The functions of words that parameters begin with: module and name."""
    for word in (parameter.initial.word for parameter in parameters):
        if isinstance(word, Initialiser) and word.own:
            yield word.module, word.function


def _is_stored(parameter: Parameter) -> bool:
    """Whether a parameter begins as a file has it, which is read once its module is made."""
    word = parameter.initial.word
    assert isinstance(word, Initialiser)
    return word.stored


def _numbers_of(parameter: Parameter) -> Numbers | None:
    """The numbers that a parameter begins with, if it is not drawn."""
    word = parameter.initial.word
    assert isinstance(word, Initialiser)
    return word.values(parameter.initial.options)


def _array_of(parameter: Parameter) -> py.Expr | None:
    """What a parameter begins with, where it is written as an expression."""
    word = parameter.initial.word
    assert isinstance(word, Initialiser)
    return word.write(parameter.initial.options)


def _begin_with_numbers(
    own: py.Expr, initial: Sequence[Parameter], *, stacked: bool
) -> tuple[py.Stmt, ...]:
    first, start = initial[0], py.Name("initial")
    arrays = [_array_of(parameter) for parameter in initial]
    if arrays[0] is not None:
        whole = py.call("torch.stack", py.array(a for a in arrays if a)) if stacked else arrays[0]
        return (py.Assign(own, _parameter(whole, first)),)
    rows = tuple(_numbers_of(parameter) for parameter in initial)
    written = py.call("torch.tensor", _numbers(rows if stacked else rows[0]))
    value: py.Expr = start
    lead = rows[0][0] if rows[0] else ()
    if first.shape[-1] > 1 and isinstance(lead, tuple) and len(lead) == 1:
        ones = [py.Constant(1)] * (len(first.shape) - 1 + stacked)
        value = py.method(start, "repeat", *ones, py.Constant(first.shape[-1]))
    return py.Assign(start, written), py.Assign(own, _parameter(value, first))


def _filled(own: py.Expr, first: Parameter, *, stacked: bool) -> py.Stmt:
    """An array drawn; one member at a time where its shape counts."""
    word = first.initial.word
    assert isinstance(word, Initialiser)
    arguments = word.arguments(first.initial.options, first.fan_in)
    named = {key: py.Constant(value) for key, value in arguments.items()}
    one = py.Name("member") if word.by_shape and stacked else own
    function = word.function if word.own else f"nn.init.{word.function}"
    fill = py.Do(py.call(function, one, **named))
    return py.For("member", own, (fill,)) if one is not own else fill


def _numbers(values: object) -> py.Expr:
    if isinstance(values, tuple):
        items = cast("tuple[object, ...]", values)
        return py.array(_numbers(value) for value in items)
    assert isinstance(values, int | float)
    return py.Constant(float(values))
