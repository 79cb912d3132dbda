"""The words of an emitted file: its docstring, and the spec's lines above what they became."""

import hashlib
import re
import textwrap
from collections.abc import Sequence
from posixpath import basename

from mtlspec.emit.columns import column_slots
from mtlspec.graph.node import Index, Statement
from mtlspec.names import listed, ranges
from mtlspec.plan.plan import Bank, Plan
from mtlspec.source import SourceFile, Span
from mtlspec.words.initialisers.from_file import FromFileOptions


def file_doc(plan: Plan, source: SourceFile, spec_text: str, components: Sequence[Span]) -> str:
    """The docstring of the file: what it is, the spec's own lines, the letters of shapes.

    Behind the spec stand the components that it calls from other files.
    """
    digest = hashlib.sha256(spec_text.encode()).hexdigest()[:12]
    tasks = ", ".join(ranges([task.name for task in plan.tasks]))
    called = [f"# {basename(c.file.path)}\n{c.text}" for c in components]
    spec = textwrap.indent(
        "\n\n".join([source.text.strip("\n"), *called]).expandtabs(4),
        "    ",
        lambda line: bool(line.strip()),
    )
    letters = "B is the rows of a batch"
    if any(bank.stacked for bank in plan.banks):
        letters += "; a number before it counts the members of a\nfamily, in the order of the spec"
    if any(cell.type.tokens for bank in plan.banks for cell in bank.cells) or plan.masks:
        letters += "; L is the tokens of a row"
    return (
        f"{plan.name}: {tasks}.\n\n"
        f"Compiled by mtlspec from {basename(source.path)}; the whole spec has sha256 {digest}.\n\n"
        f"{spec}\n\n"
        f"In shapes, {letters}."
        f"{_factors(plan)}{_stored(plan)}"
    )


def _factors(plan: Plan) -> str:
    """What training multiplies losses and learning rates by, which nothing in the file does."""
    weights = [f"{t.options.weight:g} for {t.name}" for t in plan.tasks if t.options.weight != 1]
    rates = [f"{rate:g} for {listed(names)}" for rate, names in _rates(plan).items()]
    parts = [f"the losses by {listed(weights)}"] if weights else []
    parts += [f"the learning rate by {listed(rates)}"] if rates else []
    text = f"Training multiplies {', and '.join(parts)}; this file does not."
    return "\n\n" + textwrap.fill(text, 80, break_on_hyphens=False) if parts else ""


def _rates(plan: Plan) -> dict[float, list[str]]:
    """The factors on the learning rate with the tensors, or whole modules, that have them."""
    found: dict[float, list[str]] = {}
    slots = [(s.attribute, s.parameters[0].lr) for s in (*column_slots(plan), *plan.slots)]
    of_module: dict[str, set[float]] = {}
    for attribute, rate in slots:
        of_module.setdefault(attribute.partition(".")[0], set()).add(rate)
    for attribute, rate in slots:
        module = attribute.partition(".")[0]
        name = module if of_module[module] == {rate} else attribute
        if rate != 1 and name not in found.setdefault(rate, []):
            found[rate].append(name)
    return {rate: names for rate, names in found.items() if names}


def _stored(plan: Plan) -> str:
    """The files that weights begin as, which the emitted file does not read."""
    options = [p.initial.options for slot in plan.slots for p in slot.parameters]
    paths = [o.path for o in options if isinstance(o, FromFileOptions)]
    loads = (field.table.load for field in plan.columns if field.table)
    paths += [load.partition("#")[0] for load in loads if load is not None]
    files = ", ".join(dict.fromkeys(map(basename, paths)))
    text = f"Weights that {files} has are read where mtlspec makes the module, not here."
    return "\n\n" + textwrap.fill(text, 80) if files else ""


def statement_text(span: Span) -> str:
    """A statement of the spec on one line, without its comments."""
    lines = [_without_comment(line) for line in span.text.splitlines()]
    return " ".join(" ".join(lines).split())


def _without_comment(line: str) -> str:
    found = re.match(r'(?:[^"#]|"(?:[^"\\]|\\.)*")*', line)
    return found.group() if found else line


MOST_PLACES = 4
"""The most places that a class names which many statements share."""


def class_doc(banks: Sequence[Bank]) -> str:
    """The docstring of the class of some banks: the statement, its places, the members.

    Statements that share the class are named as well.
    """
    first, *others = banks
    span = first.statement.span
    own = dict.fromkeys(_place(bank) for bank in banks if bank.statement.span == span)
    lines = [*wrapped(statement_text(span), 80), "", *_some([f"({place})" for place in own])]
    beside = [bank for bank in banks if _place(bank) == _place(first) and bank.members[0]]
    if beside:
        word = "Members" if sum(len(bank.members) for bank in beside) > 1 else "Member"
        lines += wrapped(f"{word}: {'; '.join(members(b.members) for b in beside)}.", 80)
    also = {b.statement.span: b for b in reversed(others) if b.statement.span != span}
    texts = [f"{statement_text(at)} ({_place(bank)})" for at, bank in reversed(also.items())]
    lines += [line for text in _some(texts) for line in wrapped(f"Also {text}.", 80)]
    return "\n".join(lines)


def _place(bank: Bank) -> str:
    """`ple.mtl:18, iteration 1`."""
    span, caller = bank.statement.span, bank.statement.caller
    iteration = ".".join(map(str, bank.statement.iteration))
    times = f", iteration {iteration}" if iteration else ""
    call = f", in {caller.title}" if caller else ""
    return f"{basename(span.file.path)}:{span.line}{times}{call}"


def _some(texts: Sequence[str]) -> list[str]:
    """Some texts; of many, the first and how many more there are."""
    if len(texts) <= MOST_PLACES:
        return list(texts)
    shown = texts[: MOST_PLACES - 1]
    return [*shown, f"{len(texts) - len(shown)} more"]


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width`, the later ones indented."""
    return textwrap.wrap(text, width, subsequent_indent="    ", break_long_words=False)


def members(index: tuple[Index, ...]) -> str:
    """`income 1-3, marital 1-3`: numbers in a row are drawn together."""
    parts: list[tuple[str, list[int]]] = []
    for labels in index:
        last = labels[-1]
        lead = " ".join(map(str, labels[:-1]))
        if not isinstance(last, int):
            parts.append((" ".join(map(str, labels)), []))
        elif parts and parts[-1][0] == lead and parts[-1][1][-1:] == [last - 1]:
            parts[-1][1].append(last)
        else:
            parts.append((lead, [last]))
    return ", ".join(ranges([_counted(lead, numbers) for lead, numbers in parts]))


def _counted(lead: str, numbers: list[int]) -> str:
    if not numbers:
        return lead
    shown = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
    return f"{lead} {shown}".strip()


def statement_comment(statement: Statement, before: Statement | None) -> list[str]:
    """The comment above a paragraph of `forward`; in a repeat it begins with the iteration.

    The statements of a component stand under the call that they are part of, which is told where
    the statement `before` was no part of it.
    """
    callers = [caller.statement for caller in statement.callers()]
    told = [before, *(caller.statement for caller in before.callers())] if before else []
    lines: list[str] = []
    for depth, one in enumerate((*reversed(callers), statement)):
        if one is statement or one not in told:
            lines.extend(_comment(one, "    " * depth))
    return lines


def _comment(statement: Statement, indent: str) -> list[str]:
    iteration = ".".join(map(str, statement.iteration))
    lead = f"{iteration}: " if iteration else ""
    text = lead + statement_text(statement.span)
    return [indent + line for line in wrapped(text, 76 - len(indent))]
