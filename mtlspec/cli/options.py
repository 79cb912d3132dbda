"""The options of words as pages show them: name, default and type."""

import inspect
import types
from collections.abc import Sequence
from typing import Annotated, Literal, Union, cast, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from mtlspec.cli.pages import refill
from mtlspec.words.word import Bound, Condition, OfKind, Options


def show_options(name: str, options: type[Options]) -> list[str]:
    """A table of a word's options, with its heading, and what is said of them."""
    rows = option_rows(options)
    if not rows:
        return []
    said = [part for doc in docs_of(options) for part in ("", refill(doc))]
    return [f"Options of `{name}`:", *columns(rows), *said]


def docs_of(options: type[Options]) -> tuple[str, ...]:
    """What options say of themselves, then what those say that they have in common with others."""
    classes = options.__mro__[: options.__mro__.index(Options)]
    docs = (inspect.cleandoc(cls.__dict__.get("__doc__") or "") for cls in classes)
    return tuple(doc for doc in docs if doc)


def columns(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    """Rows of three cells, set off and lined up."""
    wide = [max((len(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
    return [f"    {a:{wide[0]}}  {b:{wide[1]}}  {c}".rstrip() for a, b, c in rows]


def option_rows(options: type[Options]) -> list[tuple[str, str, str]]:
    """Name, default and type of each option; those that may stand by place come first."""
    named = [(_show_name(name, options), field) for name, field in options.spelled().items()]
    named.sort(key=lambda item: item[0].endswith(":"))
    return [(name, *default_and_type(field)) for name, field in named]


def default_and_type(field: FieldInfo) -> tuple[str, str]:
    """What an option is where it is not given, and what it may be."""
    return _show_default(field), _show_kind(field)


def _show_name(name: str, options: type[Options]) -> str:
    """`name:`, or `name` where it may stand by place."""
    if name == options.variadic:
        return f"{name}, …"
    if name == options.named:
        return "NAME:, …"
    return name if name in options.by_place else f"{name}:"


def words_of(kind: str) -> str:
    """What the words of a kind are called together."""
    return kind if kind.endswith("s") else f"{kind} methods"


def _show_kind(field: FieldInfo) -> str:
    bounds = "".join(f", {text}" for text in map(_show_bound, field.metadata) if text)
    kind = next((mark.kind for mark in field.metadata if isinstance(mark, OfKind)), None)
    what = f"one of the {words_of(kind)}" if kind else _show_type(field.annotation)
    said = not field.is_required() and field.default is not None
    if said and types.NoneType in get_args(field.annotation):
        what = f"{what} or none"
    return f"{what}{bounds}"


_SIGNS: dict[type[object], tuple[str, str]] = {
    Ge: ("ge", "≥"),
    Gt: ("gt", ">"),
    Le: ("le", "≤"),
    Lt: ("lt", "<"),
}
_NAMES: dict[object, str] = {
    bool: "yes or no",
    int: "int",
    float: "float",
    str: "string",
    Bound: "a word",
    Condition: "an expression",
}


def _show_bound(mark: object) -> str:
    sign = _SIGNS.get(type(mark))
    return f"{sign[1]} {getattr(mark, sign[0])}" if sign else ""


def _show_type(annotation: object) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(map(_show_value, inner))
    if origin is Annotated:
        bounds = "".join(f", {text}" for text in map(_show_bound, inner[1:]) if text)
        return f"{_show_type(inner[0])}{bounds}"
    if origin is tuple:
        return f"{_show_type(inner[0])}, …"
    if origin is dict:
        return _show_type(inner[1])
    if origin in (Union, types.UnionType):
        shown = dict.fromkeys(_show_type(item) for item in inner if item is not types.NoneType)
        return " or ".join(shown)
    return _NAMES.get(annotation, "an expression")


def _show_default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    default: object = field.get_default(call_default_factory=True, validated_data={})
    return "" if default is None or default in ((), {}) else _show_value(default)


def _show_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        return f"[{', '.join(map(_show_value, items))}]"
    return str(value)
