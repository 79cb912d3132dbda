"""Options: the arguments of a word in the spec become its validated pydantic model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mtlspec.diagnostics import Error, Label, closest
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.data_paths import read_path
from mtlspec.graph.calls.grouping import read_groups
from mtlspec.graph.calls.option_values import (
    OptionAlone,
    OptionExcluded,
    OptionMissing,
    explained,
    plain,
)
from mtlspec.graph.calls.order import in_order
from mtlspec.graph.calls.strays import stray
from mtlspec.graph.components.called import unseen
from mtlspec.graph.expressions import express
from mtlspec.graph.files.program import resolve
from mtlspec.graph.indexing.listed import as_written, read_listed
from mtlspec.graph.naming.names import NotBuilt, UnknownName
from mtlspec.graph.naming.unknown import UnknownWord
from mtlspec.graph.values import FAILED, Bare, Failed, Recipe
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import registry
from mtlspec.words.later import is_later
from mtlspec.words.word import (
    AsWritten,
    Bound,
    Condition,
    DataPath,
    FilePath,
    Listed,
    OfCategory,
    OfKind,
    Options,
    Raw,
    Word,
)

Mark = OfKind | Raw | AsWritten | Listed | FilePath | DataPath | OfCategory
"""What the type of an option may be marked with."""


class TooManyByPlace(Error):
    """Only an op's main options may be given by place.

    What it means: there are more arguments without a name than the word takes.

    Example:
        layer h = features -> linear(64, 32)

    Instead:
        layer h = features -> mlp(64, 32)

    Why: an argument without a name would have to be guessed.
    """

    id = "MTL0220"
    title = "a word takes only so many arguments by place"
    word: str
    by_place: tuple[str, ...]
    named: bool
    span: Span
    by_name: tuple[str, ...] = ()

    def headline(self) -> str:
        count = len(self.by_place)
        many = {0: "no argument", 1: "one argument"}.get(count, f"{count} arguments")
        return f"`{self.word}` takes {many} by place"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "one too many", primary=True)]

    def help(self) -> str:
        if self.by_place:
            place = f"by place: {', '.join(f'`{name}`' for name in self.by_place)}"
            others = ", ".join(f"`{name}:`" for name in self.by_name)
            return f"{place}; by name: {others}" if others else place
        if self.by_name:
            return f"by name: {', '.join(f'`{name}:`' for name in self.by_name)}"
        return "give each argument by its name, as `name: value`" if self.named else ""


class OptionTwice(Error):
    """An option is given once.

    What it means: two arguments give the same option, perhaps one by place and one by name.

    Example:
        sex : category(8, dim: 4)

    Instead:
        sex : category(dim: 4)

    Why: one of the two would have to be dropped.
    """

    id = "MTL0221"
    title = "an option is given once"
    name: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"`{self.name}` again", primary=True)]


def read_options(
    b: Builder, word: Word, args: Sequence[tree.Arg], where: Where, span: Span
) -> Options | None:
    """The options of a word from its arguments; None after an error."""
    return read_model(b, word.name, type(word).takes_options, args, where, span)


def read_word(b: Builder, kind: str, expr: tree.Expr | tree.Range, where: Where) -> Bound | None:
    """A word with options: `adam(lr: 1e-3)`, `log1p`, or a param that holds one."""
    callee, args = (expr.callee, expr.args) if isinstance(expr, tree.Call) else (expr, ())
    if not isinstance(callee, tree.Name):
        b.report.add(UnknownWord(expr.span.text, kind, registry.names(kind), expr.span))
        return None
    name = callee.name
    if not args and where.scope.find(name) is not None:
        held = express.value(b, callee, where)
        if isinstance(held, Failed):
            return None
        if isinstance(held, Recipe) and held.expr is not expr:
            return read_word(b, kind, held.expr, where.seeing(held.scope))
        name = held.name if isinstance(held, Bare) else name
    word = registry.find(kind, name)
    if word is None and is_later(kind, name):
        b.report.add(NotBuilt(f"`{name}`", callee.span))
        return None
    if word is None:
        b.report.add(UnknownWord(name, kind, registry.names(kind), callee.span))
        return None
    options = read_options(b, word, args, where, expr.span)
    if options is None:
        return None
    names = {arg.name.name: arg.name.span for arg in args if arg.name is not None}
    return Bound(word, options, expr.span, names)


def read_model(
    b: Builder,
    name: str,
    model: type[Options],
    args: Sequence[tree.Arg],
    where: Where,
    span: Span,
    *,
    besides: tuple[str, ...] = (),
) -> Options | None:
    """A pydantic model from arguments by place and by name; errors stand at the argument.

    `besides` are options of the word that are read elsewhere.
    """
    if not in_order(b, args):
        return None
    placed, fine = _place(b, name, model, args, besides)
    fine = _fit_together(b, name, model, placed, span) and fine
    values: dict[str, object] = {}
    for option, given in placed.items():
        value = _option(b, model, option, given, where)
        if isinstance(value, Failed):
            fine = False
        else:
            values[option] = value
    try:
        read = model.model_validate(values, strict=True)
        return read if fine else None
    except ValidationError as error:
        found = error.errors()
        for details in found:
            missing = details["type"] in ("missing", "too_short")
            missing = missing or not details["loc"] or details["loc"][0] not in placed
            if not missing or (fine and len(found) == 1):
                _report(b, name, details, placed, span, where)
        return None


def _report(
    b: Builder,
    name: str,
    details: ErrorDetails,
    placed: Mapping[str, list[tree.Arg]],
    span: Span,
    where: Where,
) -> None:
    """A wrong value; a word that is nearly a name of the spec is that name, misspelt."""
    given = (arg.value for args in placed.values() for arg in args)
    word = next((g for g in given if isinstance(g, tree.Name) and g.name == details["input"]), None)
    names = tuple(where.scope.visible())
    if word is None or word.name in names:
        b.report.add(explained(name, details, placed, span))
        return
    unknown = UnknownName(word.name, word.span, "declared", names)
    error = unseen(unknown, where.scope)
    told = error is not unknown or closest(word.name, names)
    b.report.add(error if told else explained(name, details, placed, span))


def _place(
    b: Builder,
    name: str,
    model: type[Options],
    args: Sequence[tree.Arg],
    besides: tuple[str, ...],
) -> tuple[dict[str, list[tree.Arg]], bool]:
    """The arguments by the option that they give, and whether all of them fit."""
    placed: dict[str, list[tree.Arg]] = {}
    left, fields = list(model.by_place), model.spelled()
    fine, surplus = True, False
    for arg in args:
        if arg.name is not None:
            option = arg.name.name
            if model.named is not None and option not in {*fields} - {model.named}:
                fine = _add_named(b, placed.setdefault(model.named, []), arg) and fine
                continue
            if option not in fields:
                b.report.add(stray(name, model, arg, args, besides))
                fine = False
                continue
        elif left:
            option = left.pop(0)
        elif model.variadic is not None:
            placed.setdefault(model.variadic, []).append(arg)
            continue
        else:
            if not surplus:
                b.report.add(_too_many(name, model, arg))
            fine, surplus = False, True
            continue
        if option in placed:
            b.report.add(OptionTwice(option, arg.span))
            fine = False
        placed[option] = [arg]
    return placed, fine


def _too_many(word: str, model: type[Options], arg: tree.Arg) -> TooManyByPlace:
    by_name = tuple(name for name in model.spelled() if name not in model.by_place)
    named = bool(model.named)
    return TooManyByPlace(word, model.by_place, named, arg.span, () if named else by_name)


def _add_named(b: Builder, known: list[tree.Arg], arg: tree.Arg) -> bool:
    """Adds an argument whose name is no option's; whether it is the first of its name."""
    assert arg.name is not None
    twice = any(other.name and other.name.name == arg.name.name for other in known)
    if twice:
        b.report.add(OptionTwice(arg.name.name, arg.span))
    known.append(arg)
    return not twice


