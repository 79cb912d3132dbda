"""A statement of the spec as a paragraph of a method of the model."""

import textwrap
from collections.abc import Iterator

from mtlspec import pysource as py
from mtlspec.emit.bank import Written
from mtlspec.emit.header import members, statement_comment
from mtlspec.emit.writing import shape_comment
from mtlspec.graph.node import MASK, PLACE, Statement
from mtlspec.names import identifier
from mtlspec.plan.plan import Bank, Plan
from mtlspec.plan.providers import (
    ALL_FEATURES,
    BATCH,
    FILLED,
    LABEL,
    WEIGHT,
    mask_variable,
    path_of,
    path_sign,
)

BATCH_ARGUMENT = "batch: dict[str, Tensor]"


def write_paragraph(
    plan: Plan, bank: Bank, before: Statement | None, code: Written
) -> Iterator[py.Stmt]:
    """A statement of the spec as a comment, unless it stands there, and what computes it."""
    if not is_told(bank.statement, before):
        yield from map(py.Comment, statement_comment(bank.statement, before))
    yield from _computed(plan, bank, code)


def is_told(statement: Statement, before: Statement | None) -> bool:
    """Whether the paragraph before has the same statement of the spec, perhaps for another name."""
    if before is None:
        return False
    place = (statement.span, statement.iteration, statement.caller)
    return place == (before.span, before.iteration, before.caller)


def variable(plan: Plan, reader: Bank, provider: str) -> py.Name:
    """What the model calls a value where a bank reads it.

    What training alone computes finds the values of `forward` in `values`.
    """
    if provider in plan.shown and reader in plan.training:
        return py.Name(f"values[{py.quoted(shown_name(plan, provider))}]")
    bank = plan.by_key.get(provider)
    if bank is not None:
        return py.Name(f"self.{bank.name}" if bank.bare else bank.name)
    if provider in plan.joined or provider == BATCH or provider.startswith((MASK, PLACE)):
        return py.Name(column_name(provider))
    if path_sign(provider) == WEIGHT:
        return py.Name(_matrix(plan, provider))
    if path_sign(provider):
        return py.Name(_part(plan, provider))
    if provider.startswith(FILLED):
        return py.Name(f"labels[{py.quoted(provider.removeprefix(FILLED))}].nan_to_num()")
    if provider.startswith(LABEL):
        return py.Name(f"labels[{py.quoted(provider.removeprefix(LABEL))}]")
    return py.Name(f"columns[{py.quoted(provider.removeprefix('column '))}]")


def shown_name(plan: Plan, provider: str) -> str:
    """The key of a value that training reads."""
    bank = plan.by_key.get(provider)
    if bank is not None:
        return bank.name
    return column_name(provider) if provider.startswith((MASK, PLACE)) else provider


def shown_value(plan: Plan, provider: str) -> py.Expr:
    """The value itself, in `forward`."""
    bank = plan.by_key.get(provider)
    if bank is not None:
        return py.Name(bank.name)
    if provider in plan.joined or provider.startswith((MASK, PLACE)):
        return py.Name(column_name(provider))
    return py.pick(py.Name("columns"), py.Constant(provider.removeprefix("column ")))


def column_name(provider: str) -> str:
    """The variable of a column, of columns that are joined, or of the batch."""
    if provider in (ALL_FEATURES, BATCH):
        return provider
    if provider.startswith(MASK):
        return mask_variable(provider.removeprefix(MASK))
    return identifier(provider.removeprefix("column "))


def _computed(plan: Plan, bank: Bank, code: Written) -> Iterator[py.Stmt]:
    """The statement of a bank: a call of its module, or its ops themselves."""
    comment = _value_comment(plan, bank)
    if bank.owns:
        given = [variable(plan, bank, provider) for provider, _ in code.parameters]
        yield py.Assign(py.Name(bank.name), py.call(f"self.{bank.name}", *given), comment)
        return
    *before, last = code.body
    assert isinstance(last, py.Return)
    yield from matrices(plan, bank)
    yield from before
    is_term = bank.statement.keyword == "loss"
    yield py.Assign(py.Name(bank.name), last.value, "" if is_term else comment)


def _value_comment(plan: Plan, bank: Bank) -> str:
    """The shape of a bank's value; where other members are computed apart, also whose it is."""
    shape = shape_comment(bank.type, bank, stacked=bank.stacked)
    if bank.key not in plan.apart or not bank.members[0]:
        return shape
    return f"{shape}: {textwrap.shorten(members(bank.members), 60, placeholder=' …')}"


def _part(plan: Plan, provider: str) -> str:
    """A layer or an array of a block: `self.same.layers[0]`."""
    bank = plan.bank_of(provider)
    assert bank is not None
    name, _, number = path_of(provider).partition(".")
    path = f".{name}" if name else ""
    return f"self.{bank.name}{path}" + (f"[{number}]" if number else "")


def _matrix(plan: Plan, provider: str) -> str:
    """The variable of a weight matrix [in, out] of a bank."""
    bank = plan.bank_of(provider)
    assert bank is not None
    path = path_of(provider).removeprefix("layers.")
    return identifier(f"{bank.name}_{path}")


def matrices(plan: Plan, reader: Bank) -> Iterator[py.Stmt]:
    """The weight matrices that a bank reads, each in its variable."""
    for provider in reader.providers:
        bank = plan.bank_of(provider)
        if bank is None or path_sign(provider) != WEIGHT:
            continue
        path = py.Constant(path_of(provider))
        weight = py.call(f"self.{bank.name}.get_parameter", path)
        yield py.Assign(py.Name(_matrix(plan, provider)), py.Attribute(weight, "mT"))
