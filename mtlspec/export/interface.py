"""What an exported file takes and gives: one input per raw column, one output per task."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from mtlspec.diagnostics import Error, SpecError
from mtlspec.graph.schema import Schema
from mtlspec.words.serving import NULL_INTEGER, ColumnKind
from mtlspec.words.tasks import Answer

_NULLS: Final[dict[ColumnKind, tuple[str, int | str]]] = {
    "string": ("the empty string", ""),
    "int64": ("-2**63", NULL_INTEGER),
    "float32": ("NaN", "NaN"),
}
"""What stands for a null, for a person and as JSON, which has no NaN."""


@dataclass(frozen=True, slots=True)
class Input:
    """A raw column, [batch, width], under its name in the data; of lists, [batch, entries]."""

    name: str
    kind: ColumnKind
    width: int | None = 1

    @property
    def axes(self) -> tuple[str, str | int]:
        """Its shape; lists are as long as the longest one, padded at the end by nulls."""
        return "batch", f"{self.name}_entries" if self.width is None else self.width

    @property
    def null(self) -> str:
        """What stands for a null."""
        return _NULLS[self.kind][0]


@dataclass(frozen=True, slots=True)
class Output:
    """What is served of a task, [batch, width]."""

    name: str
    task: str
    width: int
    classes: tuple[str | int, ...] = ()
    """What the numbers stand for, in order; empty of a single number."""


@dataclass(frozen=True, slots=True)
class Interface:
    """Inputs and outputs in the order of the schema; no name occurs twice."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(port.name for port in (*self.inputs, *self.outputs))

    def free_prefix(self, word: str) -> str:
        """A beginning for names inside the file that no input and no output begins with."""
        prefix = f"{word}/"
        while any(name.startswith(prefix) for name in self.names):
            prefix = f"_{prefix}"
        return prefix

    def as_metadata(self) -> dict[str, str]:
        """JSON for the file's metadata, by key."""
        inputs = {
            port.name: {
                "type": port.kind,
                "null": _NULLS[port.kind][1],
                **({} if port.width == 1 else {"width": port.width}),
            }
            for port in self.inputs
        }
        outputs = {
            port.name: {"task": port.task} | ({"classes": port.classes} if port.classes else {})
            for port in self.outputs
        }
        return {
            "inputs": json.dumps(inputs, ensure_ascii=False),
            "outputs": json.dumps(outputs, ensure_ascii=False),
        }


class NothingServed(Error):
    """A served model reads at least one column.

    What it means: every feature that the model reads says `serving: none`, so nothing would go in.

    Example:
        features { position : category(serving: none) }
        model m { head[click] = position }

    Instead: read a feature that is known when the model serves.

    Why: a file without inputs answers every row alike, and does not even know how many there are.
    """

    id = "MTL0645"
    title = "a served model reads at least one column"

    def headline(self) -> str:
        return "every feature that the model reads is null when it serves"

    def help(self) -> str:
        return "read a feature without `serving: none`"


def read_interface(
    schema: Schema,
    kinds: Mapping[str, ColumnKind],
    fitted: Mapping[str, BaseModel] | None = None,
) -> Interface:
    """The inputs and outputs of a model with this schema; `kinds` is by column.

    Raises `SpecError` (MTL0645) for a model that would be given nothing.

    `fitted` is what was kept of the tasks' labels, by task.

    In ONNX an input and an output cannot have the same name. Where a task has the name of a
    column, the column keeps it, because the data give it, and the output is called `<task>.prob`
    or, of a number, `<task>.value`, of a score, `<task>.score`.
    """
    widths = {f.column: f.word.raw_width(f.options) for f in schema.features if f.served}
    if not widths:
        raise SpecError([NothingServed()])
    columns = tuple(widths)
    outputs: list[Output] = []
    for field in schema.tasks:
        taken = (*columns, *(port.name for port in outputs), *(t.name for t in schema.tasks))
        end = _ENDS.get(field.word.answer, "prob")
        name = _free_name(field.name, end, taken) if field.name in columns else field.name
        classes = field.word.class_names(field.options, (fitted or {}).get(field.name))
        width = field.served
        outputs.append(Output(name, field.name, width, classes))
    inputs = tuple(Input(name, kinds[name], width) for name, width in widths.items())
    return Interface(inputs, tuple(outputs))


_ENDS: Mapping[Answer, str] = {"number": "value", "pair": "score", "score": "score"}
"""How an output is called that cannot have its task's name; else `prob`."""


def _free_name(task: str, end: str, taken: Iterable[str]) -> str:
    name = f"{task}.{end}"
    while name in taken:
        name += f".{end}"
    return name
