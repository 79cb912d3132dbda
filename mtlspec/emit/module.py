"""Plan → the emitted module, as a tree of Python."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mtlspec import pysource as py
from mtlspec.emit.bank import Written, shape_comment, write_bank
from mtlspec.emit.columns import waits, write_columns
from mtlspec.emit.copied import copied
from mtlspec.emit.header import bank_doc, file_doc, statement_comment
from mtlspec.emit.lowerings import BASE, FUNCTIONS, LOWERINGS, TABLES, class_of
from mtlspec.emit.readings import source
from mtlspec.names import fresh, identifier
from mtlspec.plan.plan import ALL_FEATURES, BATCH, WEIGHT, Bank, Plan
from mtlspec.source import SourceFile

_BATCH = "batch: dict[str, Tensor]"
_LABELS = "labels: dict[str, Tensor]"
_BY_TASK = "dict[str, Tensor]"
_BOTH = "tuple[dict[str, Tensor], dict[str, Tensor]]"


def write_module(plan: Plan, spec: SourceFile, spec_text: str) -> py.Module:
    """The file of a plan; `spec` is the file of its model, `spec_text` the whole effective spec."""
    written = {bank.key: _write(bank, plan) for bank in plan.banks}
    classes, class_names = _classes(plan, written)
    lowerings = _lowerings(written)
    definitions = (
        *(copied(f"mtlspec.emit.lowerings.{file}", name) for file, name in lowerings),
        *write_columns(plan),
        *classes,
        *(copied(module, name) for module, name in _functions(plan, written)),
        _model(plan, written, class_names),
    )
    return py.Module(file_doc(plan, spec, spec_text), _imports(definitions), definitions)


def _lowerings(written: dict[str, Written]) -> list[tuple[str, str]]:
    """The files to copy from, with the name of the class or function in each."""
    used = {name for code in written.values() for name in code.lowerings}
    linears = sorted(used & set(LOWERINGS.values()))
    base = [BASE] if linears else []
    classes = [*base, *linears, *sorted(used & {TABLES})]
    functions = sorted(used & FUNCTIONS)
    return [*((name, class_of(name)) for name in classes), *((name, name) for name in functions)]


def _write(bank: Bank, plan: Plan) -> Written:
    if bank.owns:
        return write_bank(bank, plan, _inside(bank, plan))
    if bank.bare:
        return write_bank(bank, plan, {})
    names = {provider: _outside(plan, provider).text for provider in bank.providers}
    return write_bank(bank, plan, names, avoid=frozenset(b.name for b in plan.banks))


def _inside(bank: Bank, plan: Plan) -> dict[str, str]:
    """What a class calls the values that it is given: the spec's names."""
    plain = {p: _plain(p, plan) for p in bank.providers}
    twice = {name for name, count in Counter(plain.values()).items() if count > 1}
    taken: set[str] = set()
    return {
        provider: fresh(_full(provider, plan) if name in twice else name, taken)
        for provider, name in plain.items()
    }


def _plain(provider: str, plan: Plan) -> str:
    bank = plan.by_key.get(provider)
    return identifier(bank.statement.name) if bank else _column_name(provider)


def _full(provider: str, plan: Plan) -> str:
    bank = plan.by_key.get(provider)
    return bank.name if bank else _column_name(provider)


def _column_name(provider: str) -> str:
    if provider in (ALL_FEATURES, BATCH):
        return provider
    return identifier(provider.removeprefix("column "))


# --- classes -------------------------------------------------------------------------------------


def _classes(plan: Plan, written: dict[str, Written]) -> tuple[list[py.Class], dict[str, str]]:
    """A class per bank that owns weights; banks whose classes would read alike share the first."""
    found: dict[py.Class, str] = {}
    classes: list[py.Class] = []
    class_names: dict[str, str] = {}
    for bank in plan.banks:
        if not bank.owns or bank.bare:
            continue
        cls = _class(plan, bank, written[bank.key])
        shape = replace(cls, name="", doc="")
        alike = found.setdefault(shape, bank.class_name)
        if alike == bank.class_name:
            classes.append(cls)
        class_names[bank.key] = alike
    return classes, class_names


def _class(plan: Plan, bank: Bank, code: Written) -> py.Class:
    numbered = [made for name, made in code.layers if name.isdigit()]
    named = [(name, made) for name, made in code.layers if not name.isdigit()]
    init: list[py.Stmt] = [py.Do(py.call("super().__init__"))]
    if numbered:
        layers = py.call("nn.ModuleList", py.array(numbered))
        init.append(py.Assign(py.Name("self.layers"), layers))
    init.extend(py.Assign(py.Name(f"self.{name}"), made) for name, made in named)
    init.extend(code.arrays)
    given = tuple(_parameter(provider, name) for provider, name in code.parameters)
    sizes = ("sizes: dict[str, int]",) if plan.waits(bank) else ()
    return py.Class(
        bank.class_name,
        "nn.Module",
        bank_doc(bank),
        (
            py.Function("__init__", ("self", *sizes), "None", tuple(init)),
            py.Function("forward", ("self", *given), "Tensor", code.body),
        ),
    )


