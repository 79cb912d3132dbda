"""Tasks that are alike and computed by one bank: named once, and judged and served together."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from re import fullmatch

from mtlspec import pysource as py
from mtlspec.graph.schema import TaskField
from mtlspec.names import fresh, identifier
from mtlspec.plan.plan import Plan

BY_NAME = "by_name"
"""The function that gives each task of a bundle its own."""
STACKED = "stacked"
"""The function that puts what belongs to the tasks of a bundle side by side."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Tasks in a row; `name` is the constant that lists them, empty for a task of its own.

    `labels` is the variable of their labels, side by side.
    """

    name: str
    labels: str
    tasks: tuple[TaskField, ...]


def bundles(plan: Plan) -> tuple[Bundle, ...]:
    """The tasks of a plan, those of a family together as far as one bank computes them alike."""
    taken = {bank.name for bank in plan.banks}
    found: list[Bundle] = []
    for _, group in groupby(plan.tasks, key=lambda task: _alike(plan, task)):
        tasks = tuple(group)
        if len(tasks) == 1:
            found.append(Bundle("", "", tasks))
            continue
        family = identifier(tasks[0].family or "")
        name, labels = fresh(f"{family}_tasks".upper(), taken), fresh(f"{family}_labels", taken)
        found.append(Bundle(name, labels, tasks))
    return tuple(found)


def _alike(plan: Plan, task: TaskField) -> Hashable:
    """What the tasks of a bundle have in common: all but their labels and their names."""
    head = plan.heads[task.name]
    if task.family is None or head.ensemble:
        return task.name
    name = py.Name("")
    error = task.word.write_error(task.options, head.type.meaning, name, name)
    served = task.word.write_served(task.options, head.type.meaning, name)
    weighted = task.weighted
    return (task.family, head.sources[0].provider, head.type, task.trained, weighted, error, served)


def write_names(plan: Plan) -> Iterator[py.Assign]:
    """The constants that list the tasks of each bundle."""
    for bundle in bundles(plan):
        if bundle.name:
            yield py.Assign(py.Name(bundle.name), _listed([task.name for task in bundle.tasks]))


def _listed(names: Sequence[str]) -> py.Expr:
    """A list of names; of numbers in a row, how they are counted."""
    matches = [fullmatch(r"(\w+)\[(\d+)\]", name) for name in names]
    numbers = [int(match[2]) for match in matches if match]
    counted = numbers == list(range(numbers[0], numbers[0] + len(names))) if numbers else False
    if not counted or matches[0] is None:
        return py.array(map(py.Constant, names))
    ends = (py.Constant(numbers[0]), py.Constant(numbers[-1] + 1))
    item = py.Name(f'f"{matches[0][1]}[{{i}}]"')
    return py.Comprehension(item, (("i", py.call("range", *ends)),))


def write_by_name(
    groups: Iterable[Bundle],
    lone: Callable[[TaskField], py.Expr],
    together: Callable[[Bundle], py.Expr],
) -> py.Expr:
    """A dict of something by task: `lone` of one task, `together` of a bundle, stacked."""
    parts: list[py.Expr] = []
    for alone, group in groupby(groups, key=lambda bundle: not bundle.name):
        members = tuple(group)
        if alone:
            tasks = [bundle.tasks[0] for bundle in members]
            parts.append(py.Dictionary(tuple((py.Constant(t.name), lone(t)) for t in tasks)))
        else:
            parts.extend(py.call(BY_NAME, py.Name(b.name), together(b)) for b in members)
    if not parts:
        return py.Dictionary(())
    whole, *others = parts
    for part in others:
        whole = py.Binary("|", whole, part)
    return whole


def stacked(values: py.Expr, bundle: Bundle) -> py.Expr:
    """What a dict holds for the tasks of a bundle, side by side."""
    return py.call(STACKED, values, py.Name(bundle.name))
