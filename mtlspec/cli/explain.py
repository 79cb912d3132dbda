"""The command `explain`: the page of an error's code or of a word of the language.

The pages are docstrings. Those of errors are read from the source without importing it: an error
stands beside the code that raises it, and some of that needs torch.
"""

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Union, cast, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from cyclopts import Parameter
from pydantic.fields import FieldInfo

import mtlspec
from mtlspec.cli.output import give
from mtlspec.cli.usage import UsageError
from mtlspec.diagnostics import closest
from mtlspec.syntax.keywords import all_words, page_of
from mtlspec.words import registry
from mtlspec.words.ops import Op
from mtlspec.words.routers import GateOptions, StitchOptions
from mtlspec.words.train import Train
from mtlspec.words.word import Bound, Condition, OfKind, Options, Word

_ID = re.compile(r'^    id(?:: ClassVar\[str\])? = "([\w-]+)"$', re.MULTILINE)


OPTIONS_OF_KEYWORDS: Mapping[str, type[Options]] = {
    "gate": GateOptions,
    "stitch": StitchOptions,
    "train": Train,
}


@dataclass(frozen=True, slots=True)
class Page:
    """What `explain` says of an error, a warning or a note."""

    id: str
    title: str
    text: str


def explain(
    name: Annotated[
        str,
        Parameter(name="X", help="A code, a note's name or a word.", allow_leading_hyphen=True),
    ],
    /,
) -> None:
    """Explain an error's code, or a word or a sign of the language.

    X is a code such as MTL0304, the name of a warning or a note such as dead-statement,
    a word that starts a statement or a block, a sign such as `<-`, any other word such
    as an op or a router, or a kind of words, such as ops or routers.

    Example: mtlspec explain MTL0304
    """
    folded = name.upper() if name.upper().startswith("MTL") else name
    texts = [_show_page(page) for page in error_pages() if page.id == folded]
    texts += [_show_keyword(name, page) for page in [page_of(name)] if page]
    texts += [_show_word(word) for word in _words(name)]
    texts += [_show_words(kind) for kind in registry.kinds() if kind == name]
    if not texts:
        raise _unknown(name)
    give("\n\n".join(texts))


@cache
def error_pages() -> tuple[Page, ...]:
    """The page of every diagnostic that mtlspec has, in the order of the files."""
    paths = sorted(Path(mtlspec.__file__).parent.rglob("*.py"))
    texts = (path.read_text(encoding="utf-8") for path in paths)
    return tuple(page for t in texts if _ID.search(t) for page in _pages_of(ast.parse(t)))


def _pages_of(module: ast.Module) -> Iterator[Page]:
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            facts = dict(_constants(node))
            if "id" in facts and "title" in facts:
                yield Page(facts["id"], facts["title"], ast.get_docstring(node) or "")


def _constants(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            target, value = line.targets[0], line.value.value
            if isinstance(target, ast.Name) and isinstance(value, str):
                yield target.id, value


def _words(name: str) -> Iterator[Word]:
    for kind in registry.kinds():
        word = registry.find(kind, name)
        if word is not None:
            yield word


def _unknown(name: str) -> UsageError:
    known = [page.id for page in error_pages()]
    known += all_words()
    for kind in registry.kinds():
        known += [kind, *registry.names(kind)]
    meant = closest(name, known)
    return UsageError(
        f"there is nothing called `{name}` to explain",
        f"did you mean `{meant}`?" if meant else "give a code, a note's name or a word",
    )


def _show_page(page: Page) -> str:
    _, _, body = page.text.partition("\n\n")  # the first line says the title again
    return f"{page.id}: {page.title}\n\n{refill(body)}".rstrip()


def _show_word(word: Word) -> str:
    kind = [f"Type: {word.signature}", ""] if isinstance(word, Op) else []
    options = _show_options(word.name, type(word).takes_options)
    return "\n".join([refill(word_text(word)), "", *kind, *options]).rstrip()


def _show_keyword(name: str, page: str) -> str:
    options = OPTIONS_OF_KEYWORDS.get(name)
    shown = _show_options(name, options) if options else []
    return "\n".join([refill(page.rstrip()), "", *shown]).rstrip()


def _show_words(kind: str) -> str:
    """The words of a kind, a line each."""
    words = [word for name in registry.names(kind) if (word := registry.find(kind, name))]
    wide = max((len(word.name) for word in words), default=0)
    shown = [(word.name, first_line(word_text(word))) for word in words]
    lines = [f"    {name:{wide}}  {text}" for name, text in shown]
    return "\n".join([f"The {kind}:", *lines])


def word_text(word: Word) -> str:
    """What a word says of itself, as it is written."""
    text = inspect.getdoc(inspect.getmodule(type(word))) or ""
    if "\n\n" in text:
        return text
    return f"{text}\n\n{inspect.getdoc(type(word)) or ''}".strip()  # a line; the class says more


def first_line(text: str) -> str:
    """The first line of a page of a word, without the word itself and the full stop."""
    first = text.partition("\n\n")[0].partition("`: ")[2]
    return " ".join(first.split()).rstrip(".")


def refill(text: str, width: int = 80) -> str:
    """Prose filled to a width; indented lines and lists stay as they are."""
    return "\n\n".join(_fill(block, width) for block in text.split("\n\n"))


def _fill(block: str, width: int) -> str:
    lines = block.splitlines()
    kept = next((i for i, line in enumerate(lines) if line.startswith((" ", "- "))), len(lines))
    prose = textwrap.fill(
        "\n".join(lines[:kept]), width, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join([prose, *lines[kept:]] if prose else lines)


def _show_options(name: str, options: type[Options]) -> list[str]:
    rows = option_rows(options)
    wide = [max((len(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
    lines = [f"    {a:{wide[0]}}  {b:{wide[1]}}  {c}" for a, b, c in rows]
    return [f"Options of `{name}`:", *lines] if rows else []


def option_rows(options: type[Options]) -> list[tuple[str, str, str]]:
    """Name, default and type of each option; those that may stand by place come first."""
    named = [(_show_name(name, options), field) for name, field in options.spelled().items()]
    named.sort(key=lambda item: item[0].endswith(":"))
    return [(name, _show_default(field), _show_kind(field)) for name, field in named]


def _show_name(name: str, options: type[Options]) -> str:
    """`name:`, or `name` where it may stand by place."""
    if name == options.variadic:
        return f"{name}, …"
    if name == options.named:
        return "NAME:, …"
    return name if name in options.by_place else f"{name}:"


def _show_kind(field: FieldInfo) -> str:
    bounds = "".join(f", {text}" for text in map(_show_bound, field.metadata) if text)
    kind = next((mark.kind for mark in field.metadata if isinstance(mark, OfKind)), None)
    what = f"one of the {kind}" if kind else _show_type(field.annotation)
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