def _parameter(provider: str, name: str) -> str:
    return _BATCH if provider == BATCH else f"{name}: Tensor"


def _functions(plan: Plan, written: dict[str, Written]) -> list[tuple[str, str]]:
    """The functions of words that the file needs: module and name, each once."""
    used = sorted({pair for code in written.values() for pair in code.functions})
    losses = [(task.word.module, task.word.loss) for task in plan.tasks]
    return list(dict.fromkeys([*used, *losses]))


# --- the model -----------------------------------------------------------------------------------


def _model(plan: Plan, written: dict[str, Written], class_names: dict[str, str]) -> py.Class:
    doc = f"The whole model: {', '.join(task.name for task in plan.tasks)}."
    return py.Class(
        plan.class_name,
        "nn.Module",
        doc,
        (_init(plan, written, class_names), *_compute(plan, written), _loss_method(plan, written)),
    )


def _compute(plan: Plan, written: dict[str, Written]) -> tuple[py.Function, ...]:
    if _terms_read_values(plan):
        return _evaluate(plan, written), _forward_alone()
    return (_forward(plan, written),)


def _terms_read_values(plan: Plan) -> bool:
    """Whether some loss term reads what is computed on the way, and not weights alone."""
    return any(WEIGHT not in provider for bank in plan.terms for provider in bank.providers)


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
            body.extend(written[bank.key].arrays)
    parameters = ("self", "sizes: dict[str, int]") if plan.unsized else ("self",)
    doc = "`sizes` gives the rows of the categories' tables, by column." if plan.unsized else ""
    return py.Function("__init__", parameters, "None", tuple(body), doc)


def _forward(plan: Plan, written: dict[str, Written]) -> py.Function:
    body = _values(plan, written, [b for b in plan.banks if b not in plan.terms])
    body.extend([py.Blank(), py.Return(_predictions(plan))])
    doc = "The prediction of each task by name, before its output function: [B, 1]."
    return py.Function("forward", ("self", _BATCH), _BY_TASK, tuple(body), doc)


def _forward_alone() -> py.Function:
    body = (py.Return(py.pick(py.call("self.evaluate", py.Name("batch")), 0)),)
    doc = "The prediction of each task by name, before its output function: [B, 1]."
    return py.Function("forward", ("self", _BATCH), _BY_TASK, body, doc)


def _evaluate(plan: Plan, written: dict[str, Written]) -> py.Function:
    """Predictions and loss terms together, since terms may read what is computed on the way."""
    body = _values(plan, written, plan.banks)
    made = py.Assign(py.Name("predictions"), _predictions(plan))
    found = py.Assign(py.Name("terms"), _terms(plan))
    both = py.Return(py.pair([py.Name("predictions"), py.Name("terms")]))
    body.extend([py.Blank(), made, found, both])
    doc = "The predictions by task, and the loss terms by name."
    return py.Function("evaluate", ("self", _BATCH), _BOTH, tuple(body), doc)


def _terms(plan: Plan) -> py.Expr:
    names = ((bank.statement.title, bank.name) for bank in plan.terms)
    return py.Dictionary(tuple((py.Constant(title), py.Name(name)) for title, name in names))


def _predictions(plan: Plan) -> py.Expr:
    variables = {bank.key: py.Name(bank.name) for bank in plan.banks}
    return py.Dictionary(
        tuple(
            (py.Constant(task), source(found, variables.__getitem__))
            for task, found in plan.heads.items()
        )
    )


def _values(plan: Plan, written: dict[str, Written], banks: Sequence[Bank]) -> list[py.Stmt]:
    """The columns, then banks in order, a paragraph a statement."""
    body: list[py.Stmt] = []
    if plan.columns:
        columns = py.call("self.columns", py.Name("batch"))
        body.append(py.Assign(py.Name("columns"), columns))
    body.extend(_features(plan))
    for bank in banks:
        if bank.bare:
            continue
        body.extend([py.Blank()] if body else [])
        body.extend(_paragraph(plan, bank, written[bank.key]))
    return body


def _paragraph(plan: Plan, bank: Bank, code: Written) -> Iterator[py.Stmt]:
    """A statement of the spec as a comment, and what computes it."""
    yield from (py.Comment(line) for line in statement_comment(bank.statement))
    yield from _computed(plan, bank, code)


