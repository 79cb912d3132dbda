"""The emitted class `Columns`: numbers as they come, categories through their tables."""

from collections.abc import Mapping, Sequence

from mtlspec import pysource as py
from mtlspec.graph.expressions.columns import TABLE_STD
from mtlspec.graph.schema import FeatureField
from mtlspec.names import fresh, identifier
from mtlspec.plan.plan import Plan
from mtlspec.words.features import Table

_BATCH = "batch: dict[str, Tensor]"


def shared_tables(fields: Sequence[FeatureField]) -> tuple[Table, ...]:
    """The tables that features read, each once."""
    return tuple({field.table.name: field.table for field in fields if field.table}.values())


def table_attributes(fields: Sequence[FeatureField]) -> dict[str, str]:
    """The attribute of each table."""
    taken: set[str] = set()
    return {t.name: fresh(identifier(t.name), taken) for t in shared_tables(fields)}


def write_columns(plan: Plan) -> list[py.Definition]:
    """The class, and the function that makes a table where there is one."""
    tables = table_attributes(plan.columns)
    made = [_make(plan, table, tables[table.name]) for table in shared_tables(plan.columns)]
    sizes = ("sizes: dict[str, int]",) if waits(plan) else ()
    init = py.Function(
        "__init__",
        ("self", *sizes),
        "None",
        (py.Do(py.call("super().__init__")), *made),
    )
    looked = tuple(_look_up(field, tables) for field in plan.columns)
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
    table = [_table()] if made or _own_tables(plan) else []
    return [*table, cls] if plan.columns else [*table]


def waits(plan: Plan) -> bool:
    """Whether a shared table's size is not known."""
    return any(table.name not in plan.tables for table in shared_tables(plan.columns))


def _own_tables(plan: Plan) -> bool:
    return any(bank.tables and not bank.stacked for bank in plan.banks)


def _make(plan: Plan, table: Table, attribute: str) -> py.Stmt:
    rows: py.Expr = py.pick(py.Name("sizes"), py.Constant(table.name))
    if table.name in plan.tables:
        rows = py.Constant(plan.tables[table.name])
    made = py.call("table", rows, py.Constant(table.width))
    return py.Assign(py.Name(f"self.{attribute}"), made)


def _look_up(field: FeatureField, tables: dict[str, str]) -> tuple[py.Expr, py.Expr]:
    read = py.pick(py.Name("batch"), py.Constant(field.name))
    return py.Constant(field.name), looked_up(field, read, tables)


def looked_up(field: FeatureField, read: py.Expr, tables: Mapping[str, str]) -> py.Expr:
    """A feature's value, of what the batch gives, through the attribute of its table."""
    if field.table is None:
        return field.word.write(field.options, read, None)
    attribute = tables[field.table.name]
    return field.word.write(field.options, read, lambda ids: py.call(f"self.{attribute}", ids))


def _table() -> py.Function:
    body = (
        py.Assign(py.Name("made"), py.call("nn.Embedding", py.Name("rows"), py.Name("width"))),
        py.Do(py.call("nn.init.normal_", py.Name("made.weight"), std=py.Constant(TABLE_STD))),
        py.Return(py.Name("made")),
    )
    doc = "A table of vectors: one row per value of a category."
    return py.Function("table", ("rows: int", "width: int"), "nn.Embedding", body, doc)
