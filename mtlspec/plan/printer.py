"""The plan as text: every bank with its members, its tensors and what each op reads."""

from collections.abc import Iterator

from mtlspec.graph.node import Apply, ErrorOf, Held, Learned, Mix, Route, Term
from mtlspec.graph.schema import FeatureField
from mtlspec.plan.plan import Action, Bank, Cell, Inner, Operand, Plan, Reading, Source, bank_slots
from mtlspec.plan.providers import path_of
from mtlspec.words.word import Bound


def print_plan(plan: Plan) -> str:
    """One paragraph per bank, in the order of computation; the same text for the same spec."""
    lines = [f"plan {plan.class_name}", "", "columns"]
    lines += [f"    {field.name}: {field.type}{_rows(plan, field)}" for field in plan.columns]
    for bank in plan.banks:
        lines += ["", *_paragraph(plan, bank)]
    lines += ["", "predictions"]
    for task, head in plan.heads.items():
        lines.append(f"    {task}: {', '.join(_source(plan, source) for source in head.sources)}")
    return "\n".join(lines) + "\n"


def _rows(plan: Plan, field: FeatureField) -> str:
    if field.table is None:
        return ""
    name = field.table.name
    owner = "" if name == field.name else f" of `{name}`"
    if name in plan.tables:
        return f", {plan.tables[name]} rows{owner}"
    return f", rows{owner} as many as the data has values"


def _paragraph(plan: Plan, bank: Bank) -> Iterator[str]:
    yield f"bank {bank.name}"
    yield f"    members {', '.join(map(bank.logical, range(len(bank.members))))}"
    for slot in bank_slots(bank):
        yield f"    tensor {slot.attribute}: [{', '.join(map(str, slot.shape))}]"
    for place, cell in enumerate(bank.cells):
        reads = ", ".join(_operand(plan, operand) for operand in cell.operands)
        yield f"    .{place} {_what(cell)}: {cell.type} <- {reads}"


def _what(cell: Cell) -> str:
    """What is done; several ops where those of members differ."""
    if isinstance(cell.action, Apply) and cell.each:
        return " | ".join(str(Bound(cell.action.op.word, options)) for options in cell.each)
    return _describe(cell.action)


def _describe(action: Action) -> str:
    match action:
        case Apply(op, _, _, lent):
            return f"{op} of a block" if lent else str(op)
        case Held(op):
            return f"weights of {op}"
        case Route(router, candidates):
            return f"{candidates} coefficients by {router}"
        case Mix(candidates):
            return f"mix of {candidates}"
        case Learned():
            return f"learned {action.parameter.name}"
        case ErrorOf(task, _):
            return f"error of {task.word.name}"
        case Term(name):
            return f"loss {name}"
        case _:
            return "prediction"


def _operand(plan: Plan, operand: Operand) -> str:
    """A cell of the same bank, what all members read, or what each of them reads."""
    if isinstance(operand, Inner):
        return f".{operand.cell}"
    return _reading(plan, operand)


def _reading(plan: Plan, reading: Reading) -> str:
    if reading.one is not None:
        return _source(plan, reading.one)
    return f"[{', '.join(_source(plan, source) for source in reading.sources)}]"


def _source(plan: Plan, source: Source) -> str:
    bank = plan.bank_of(source.provider)
    if bank is None:
        return source.provider
    path = path_of(source.provider)
    return bank.logical(source.position or 0) + (f".{path}" if path else "")
