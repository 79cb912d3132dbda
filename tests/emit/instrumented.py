"""Emitted modules that check themselves: every shape comment becomes an assertion.

A comment `# [2, B, 8]` is what was inferred when the spec was read; here it is held against what
PyTorch computes. B is the rows of the batch, L the tokens of a column.
"""

import re
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from mtlspec.emit.compiled import Compiled
from mtlspec.graph.schema import FeatureField

AXES = r"\[(?P<shape>(?:[BL]|\d+)(?:, (?:[BL]|\d+))*)\]"
"""What is inferred; the classes that are copied speak of members and groups."""
MEMBERS = r"(?:: .+)?"
SHAPED = re.compile(rf"^(?P<pad> *)(?P<name>\w+) = (?P<value>.*?)  # {AXES}{MEMBERS}$")
ABOVE = re.compile(rf"^ *# {AXES}{MEMBERS}$")
TARGET = re.compile(r"^(?P<pad> *)(?P<name>\w+) = ")


def with_assertions(source: str) -> tuple[str, int]:
    """The source, in which shapes are checked where they are told, and how many there are."""
    lines: list[str] = []
    count, waiting, due = 0, "", ""
    for line in source.splitlines():
        if (
            due
            and (len(line) - len(line.lstrip()) <= len(due) - len(due.lstrip()))
            and line.strip()
        ):
            if line.lstrip()[0] in ")]}":
                lines.append(line)
                continue
            lines.append(due)
            due = ""
        lines.append(line)
        if shaped := SHAPED.match(line):
            count += 1
            lines.append(_check(shaped["pad"], shaped["name"], shaped["shape"]))
        elif waiting and (target := TARGET.match(line)):
            count += 1
            due = _check(target["pad"], target["name"], waiting)
        above = ABOVE.match(line)
        waiting = above["shape"] if above else ""
    return "\n".join([*lines, due, ""]), count


def _check(pad: str, name: str, shape: str) -> str:
    return f"{pad}check_shape({name!r}, {name}, {shape!r})"


class ShapeError(AssertionError):
    """What was inferred is not what was computed."""


def checked_module(compiled: Compiled, sizes: Mapping[str, int]) -> tuple[nn.Module, int]:
    """The module of a model that checks its shapes as it runs, and how many these are."""
    source, count = with_assertions(compiled.source)
    rows: list[int] = []

    def check_shape(name: str, value: Tensor, told: str) -> None:
        axes = [part.strip() for part in told.split(",") if part.strip()]
        found = list(value.shape)
        fits = len(axes) == len(found) and all(
            size == (rows[0] if axis == "B" else size if axis == "L" else int(axis))
            for axis, size in zip(axes, found, strict=True)
        )
        if not fits:
            raise ShapeError(f"{name} is {found}, and [{told}] was inferred")

    names: dict[str, object] = {"__name__": "checked", "check_shape": check_shape}
    exec(compile(source, "<checked>", "exec"), names)
    made = names[compiled.class_name]
    assert isinstance(made, type)
    module = made(dict(sizes)) if compiled.sizes else made()
    assert isinstance(module, nn.Module)
    module.load_state_dict(compiled.module(seed=0, sizes=sizes).state_dict())

    def noting_rows(method: Callable[[Mapping[str, Tensor]], object]):
        def noted(batch: Mapping[str, Tensor]) -> object:
            rows[:] = [len(next(iter(batch.values())))]
            return method(batch)

        return noted

    for method in ("forward", "evaluate"):
        if hasattr(module, method):
            setattr(module, method, noting_rows(getattr(module, method)))
    return module, count


def random_batch(compiled: Compiled, rows: int, size: int) -> dict[str, Tensor]:
    """Random rows of the features that a model reads; tables have `size` rows."""
    return {field.name: _random(field, rows, size) for field in compiled.schema.features}


def _random(field: FeatureField, rows: int, size: int) -> Tensor:
    if field.word.reads == "values":
        return torch.randn(rows, field.given)
    if field.table is not None and field.table.rows is not None:
        size = field.table.rows
    if field.entries is None:
        return torch.randint(0, size, (rows,))
    return torch.randint(0, size, (rows, field.entries))


def random_labels(compiled: Compiled, rows: int) -> dict[str, Tensor]:
    """Labels of each trained task, all of them 1 or 0: a class, a number or a yes and no."""
    labels: dict[str, Tensor] = {}
    for task in compiled.schema.trained:
        width = task.word.labels(task.options)
        labels[task.name] = torch.randint(0, 2, (rows, width)).float()
        if task.weighted:
            labels[f"{task.name}.rows"] = torch.rand(rows, 1)
    return labels
