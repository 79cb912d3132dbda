"""The emitted class `Columns`: numbers as they come, categories through their tables."""

from collections.abc import Sequence

from mtlspec import pysource as py
from mtlspec.graph.columns import TABLE_STD
from mtlspec.graph.schema import FeatureField
from mtlspec.names import fresh, identifier
from mtlspec.plan.plan import Plan, has_table

_BATCH = "batch: dict[str, Tensor]"


def table_attributes(fields: Sequence[FeatureField]) -> dict[str, str]:
    """The attribute of each feature's table."""
    taken: set[str] = set()
    return {f.name: fresh(identifier(f.name), taken) for f in fields if has_table(f)}


def write_columns(plan: Plan) -> list[py.Definition]:
    """The class, and the function that makes a table where there is one."""
    tables = table_attributes(plan.columns)
    made = [_make(plan, field, tables[field.name]) for field in plan.columns if has_table(field)]
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
    cls = py.Class("Columns", "nn.Module", doc, body)
    table = [_table()] if made or _own_tables(plan) else []
    return [*table, cls] if plan.columns else [*table]


def waits(plan: Plan) -> bool:
    """Whether a shared table's size is not known."""
    return any(has_table(field) and field.name not in plan.tables for field in plan.columns)


def _own_tables(plan: Plan) -> bool:
    return any(bank.tables and not bank.stacked for bank in plan.banks)


def _make(plan: Plan, field: FeatureField, attribute: str) -> py.Stmt:
    rows: py.Expr = py.pick(py.Name("sizes"), py.Constant(field.name))
    if field.name in plan.tables:
        rows = py.Constant(plan.tables[field.name])
    width = py.Constant(field.word.table_width(field.options))
    return py.Assign(py.Name(f"self.{attribute}"), py.call("table", rows, width))


def _look_up(field: FeatureField, tables: dict[str, str]) -> tuple[py.Expr, py.Expr]:
    read = py.pick(py.Name("batch"), py.Constant(field.name))
    if field.name not in tables:
        return py.Constant(field.name), read
    return py.Constant(field.name), py.call(f"self.{tables[field.name]}", read)


def _table() -> py.Function:
    body = (
        py.Assign(py.Name("made"), py.call("nn.Embedding", py.Name("rows"), py.Name("width"))),
        py.Do(py.call("nn.init.normal_", py.Name("made.weight"), std=py.Constant(TABLE_STD))),
        py.Return(py.Name("made")),
    )
    doc = "A table of vectors: one row per value of a category."
    return py.Function("table", ("rows: int", "width: int"), "nn.Embedding", body, doc)
