"""The emitted class `Columns`: numbers as they come, categories through their tables.

A shared table, and what a feature learns itself, is a module of the class.
"""

from collections.abc import Iterator, Mapping, Sequence

from mtlspec import pysource as py
from mtlspec.graph.expressions.columns import TABLE_STD
from mtlspec.graph.schema import FeatureField
from mtlspec.names import fresh, identifier
from mtlspec.plan.plan import Plan, Slot
from mtlspec.words.features import Table
from mtlspec.words.initialisers import Parameter, normal

_BATCH = "batch: dict[str, Tensor]"


def shared_tables(fields: Sequence[FeatureField]) -> tuple[Table, ...]:
    """The tables that features read, each once."""
    return tuple({field.table.name: field.table for field in fields if field.table}.values())


def learning(fields: Sequence[FeatureField]) -> tuple[FeatureField, ...]:
    """The features that have weights, one of those that share a table."""
    return tuple({field.state: field for field in fields if field.learns}.values())


def module_attributes(fields: Sequence[FeatureField]) -> dict[str, str]:
    """The attribute of each table and each feature that learns, by the state's name."""
    taken: set[str] = set()
    return {f.state: fresh(identifier(f.state), taken) for f in learning(fields)}


def column_slots(plan: Plan) -> Iterator[Slot]:
    """The tensors of the class."""
    attributes = module_attributes(plan.columns)
    for field in learning(plan.columns):
        table = field.table
        owned = field.parameters if table is None else (_vectors(plan, table),)
        for parameter in owned:
            attribute = f"columns.{attributes[field.state]}.{parameter.name}"
            logical = (f"{field.state}.{parameter.name}",)
            yield Slot(attribute, (parameter,), logical, stacked=False)


def _vectors(plan: Plan, table: Table) -> Parameter:
    shape = (plan.tables.get(table.name, 0), table.width)
    return Parameter("weight", shape, normal.WORD.bind(std=TABLE_STD), table.width)


def write_columns(plan: Plan) -> list[py.Definition]:
    """The class, and the function that makes a table where there is one."""
    attributes = module_attributes(plan.columns)
    made = [_make(plan, field, attributes[field.state]) for field in learning(plan.columns)]
    sizes = ("sizes: dict[str, int]",) if waits(plan) else ()
    init = py.Function(
        "__init__",
        ("self", *sizes),
        "None",
        (py.Do(py.call("super().__init__")), *made),
    )
    looked = tuple(_look_up(field, attributes) for field in plan.columns)
    forward = py.Function(
        "forward",
        ("self", _BATCH),
        "dict[str, Tensor]",
        (py.Return(py.Dictionary(looked)),),
    )
    body = (init, forward) if made else (forward,)
    doc = "The columns that the model reads, each as a vector: [B, width] by name."
    if any(field.type.tokens for field in plan.columns):
        doc = "The columns that the model reads by name: [B, width], of tokens [B, L, width]."
    cls = py.Class("Columns", "nn.Module", doc, body)
    table = [_table()] if shared_tables(plan.columns) or _own_tables(plan) else []
    return [*table, cls] if plan.columns else [*table]


def waits(plan: Plan) -> bool:
    """Whether a shared table's size is not known."""
    return any(table.name not in plan.tables for table in shared_tables(plan.columns))


def _own_tables(plan: Plan) -> bool:
    return any(bank.tables and not bank.stacked for bank in plan.banks)


def _make(plan: Plan, field: FeatureField, attribute: str) -> py.Stmt:
    made = _table_of(plan, field.table) if field.table else field.word.make(field.options, None)
    return py.Assign(py.Name(f"self.{attribute}"), made)


def _table_of(plan: Plan, table: Table) -> py.Expr:
    rows: py.Expr = py.pick(py.Name("sizes"), py.Constant(table.name))
    if table.name in plan.tables:
        rows = py.Constant(plan.tables[table.name])
    return py.call("table", rows, py.Constant(table.width))


def _look_up(field: FeatureField, attributes: Mapping[str, str]) -> tuple[py.Expr, py.Expr]:
    read = py.pick(py.Name("batch"), py.Constant(field.name))
    return py.Constant(field.name), value_of(field, read, attributes)


def value_of(field: FeatureField, read: py.Expr, attributes: Mapping[str, str]) -> py.Expr:
    """A feature's value, of what the batch gives; its module is found by its state's name."""
    layer = py.Name(f"self.{attributes[field.state]}") if field.learns else None
    return field.word.write(field.options, read, layer)


def _table() -> py.Function:
    body = (
        py.Assign(py.Name("made"), py.call("nn.Embedding", py.Name("rows"), py.Name("width"))),
        py.Do(py.call("nn.init.normal_", py.Name("made.weight"), std=py.Constant(TABLE_STD))),
        py.Return(py.Name("made")),
    )
    doc = "A table of vectors: one row per value of a category."
    return py.Function("table", ("rows: int", "width: int"), "nn.Embedding", body, doc)
