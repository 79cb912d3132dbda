"""Classes that a spec lists, as an option of several kinds of tasks."""

from typing import Annotated, cast

from pydantic import BeforeValidator

from mtlspec.words.word import Listed


def listed(values: object) -> object:
    """The classes that a spec lists: at least two, all texts or all whole numbers, each once."""
    if not isinstance(values, tuple):
        raise ValueError("a list of values, a range of whole numbers, or a set")
    values = cast("tuple[object, ...]", values)
    kinds = {type(value) for value in values}
    if not kinds <= {str} and not kinds <= {int}:
        raise ValueError("values that are all texts, or all whole numbers")
    if len(values) < 2 or len(set(values)) < len(values) or "" in values:
        raise ValueError("at least two values, each once, and none of them an empty text")
    return values


ListedClasses = Annotated[tuple[str, ...] | tuple[int, ...], BeforeValidator(listed), Listed()]
"""The type of an option that lists classes, in their order."""
