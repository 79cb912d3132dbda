"""Plan → the emitted module, as a tree of Python."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mtlspec import pysource as py
from mtlspec.emit.bank import Written, write_bank
from mtlspec.emit.bundles import BY_NAME, STACKED, bundles, write_names
from mtlspec.emit.calls import call_blocks
from mtlspec.emit.columns import waits, write_columns
from mtlspec.emit.copied import copied
from mtlspec.emit.header import class_doc, file_doc
from mtlspec.emit.lowerings import BASE, FUNCTIONS, LOWERINGS, TABLES, class_of
from mtlspec.emit.methods import reduction, write_methods
from mtlspec.emit.paragraphs import BATCH_ARGUMENT, column_name, variable
from mtlspec.emit.proximal import StepWriter
from mtlspec.names import fresh, identifier, ranges
from mtlspec.plan.passes.name_banks import functions
from mtlspec.plan.plan import Bank, Plan
from mtlspec.plan.providers import BATCH, path_of
from mtlspec.source import SourceFile, Span


def write_module(
    plan: Plan, spec: SourceFile, spec_text: str, components: Sequence[Span] = ()
) -> py.Module:
    """The file of a plan; `spec` is the file of its model, `spec_text` the whole effective spec.

    `components` are those of other files.
    """
    plan, forwards = call_blocks(plan)
    reserved = frozenset(functions(plan))
    written = {bank.key: _write(bank, plan, reserved) for bank in plan.banks}
    written |= {key: _with_forward(written[key], code) for key, code in forwards.items()}
    classes, class_names = _classes(plan, written)
    lowerings = _lowerings(plan, written)
    definitions = (
        *(copied(f"mtlspec.emit.lowerings.{file}", name) for file, name in lowerings),
        *write_columns(plan),
        *classes,
        *(copied(module, name) for module, name in _functions(plan, written)),
        _model(plan, written, class_names),
    )
    doc, constants = file_doc(plan, spec, spec_text, components), tuple(write_names(plan))
    return py.Module(doc, _imports(definitions), definitions, constants)


def _lowerings(plan: Plan, written: dict[str, Written]) -> list[tuple[str, str]]:
    """The files to copy from, with the name of the class or function in each."""
    used = {name for code in written.values() for name in code.lowerings}
    linears = sorted(used & set(LOWERINGS.values()))
    base = [BASE] if linears else []
    classes = [*base, *linears, *sorted(used & {TABLES})]
    losses = {reduction(task) for task in plan.tasks if task.trained}
    together = {BY_NAME, STACKED} if any(b.name for b in bundles(plan)) else set[str]()
    functions = sorted((used | losses | together) & FUNCTIONS)
    return [*((name, class_of(name)) for name in classes), *((name, name) for name in functions)]


def _write(bank: Bank, plan: Plan, reserved: frozenset[str]) -> Written:
    if bank.is_step:
        return _write_steps(bank, plan)
    if bank.owns:
        return write_bank(bank, plan, _inside(bank, plan, reserved))
    if bank.bare:
        return write_bank(bank, plan, {})
    names = {provider: variable(plan, bank, provider).text for provider in bank.providers}
    return write_bank(bank, plan, names, avoid=frozenset(b.name for b in plan.banks))


def _with_forward(block: Written, code: Written) -> Written:
    """A block with what it does when it is called."""
    lowerings, functions = block.lowerings | code.lowerings, block.functions | code.functions
    return replace(
        block,
        body=code.body,
        parameters=code.parameters,
        lowerings=lowerings,
        functions=functions,
    )


def _write_steps(bank: Bank, plan: Plan) -> Written:
    writer = StepWriter(bank, plan, lambda provider: variable(plan, bank, provider))
    writer.write()
    needed = frozenset(writer.lowerings), frozenset(writer.functions)
    return Written((), (), tuple(writer.body), (), *needed)


def _inside(bank: Bank, plan: Plan, reserved: frozenset[str]) -> dict[str, str]:
    """What a class calls the values that it is given: the spec's names."""
    plain = {p: _plain(p, plan) for p in bank.providers}
    twice = {name for name, count in Counter(plain.values()).items() if count > 1}
    taken = set(reserved)
    return {
        provider: fresh(_full(provider, plan) if name in twice else name, taken)
        for provider, name in plain.items()
    }


def _plain(provider: str, plan: Plan) -> str:
    bank = plan.bank_of(provider)
    if bank is None:
        return column_name(provider)
    return identifier(bank.given_as)


def _full(provider: str, plan: Plan) -> str:
    bank = plan.bank_of(provider)
    if bank is None:
        return column_name(provider)
    part = path_of(provider).rpartition(".")[2]
    return identifier(f"{bank.name}_{part}" if part else bank.name)


# --- classes -------------------------------------------------------------------------------------


