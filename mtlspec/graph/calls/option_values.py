"""Values of options: as pydantic takes them, and what is said where it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.node import Node
from mtlspec.graph.values import (
    Absent,
    Bare,
    Element,
    IndexSet,
    Members,
    Numbers,
    Recipe,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.syntax.vocabulary import LITERALS
from mtlspec.words.word import Condition


class OptionValue(Error):
    """An option takes values of its type and range.

    What it means: the value is of another kind, or outside the range.

    Example:
        layer h = features -> dropout(1.5)

    Instead:
        layer h = features -> dropout(0.1)

    Why: options are checked where they are written, long before anything is trained.
    """

    id = "MTL0207"
    title = "an option takes values of its type and range"
    word: str
    option: str
    span: Span
    given: str
    needed: str

    def headline(self) -> str:
        return f"`{self.option}` of `{self.word}` takes {self.needed}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.given}", primary=True)]


class OptionMissing(Error):
    """A word needs the options that have no default.

    What it means: the word cannot be built without this option.

    Example:
        layer h = features -> linear

    Instead:
        layer h = features -> linear(64)

    Why: a width has no sensible default.
    """

    id = "MTL0222"
    title = "an option without a default must be given"
    word: str
    option: str
    span: Span
    others: tuple[str, ...] = ()
    """The options that would do as well."""

    def headline(self) -> str:
        needed = " or ".join(f"`{name}`" for name in (self.option, *self.others))
        return f"`{self.word}` needs {needed}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]


class OptionExcluded(Error):
    """An option stands only where it says something.

    What it means: another option of the same word already decides what this one would.

    Example:
        user : category(hash: 1_000, min_count: 5)

    Instead:
        user : category(hash: 1_000)

    Why: one of the two would have no effect, and the reader could not tell which.
    """

    id = "MTL0641"
    title = "an option stands only where it says something"
    word: str
    option: str
    given: str
    span: Span
    given_span: Span

    def headline(self) -> str:
        return f"`{self.option}` says nothing beside `{self.given}` in `{self.word}`"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, f"decided by `{self.given}`", primary=True),
            Label(self.given_span),
        ]


class OptionAlone(Error):
    """An option stands beside those that it works on.

    What it means: the option changes something that another option of the same word gives, and
    that one is not there.

    Example:
        match : retrieval(correct: logq)

    Instead:
        match : retrieval(item: item_id, correct: logq)

    Why: without it there is nothing to work on, and what is missing would have to be guessed.
    """

    id = "MTL0691"
    title = "an option stands beside those that it works on"
    word: str
    option: str
    needed: str
    span: Span

    def headline(self) -> str:
        return f"`{self.option}` of `{self.word}` needs `{self.needed}:`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"and there is no `{self.needed}:`", primary=True)]


def plain(value: Value) -> object:
    """A value of the language as Python has it."""
    match value:
        case Bare():
            return value.name
        case Recipe(expr=tree.Name(name=name)):
            return name  # a choice that an op has the name of
        case Absent():
            return None
        case Element():
            return value.label
        case IndexSet():
            return value.labels
        case tuple():
            return tuple(plain(item) for item in value)
        case Numbers(start, stop):
            return (start, stop)
        case _:
            return value


def explained(
    name: str, details: ErrorDetails, placed: Mapping[str, list[tree.Arg]], span: Span
) -> Error:
    """What pydantic found, at the argument that it found it in.

    A validator of several arguments says by `place` which of them is at fault, and what is `given`.
    """
    option = str(details["loc"][0])
    given = placed.get(option)
    if details["type"] == "missing" or given is None:
        return OptionMissing(name, option, span)
    context: dict[str, Any] = details.get("ctx", {})
    place = details["loc"][1] if len(details["loc"]) > 1 else context.get("place", 0)
    arg = given[place] if isinstance(place, int) and place < len(given) else given[0]
    named = next((arg for arg in given if arg.name and arg.name.name == place), None)
    if named is not None and isinstance(place, str):
        option, arg = place, named
    what = context.get("given") or _given(details["input"])
    return OptionValue(name, option, arg.span, what, needed(details))


def _given(value: object) -> str:
    if isinstance(value, Recipe | Node | Members | Bare | Element):
        return describe(value)
    if isinstance(value, str):
        return f"`{value}`; write `{LITERALS[value]}`" if value in LITERALS else f"`{value}`"
    if value is None or isinstance(value, bool | int | float | tuple):
        return describe(Absent() if value is None else value)  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, Condition):
        return f"`{value.tree.span.text}`"
    return f"`{value}`"


def needed(details: ErrorDetails) -> str:
    """What pydantic asks for, in a person's words."""
    context: dict[str, Any] = details.get("ctx", {})
    kind = details["type"]
    bounds = {
        "greater_than": f"a number above {context.get('gt')}",
        "greater_than_equal": f"a number from {context.get('ge')}",
        "less_than": f"a number below {context.get('lt')}",
        "less_than_equal": f"a number up to {context.get('le')}",
    }
    if kind in bounds:
        return bounds[kind]
    if kind == "literal_error":
        return f"one of {_choices(str(context['expected']))}"
    if kind == "value_error":
        return details["msg"].removeprefix("Value error, ")
    return _TYPES.get(kind, details["msg"][:1].lower() + details["msg"][1:])


def _choices(expected: str) -> str:
    """Pydantic's list of choices, in the signs of the language."""
    return expected.replace("'", "`").replace("False", "`no`").replace("True", "`yes`")


_TYPES: Mapping[str, str] = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "`yes` or `no`",
    "string_type": "a word or a text",
    "tuple_type": "a list",
    "too_short": "at least one",
}
