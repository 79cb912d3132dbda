"""Params: constants that `use (…)` and `--set` may replace by one of the same type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mtlspec.diagnostics import Error, Label, Note
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.option_values import plain
from mtlspec.graph.expressions import express
from mtlspec.graph.indexing.membership import NoStatement
from mtlspec.graph.naming.names import NameInACircle
from mtlspec.graph.naming.scope import Constants, Lazy
from mtlspec.graph.node import Node
from mtlspec.graph.values import (
    FAILED,
    Absent,
    Bare,
    Element,
    Failed,
    Members,
    Recipe,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree


class ParamType(Error):
    """A param keeps the type that it was declared with.

    What it means: `use (…)` or `--set` gives a value of another type.

    Example:
        param own = 3
        $ mtlspec check ple.mtl --set own=2.5

    Instead:
        $ mtlspec check ple.mtl --set own=5

    Why: the type is the one promise that a param makes to the statements that read it.
    """

    id = "MTL0209"
    title = "a param keeps the type that it was declared with"
    name: str
    given: Span
    declared: Span
    found_what: str
    expected_what: str

    def headline(self) -> str:
        return f"`{self.name}` is {self.expected_what}, not {self.found_what}"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.given, f"this is {self.found_what}", primary=True),
            Label(self.declared, "declared here"),
        ]


class OutsideDomain(Note):
    """A param's value lies outside what its declaration offers to `tune`."""

    id = "outside-domain"
    title = "a value outside the domain of its param"
    name: str
    span: Span
    domain: Span

    def headline(self) -> str:
        return f"the value of `{self.name}` is outside its domain"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True), Label(self.domain, "its domain")]


def declare_param(
    b: Builder, param: tree.Param, where: Where, given: tree.Arg | None, giver: Where
) -> Constants:
    """The symbol of a param; its value is worked out when it is first needed.

    `given` replaces it, as it is understood where it is given.
    """
    name = param.name.name

    def compute() -> Value:
        own = _value(b, param, param.value, where)
        if given is None or isinstance(own, Failed):
            return own
        new = _value(b, param, given.value, giver)
        if isinstance(new, Failed):
            return FAILED
        if not takes(own, new) and not (_is_offered(param, own) and _is_offered(param, new)):
            error = ParamType(name, given.span, param.span, describe(new), kind_of(own))
            b.report.add(error)
            return FAILED
        return new

    def in_circle() -> Value:
        b.report.add(NameInACircle(name, param.name.span))
        return FAILED

    span = given.span if given is not None else param.name.span
    return Constants(name, span, Lazy(compute, in_circle))


def _value(b: Builder, param: tree.Param, expr: tree.Expr | tree.Range, where: Where) -> Value:
    if isinstance(expr, tree.Range):
        return express.numbers(b, expr, where)
    found = express.value(b, expr, where)
    if isinstance(found, Node | Members):
        b.report.add(NoStatement(expr.span))
        return FAILED
    stray = next((bare for bare in _bare(expr, found) if not _listed(param, bare[1])), None)
    if stray is not None:
        express.unknown_name(b, stray[1], stray[0].span, where, role="declared")
        return FAILED
    _note_domain(b, param, found, expr.span, where)
    return found


def _bare(expr: tree.Expr, found: Value) -> Iterator[tuple[tree.Expr, str]]:
    """The words that name nothing, in a value or in a list of values."""
    if isinstance(found, Bare):
        yield expr, found.name
    elif isinstance(found, tuple) and isinstance(expr, tree.Array):
        for item, value in zip(expr.items, found, strict=True):
            yield from _bare(item, value)


def _listed(param: tree.Param, word: str) -> bool:
    """Whether `in {…}` offers a bare word."""
    if not isinstance(param.domain, tree.Choices):
        return False
    return any(isinstance(item, tree.Name) and item.name == word for item in param.domain.items)


def _is_offered(param: tree.Param, value: Value) -> bool:
    """Whether a value is a word that `in {…}` offers, be it the name of an op or not."""
    word = plain(value)
    return isinstance(word, str) and not isinstance(value, str) and _listed(param, word)


def _note_domain(b: Builder, param: tree.Param, found: Value, span: Span, where: Where) -> None:
    domain = param.domain
    if isinstance(domain, tree.Call) and len(domain.args) == 1:
        domain = domain.args[0].value
    if isinstance(domain, tree.Range) and isinstance(found, int | float):
        low, high = (express.value(b, end, where) for end in (domain.start, domain.stop) if end)
        if not isinstance(low, int | float) or not isinstance(high, int | float):
            return
        if not low <= found <= high:
            b.report.add(OutsideDomain(param.name.name, span, domain.span))
    elif isinstance(domain, tree.Choices) and not isinstance(found, Failed):
        offered = [_comparable(express.value(b, item, where)) for item in domain.items]
        if _comparable(found) not in offered:
            b.report.add(OutsideDomain(param.name.name, span, domain.span))


def _comparable(value: Value) -> object:
    """A value as it is compared with the choices: a recipe by what is written."""
    return value.expr if isinstance(value, Recipe) else value


def _is_int(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def takes(own: Value, new: Value) -> bool:
    """Whether a constant may be replaced by another of its type; a number also by a whole one."""
    return kind_of(new) == kind_of(own) or (kind_of(own) == "a number" and _is_int(new))


def kind_of(value: Value) -> str:
    """The type of a constant, in a person's words."""
    match value:
        case bool():
            return "`yes` or `no`"
        case int():
            return "a whole number"
        case float():
            return "a number"
        case str():
            return "a text"
        case tuple():
            return "a list"
        case Bare():
            return "a word"
        case Recipe():
            return "a recipe"
        case Absent():
            return "`none`"
        case Element():
            return "a member of a set"
        case _:
            return "a range"