def _classes(plan: Plan, written: dict[str, Written]) -> tuple[list[py.Class], dict[str, str]]:
    """A class per bank that owns weights; banks whose classes would read alike share the first."""
    found: dict[py.Class, list[Bank]] = {}
    for bank in plan.banks:
        if bank.owns and not bank.bare:
            found.setdefault(_class(plan, bank, written[bank.key]), []).append(bank)
    names = {bank.key: banks[0].class_name for banks in found.values() for bank in banks}
    classes = [
        replace(cls, name=banks[0].class_name, doc=class_doc(banks)) for cls, banks in found.items()
    ]
    return classes, names


def _class(plan: Plan, bank: Bank, code: Written) -> py.Class:
    """The class of a bank, which has no name yet."""
    numbered = [made for name, made in code.layers if name.isdigit()]
    named = [(name, made) for name, made in code.layers if not name.isdigit()]
    init: list[py.Stmt] = [py.Do(py.call("super().__init__"))]
    if numbered:
        layers = py.call("nn.ModuleList", py.array(numbered))
        init.append(py.Assign(py.Name("self.layers"), layers))
    init.extend(py.Assign(py.Name(f"self.{name}"), made) for name, made in named)
    init.extend(code.arrays)
    given = tuple(_parameter(plan, provider, name) for provider, name in code.parameters)
    forward = py.Function("forward", ("self", *given), "Tensor", code.body)
    sizes = ("sizes: dict[str, int]",) if plan.waits(bank) else ()
    return py.Class(
        "",
        "nn.Module",
        "",
        (
            py.Function("__init__", ("self", *sizes), "None", tuple(init)),
            *((forward,) if code.body else ()),
        ),
    )


def _parameter(plan: Plan, provider: str, name: str) -> str:
    if provider == BATCH:
        return BATCH_ARGUMENT
    return f"{name}: {'nn.Module' if plan.is_layer(provider) else 'Tensor'}"


def _functions(plan: Plan, written: dict[str, Written]) -> list[tuple[str, str]]:
    """The functions of words that the file needs: module and name, each once."""
    fields = (*plan.columns, *(f for b in plan.banks for cell in b.cells for f in cell.columns))
    of_columns = {
        pair for f in fields for pair in (*f.word.needs(f.options), *f.word.classes(f.options))
    }
    used = sorted(of_columns.union(*(code.functions for code in written.values())))
    judged = [
        (task.word.module, name)
        for task in plan.tasks
        for name in task.word.functions(task.options, plan.heads[task.name].type.meaning)
    ]
    return list(dict.fromkeys([*used, *judged]))


# --- the model -----------------------------------------------------------------------------------


def _model(plan: Plan, written: dict[str, Written], class_names: dict[str, str]) -> py.Class:
    doc = f"The whole model: {', '.join(ranges([task.name for task in plan.tasks]))}."
    methods = (_init(plan, written, class_names), *write_methods(plan, written))
    return py.Class(plan.class_name, "nn.Module", doc, methods)


def _init(plan: Plan, written: dict[str, Written], class_names: dict[str, str]) -> py.Function:
    sizes = (py.Name("sizes"),)
    body: list[py.Stmt] = [py.Do(py.call("super().__init__"))]
    if plan.columns:
        given = sizes if waits(plan) else ()
        body.append(py.Assign(py.Name("self.columns"), py.call("Columns", *given)))
    for bank in plan.banks:
        if bank.key in class_names:
            made = py.call(class_names[bank.key], *(sizes if plan.waits(bank) else ()))
            body.append(py.Assign(py.Name(f"self.{bank.name}"), made))
        elif bank.bare:
            body.extend(_alone(bank, written[bank.key]))
    parameters = ("self", "sizes: dict[str, int]") if plan.unsized else ("self",)
    doc = _sizes_doc(plan) if plan.unsized else ""
    return py.Function("__init__", parameters, "None", tuple(body), doc)


def _alone(bank: Bank, code: Written) -> Iterator[py.Stmt]:
    """What a bank without a class owns: an array, or the one layer of a block."""
    yield from (py.Assign(py.Name(f"self.{bank.name}"), made) for _, made in code.layers)
    yield from code.arrays


def _sizes_doc(plan: Plan) -> str:
    counted = any(bank.counted for bank in plan.banks)
    tables = len(plan.unsized) > sum(len(bank.counted) for bank in plan.banks)
    parts = ["the rows of the categories' tables, by column"] if tables else []
    parts += ["the classes of tasks"] if counted else []
    return f"`sizes` gives {', and '.join(parts)}."


def _imports(definitions: tuple[py.Definition, ...]) -> tuple[str, ...]:
    text = py.print_module(py.Module("", (), definitions))
    lines = ["import torch"] if "torch." in text else []
    lines.append("from torch import Tensor, nn")
    if "F." in text:
        lines.append("from torch.nn import functional as F")
    return tuple(lines)