def _features(plan: Plan) -> Iterator[py.Stmt]:
    for provider, names in plan.joined.items():
        width = sum(plan.width(name) for name in names)
        values: py.Expr = py.call("list", py.call("columns.values"))
        if names != tuple(field.name for field in plan.columns):
            values = py.array(py.pick(py.Name("columns"), py.Constant(n)) for n in names)
        joined = py.call("torch.cat", values, dim=py.Constant(-1))
        yield py.Assign(_outside(plan, provider), joined, f"[B, {width}]")


def _computed(plan: Plan, bank: Bank, code: Written) -> Iterator[py.Stmt]:
    """The statement of a bank in `forward`: a call of its module, or its ops themselves."""
    comment = shape_comment(bank.type, bank, stacked=bank.stacked)
    if bank.owns:
        given = [_outside(plan, provider) for provider, _ in code.parameters]
        yield py.Assign(py.Name(bank.name), py.call(f"self.{bank.name}", *given), comment)
        return
    *before, last = code.body
    assert isinstance(last, py.Return)
    yield from _matrices(plan, bank)
    yield from before
    is_term = bank.statement.keyword == "loss"
    yield py.Assign(py.Name(bank.name), last.value, "" if is_term else comment)


def _outside(plan: Plan, provider: str) -> py.Name:
    """What `forward` of the model calls a value."""
    bank = plan.by_key.get(provider)
    if bank is not None:
        return py.Name(f"self.{bank.name}" if bank.bare else bank.name)
    if provider in plan.joined or provider == BATCH:
        return py.Name(_column_name(provider))
    if WEIGHT in provider:
        return py.Name(_matrix(plan, provider))
    return py.Name(f"columns[{py.quoted(provider.removeprefix('column '))}]")


def _matrix(plan: Plan, provider: str) -> str:
    """The variable of a weight matrix [in, out] of a bank."""
    bank = plan.bank_of(provider)
    assert bank is not None
    path = provider.partition(WEIGHT)[2].removeprefix("layers.")
    return identifier(f"{bank.name}_{path}")


def _matrices(plan: Plan, reader: Bank) -> Iterator[py.Stmt]:
    """The weight matrices that a bank reads, each in its variable."""
    for provider in reader.providers:
        bank = plan.bank_of(provider)
        if bank is None or WEIGHT not in provider:
            continue
        path = py.Constant(provider.partition(WEIGHT)[2])
        weight = py.call(f"self.{bank.name}.get_parameter", path)
        yield py.Assign(py.Name(_matrix(plan, provider)), py.Attribute(weight, "mT"))


def _with_terms(plan: Plan, written: dict[str, Written], tasks: py.Expr) -> tuple[py.Stmt, ...]:
    """The body of `loss` where there are loss terms beside the tasks'."""
    losses = py.Name("losses")
    both = py.Return(py.Binary("|", losses, py.Name("terms")))
    if _terms_read_values(plan):
        target = py.Name("predictions, terms")
        first = py.Assign(target, py.call("self.evaluate", py.Name("batch")))
        return first, py.Assign(losses, tasks), both
    first = py.Assign(py.Name("predictions"), py.call("self.forward", py.Name("batch")))
    body: list[py.Stmt] = [first, py.Assign(losses, tasks)]
    for bank in plan.terms:
        body.extend([py.Blank(), *_paragraph(plan, bank, written[bank.key])])
    return (*body, py.Blank(), py.Assign(py.Name("terms"), _terms(plan)), both)


def _loss_method(plan: Plan, written: dict[str, Written]) -> py.Function:
    predictions = py.Name("predictions")
    terms = [
        (
            py.Constant(task.name),
            py.call(
                task.word.loss,
                py.pick(predictions, py.Constant(task.name)),
                py.pick(py.Name("labels"), py.Constant(task.name)),
            ),
        )
        for task in plan.tasks
    ]
    result = py.Dictionary(tuple(terms))
    first = py.Assign(predictions, py.call("self.forward", py.Name("batch")))
    body: tuple[py.Stmt, ...] = (first, py.Return(result))
    doc = "The loss of each task by name; a missing label (NaN) does not count."
    if plan.terms:
        body = _with_terms(plan, written, result)
        doc = "The loss of each task and each loss term by name; a missing label is NaN."
    return py.Function("loss", ("self", _BATCH, _LABELS), _BY_TASK, body, doc)


def _imports(definitions: tuple[py.Definition, ...]) -> tuple[str, ...]:
    text = py.print_module(py.Module("", (), definitions))
    lines = ["import torch"] if "torch." in text else []
    lines.append("from torch import Tensor, nn")
    if "F." in text:
        lines.append("from torch.nn import functional as F")
    return tuple(lines)