def _fit_together(
    b: Builder, word: str, model: type[Options], placed: Mapping[str, list[tree.Arg]], span: Span
) -> bool:
    """Whether no option stands beside one that excludes it, or without one that it needs."""
    found: list[Error] = [
        OptionExcluded(word, other, option, placed[other][0].span, placed[option][0].span)
        for option, others in model.excludes.items()
        for other in others
        if option in placed and other in placed
    ]
    found += [
        OptionAlone(word, option, other, placed[option][0].span)
        for option, others in model.needs.items()
        for other in others
        if option in placed and other not in placed
    ]
    if model.either and not any(option in placed for option in model.either):
        found.append(OptionMissing(word, model.either[0], span, model.either[1:]))
    for error in found:
        b.report.add(error)
    return not found


def _option(
    b: Builder, model: type[Options], option: str, given: list[tree.Arg], where: Where
) -> object:
    field = model.spelled()[option]
    mark = _mark(field.annotation, field.metadata)
    exprs = [arg.value for arg in given]
    if isinstance(mark, Raw) and not isinstance(exprs[0], tree.Range):
        return Condition(exprs[0])
    if isinstance(mark, AsWritten) and not isinstance(exprs[0], tree.Range):
        return as_written(b, exprs[0], where)
    if isinstance(mark, Listed):
        return read_listed(b, exprs[0], where)
    if isinstance(mark, OfKind):
        listed = isinstance(exprs[0], tree.Array)
        exprs = exprs[0].items if isinstance(exprs[0], tree.Array) else exprs
        words = [read_word(b, mark.kind, e, where) for e in exprs]
        if None in words:
            return FAILED
        return tuple(words) if listed or option == model.variadic else words[0]
    if isinstance(mark, FilePath) and not isinstance(exprs[0], tree.Range):
        return _located(b, exprs[0], where)
    if isinstance(mark, DataPath) and not isinstance(exprs[0], tree.Range):
        return read_path(b, exprs[0], where)
    if isinstance(mark, OfCategory) and not isinstance(exprs[0], tree.Range):
        return read_groups(b, exprs[0], where)
    plain = [_plain(b, expr, where) for expr in exprs]
    if any(isinstance(value, Failed) for value in plain):
        return FAILED
    if option == model.named:
        return {arg.name.name: v for arg, v in zip(given, plain, strict=True) if arg.name}
    if option != model.variadic:
        return plain[0]
    flat: list[object] = []
    for value in plain:
        flat.extend(value if isinstance(value, tuple) else (value,))  # pyright: ignore[reportUnknownArgumentType]
    return tuple(flat)


def _located(b: Builder, expr: tree.Expr, where: Where) -> object:
    """The path of a file, or `file#name`, from the spec's file on."""
    text = _plain(b, expr, where)
    if not isinstance(text, str):
        return text
    path, sign, name = text.partition("#")
    found = resolve(path, expr.span.file.path) + sign + name
    if isinstance(expr, tree.String):
        b.files.located[expr.span] = found
    return found


def _mark(annotation: object, metadata: Sequence[object]) -> Mark | None:
    """How an option is read, where it is not simply a constant."""
    for mark in metadata:
        if isinstance(mark, Mark):
            return mark
    inner = (_mark(a, getattr(a, "__metadata__", ())) for a in get_args(annotation))
    return next((mark for mark in inner if mark is not None), None)


def _plain(b: Builder, expr: tree.Expr | tree.Range, where: Where) -> object:
    """A constant as pydantic takes it."""
    if isinstance(expr, tree.Range):
        ends = express.numbers(b, expr, where)
        return ends if isinstance(ends, Failed) else (ends.start, ends.stop)
    if isinstance(expr, tree.Name) and where.scope.find(expr.name) is None:
        return expr.name  # a choice of the option, even where an op has the same name
    return plain(express.value(b, expr, where))
