"""The methods of the emitted model: `forward`, `serve`, `loss`, and perhaps `prox`.

`forward` computes what predictions need and no more. What only the loss needs is computed in
`loss`; where that reads values of `forward`, both share `evaluate`.
"""

from collections.abc import Iterator, Sequence

from mtlspec import pysource as py
from mtlspec.emit.bank import Written
from mtlspec.emit.bundles import STACKED, Bundle, bundles, stacked, write_by_name
from mtlspec.emit.header import statement_comment
from mtlspec.emit.lowerings import ROW_MEAN, WEIGHTED_MEAN
from mtlspec.emit.paragraphs import (
    BATCH_ARGUMENT,
    column_name,
    is_told,
    matrices,
    shown_name,
    shown_value,
    write_paragraph,
)
from mtlspec.emit.readings import read, source
from mtlspec.graph.node import Statement
from mtlspec.graph.schema import ROWS, TaskField
from mtlspec.plan.plan import Bank, Head, Plan, Reading
from mtlspec.plan.providers import mask_variable
from mtlspec.types import show_dim

_BY_NAME = "dict[str, Tensor]"
_BOTH = f"tuple[{_BY_NAME}, {_BY_NAME}]"
_LABELS = f"labels: {_BY_NAME}"
_PREDICTIONS = py.Name("predictions")


def write_methods(plan: Plan, written: dict[str, Written]) -> tuple[py.Function, ...]:
    """All but `__init__`."""
    computed = (_evaluate(plan, written), _forward_alone(plan)) if plan.shown else ()
    prox = (_prox(plan, written),) if plan.steps else ()
    methods = (*(computed or (_forward(plan, written),)), _serve(plan), _loss(plan, written))
    return (*methods, *prox)


def _forward_doc(plan: Plan) -> str:
    shapes = dict.fromkeys(_shape(head) for head in plan.heads.values())
    shape = next(iter(shapes)) if len(shapes) == 1 else "[..., B, outputs]"
    return f"The prediction of each task by name, before its output function: {shape}."


def _shape(head: Head) -> str:
    members = f"{len(head.sources)}, " if head.ensemble else ""
    return f"[{members}B, {show_dim(head.type.width)}]"


def _forward(plan: Plan, written: dict[str, Written]) -> py.Function:
    body = [*_values(plan, written), py.Blank(), py.Return(_predicted(plan))]
    return py.Function(
        "forward", ("self", BATCH_ARGUMENT), _BY_NAME, tuple(body), _forward_doc(plan)
    )


def _forward_alone(plan: Plan) -> py.Function:
    body = (py.Return(py.pick(py.call("self.evaluate", py.Name("batch")), 0)),)
    return py.Function("forward", ("self", BATCH_ARGUMENT), _BY_NAME, body, _forward_doc(plan))


def _evaluate(plan: Plan, written: dict[str, Written]) -> py.Function:
    """Predictions, and what the loss reads of the values on the way to them."""
    values = py.Dictionary(
        tuple(
            (py.Constant(shown_name(plan, provider)), shown_value(plan, provider))
            for provider in plan.shown
        )
    )
    body = (
        *_values(plan, written),
        py.Blank(),
        py.Assign(_PREDICTIONS, _predicted(plan)),
        py.Assign(py.Name("values"), values),
        py.Return(py.pair([_PREDICTIONS, py.Name("values")])),
    )
    doc = "The predictions by task, and the values that the loss reads as well, by name."
    return py.Function("evaluate", ("self", BATCH_ARGUMENT), _BOTH, body, doc)


def _predicted(plan: Plan) -> py.Expr:
    def together(bundle: Bundle) -> py.Expr:
        sources = tuple(plan.heads[task.name].sources[0] for task in bundle.tasks)
        kind = plan.heads[bundle.tasks[0].name].type
        return read(
            Reading(sources, kind), plan, lambda key: py.Name(plan.by_key[key].name)
        ).spread()

    return write_by_name(
        bundles(plan), lambda task: _prediction(plan, plan.heads[task.name]), together
    )


def _prediction(plan: Plan, head: Head) -> py.Expr:
    """The prediction of a task; of an ensemble, those of its members."""

    def value(provider: str) -> py.Expr:
        return py.Name(plan.by_key[provider].name)

    if head.ensemble:
        return read(Reading(head.sources, head.type), plan, value).spread()
    return source(head.sources[0], value)


def _values(plan: Plan, written: dict[str, Written]) -> list[py.Stmt]:
    """The columns, then banks in order, a paragraph a statement."""
    body: list[py.Stmt] = []
    if plan.columns:
        columns = py.call("self.columns", py.Name("batch"))
        body.append(py.Assign(py.Name("columns"), columns))
    body.extend(_features(plan))
    body.extend(_masks(plan))
    body.extend(_places(plan))
    body.extend(_paragraphs(plan, written, plan.served, blank=bool(body)))
    return body


def _paragraphs(
    plan: Plan, written: dict[str, Written], banks: Sequence[Bank], *, blank: bool
) -> Iterator[py.Stmt]:
    """A paragraph a statement, whose parts stand in it together."""
    before: Statement | None = None
    for bank in banks:
        if bank.bare or bank.lends:
            continue
        if blank and not is_told(bank.statement, before):
            yield py.Blank()
        yield from write_paragraph(plan, bank, before, written[bank.key])
        before, blank = bank.statement, True


def _features(plan: Plan) -> Iterator[py.Stmt]:
    for provider, names in plan.joined.items():
        width = sum(plan.width(name) for name in names)
        values: py.Expr = py.call("list", py.call("columns.values"))
        if names != tuple(field.name for field in plan.columns):
            values = py.array(py.pick(py.Name("columns"), py.Constant(n)) for n in names)
        joined = py.call("torch.cat", values, dim=py.Constant(-1))
        yield py.Assign(py.Name(column_name(provider)), joined, f"[B, {width}]")


def _masks(plan: Plan) -> Iterator[py.Stmt]:
    """Which tokens are not padding, for each token axis that is read with its mask."""
    for name in plan.masks:
        read = py.pick(py.Name("batch"), py.Constant(name))
        kept = py.Binary(">=", read, py.Constant(0))
        yield py.Assign(py.Name(mask_variable(name)), kept, "[B, L], False where padded")


def _places(plan: Plan) -> Iterator[py.Stmt]:
    """Which member a row names, for each column that picks one row by row."""
    for provider, place in plan.places.items():
        ids = py.pick(py.Name("batch"), py.Constant(place.field.name))
        known = range(len(place.labels))
        if place.rows[place.first :] == tuple(known):
            number = py.Binary("-", ids, py.Constant(place.first))
            found: py.Expr = py.method(number, "clamp", min=py.Constant(-1))
        else:
            rows = py.array(map(py.Constant, place.rows))
            found = py.pick(py.method(ids, "new_tensor", rows), ids)
        yield py.Assign(py.Name(column_name(provider)), found, "[B], -1 where it is no member")


def _serve(plan: Plan) -> py.Function:
    def lone(task: TaskField) -> py.Expr:
        return _served(plan, task, py.pick(_PREDICTIONS, py.Constant(task.name)))

    def together(bundle: Bundle) -> py.Expr:
        return _served(plan, bundle.tasks[0], stacked(_PREDICTIONS, bundle))

    served = write_by_name(bundles(plan), lone, together)
    doc = "What is served of each task, from the predictions of `forward`, by name."
    parameters = ("self", f"predictions: {_BY_NAME}")
    return py.Function("serve", parameters, _BY_NAME, (py.Return(served),), doc)


def _served(plan: Plan, task: TaskField, prediction: py.Expr) -> py.Expr:
    """What is served of a task: of an ensemble, the mean of its members."""
    head = plan.heads[task.name]
    served = task.word.write_served(task.options, head.type.meaning, prediction)
    return py.method(served, "mean", dim=py.Constant(0)) if head.ensemble else served


def _loss(plan: Plan, written: dict[str, Written]) -> py.Function:
    first = py.Assign(_PREDICTIONS, py.call("self.forward", py.Name("batch")))
    if plan.shown:
        target = py.Name("predictions, values")
        first = py.Assign(target, py.call("self.evaluate", py.Name("batch")))
    trained = [bundle for bundle in bundles(plan) if bundle.tasks[0].trained]
    losses = write_by_name(
        trained, lambda task: _lone_loss(plan, task), lambda bundle: _bundle_loss(plan, bundle)
    )
    body: list[py.Stmt] = [first]
    body.extend(
        py.Assign(py.Name(bundle.labels), stacked(py.Name("labels"), bundle))
        for bundle in trained
        if bundle.name
    )
    parameters = ("self", BATCH_ARGUMENT, _LABELS)
    if not plan.terms:
        body.append(py.Return(losses))
        doc = "The loss of each task by name; a missing label (NaN) does not count."
        return py.Function("loss", parameters, _BY_NAME, tuple(body), doc)
    body.append(py.Assign(py.Name("losses"), losses))
    body.extend(_paragraphs(plan, written, plan.training, blank=True))
    both = py.Binary("|", py.Name("losses"), py.Name("terms"))
    body.extend([py.Blank(), py.Assign(py.Name("terms"), _terms(plan)), py.Return(both)])
    doc = "The loss of each task and each loss term by name; a missing label is NaN."
    return py.Function("loss", parameters, _BY_NAME, tuple(body), doc)


def _lone_loss(plan: Plan, task: TaskField) -> py.Expr:
    name = py.Constant(task.name)
    labels = py.Name("labels")
    weight = py.pick(labels, py.Constant(f"{task.name}{ROWS}"))
    return _task_loss(plan, task, py.pick(_PREDICTIONS, name), py.pick(labels, name), weight)


def _bundle_loss(plan: Plan, bundle: Bundle) -> py.Expr:
    """The losses of the tasks of a bundle, side by side."""
    prediction = stacked(_PREDICTIONS, bundle)
    names = py.Comprehension(py.Name(f'f"{{t}}{ROWS}"'), (("t", py.Name(bundle.name)),))
    weight = py.call(STACKED, py.Name("labels"), names)
    return _task_loss(plan, bundle.tasks[0], prediction, py.Name(bundle.labels), weight)


def _task_loss(
    plan: Plan, task: TaskField, prediction: py.Expr, label: py.Expr, weight: py.Expr
) -> py.Expr:
    """The mean error of a task's rows: of an ensemble, the mean of its members' too."""
    head = plan.heads[task.name]
    error = task.word.write_error(task.options, head.type.meaning, prediction, label)
    if head.ensemble:
        error = py.method(error, "mean", dim=py.Constant(0))
    if task.weighted:
        return py.call(WEIGHTED_MEAN, error, label, weight)
    return py.call(ROW_MEAN, error, label)


def reduction(task: TaskField) -> str:
    """The function that makes one number of the losses of a task's rows."""
    return WEIGHTED_MEAN if task.weighted else ROW_MEAN


def _prox(plan: Plan, written: dict[str, Written]) -> py.Function:
    """What sets weights after a step of the optimiser."""
    body: list[py.Stmt] = []
    before: Statement | None = None
    for bank in plan.steps:
        body.extend([py.Blank()] if body else [])
        body.extend(map(py.Comment, statement_comment(bank.statement, before)))
        before = bank.statement
        body.extend(stmt for stmt in matrices(plan, bank) if stmt not in body)
        body.extend(written[bank.key].body)
    doc = "The proximal steps, which follow the optimiser's, of size `rate`."
    parameters, decorators = ("self", "rate: float"), ("torch.no_grad()",)
    return py.Function("prox", parameters, "None", tuple(body), doc, decorators)


def _terms(plan: Plan) -> py.Expr:
    """Each term by name; one whose members are computed in several banks is their sum."""
    terms: dict[str, py.Expr] = {}
    for bank in plan.terms:
        title, value = bank.statement.title, py.Name(bank.name)
        terms[title] = py.Binary("+", terms[title], value) if title in terms else value
    return py.Dictionary(tuple((py.Constant(title), term) for title, term in terms.items()))
