"""Components: what declares one must hold, and which component an expression calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from mtlspec.diagnostics import Error, Label, Report
from mtlspec.graph.builder import Host
from mtlspec.graph.naming.names import UnknownName, or_source
from mtlspec.graph.naming.scope import ComponentName, Constants, Prefix, Scope, Symbol
from mtlspec.graph.values import FAILED, Failed, Recipe
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words import registry
from mtlspec.words.ops import Op

CALLED = ("ops", "losses")
"""Kinds of words that are called."""


def op_called(name: str) -> Op | None:
    """The op, or the loss, of that name."""
    found = (registry.find(kind, name) for kind in CALLED)
    return cast("Op | None", next((word for word in found if word is not None), None))


class ReturnEndsComponent(Error):
    """`return` ends a component, and nothing else.

    What it means: a component has no `return`, or has one that is not its last statement; or a
    model has one.

    Example:
        component tower(x) {
            layer y = x -> mlp(64)
        }

    Instead:
        component tower(x) {
            layer y = x -> mlp(64)
            return y
        }

    Why: what a component computes is known by what it returns; what a model computes is known by
    its heads.
    """

    id = "MTL0227"
    title = "a component ends with `return`, and a model has none"
    what: str
    span: Span

    def headline(self) -> str:
        return self.what

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return "the last statement of a component says what it gives back: `return y`"


class HeadInComponent(Error):
    """A head stands in the model, never in a component.

    What it means: a component predicts a task itself, or reads the prediction of one.

    Example:
        component tower(x) {
            head[income] = x -> mlp(64)
            return x
        }

    Instead:
        component tower(x) {
            layer y = x -> mlp(64)
            return y
        }
        model m { head[income] = tower(features) }

    Why: a component does not know the tasks; it can be called for any of them, or for none.
    """

    id = "MTL0228"
    title = "a `head` stands in the model, not in a component"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return "return the value, and write the `head` in the model"


class ParameterForm(Error):
    """A parameter of a component is a name: with an index a family, with a default an option.

    What it means: the index of a family is not a plain name, or an option has an index.

    Example:
        component c(h[2], own[k] = 3) { … }

    Instead:
        component c(h[k], own = 3) { … }

    Why: `k` names the set that the family runs over, whichever it is; an option is one constant.
    """

    id = "MTL0234"
    title = "an index of a component's parameter is a name, and an option has none"
    span: Span
    option: bool

    def headline(self) -> str:
        if self.option:
            return "an option of a component has no index"
        return "an index of a component's parameter is a name"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        if self.option:
            return "a list will do: `own = [3, 2]`, read as `own[k]`"
        return "`h[k]` is a family over any set; inside, that set is called `k`"


class NotSeenInside(Error):
    """A component sees its parameters, what it defines, ops and components.

    What it means: the name is declared in the file, and a component cannot see it: tasks,
    features, params, sets and the values of the model are outside.

    Example:
        param own = 3
        component c(x) {
            expert e[own] = x -> mlp(64)
            gate y = e by x
            return y
        }

    Instead:
        component c(x, own = 3) { … }
        layer h = c(features, own: own)

    Why: a component is used in files that do not know each other, so all that it needs stands in
    its first line.
    """

    id = "MTL0232"
    title = "a component sees its parameters and what it defines itself"
    name: str
    component: str
    span: Span
    declared: Span | None
    constant: bool

    def headline(self) -> str:
        return f"`{self.component}` does not see `{self.name}`"

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, "outside of the component", primary=True)]
        if self.declared is not None:
            marks.append(Label(self.declared, "declared here"))
        return marks

    def help(self) -> str:
        lead = f"make it a parameter: `component {self.component}"
        if self.constant:
            return f"{lead}(…, {self.name} = …)`, and call it with `{self.name}: {self.name}`"
        if self.name == "task":
            return f"{lead}(h[k], …)`; `k` is then the set that the given family runs over"
        return f"{lead}({'x' if self.name == 'features' else self.name}, …)`, and give it the value"


def unseen(error: UnknownName, scope: Scope) -> Error:
    """An unknown name; within a component, one of the file that cannot be seen from there."""
    host = scope.host
    outside = host.component.beside.get(error.name) if host else None
    if host is None or outside is None:
        return or_source(error)
    constant = isinstance(outside, Constants)
    return NotSeenInside(error.name, host.component.name, error.span, outside.span, constant)


def refuse_outside(report: Report, expr: tree.FeaturesValue | tree.HeadValue, host: Host) -> Failed:
    """`features` and `head` in a component, which sees neither."""
    if isinstance(expr, tree.HeadValue):
        report.add(HeadInComponent(expr.span))
    else:
        name = host.component.name
        report.add(NotSeenInside("features", name, expr.span, None, constant=False))
    return FAILED


def refuse_malformed(component: tree.Component, report: Report) -> bool:
    """Reports what keeps a component from being called; whether there was anything."""
    found = list(_faults(component))
    for error in found:
        report.add(error)
    broken = any(isinstance(node, tree.Broken) for node in _statements(component.body))
    return bool(found) or broken


def refuse_returns(model: tree.Model, report: Report) -> None:
    """A model has heads, and returns nothing."""
    for statement in _statements(model.body):
        if isinstance(statement, tree.Return):
            what = "a `return` stands at the end of a component"
            report.add(ReturnEndsComponent(what, statement.span))


def _faults(component: tree.Component) -> Iterator[Error]:
    yield from _faults_of_return(component)
    for statement in _statements(component.body):
        if isinstance(statement, tree.Head):
            yield HeadInComponent(statement.span)
    for parameter in component.params:
        index = parameter.target.index or ()
        if index and parameter.default is not None:
            yield ParameterForm(parameter.target.span, option=True)
        elif not all(isinstance(item, tree.Name) for item in index):
            yield ParameterForm(parameter.target.span, option=False)


def _faults_of_return(component: tree.Component) -> Iterator[Error]:
    last = component.body[-1] if component.body else None
    for statement in _statements(component.body):
        if isinstance(statement, tree.Return) and statement is not last:
            what = "`return` is the last statement of a component"
            yield ReturnEndsComponent(what, statement.span)
    has_none = not any(isinstance(s, tree.Return | tree.Broken) for s in component.body)
    if has_none:
        what = f"the component `{component.name.name}` returns nothing"
        yield ReturnEndsComponent(what, component.name.span)


def _statements(body: Iterable[tree.Stmt]) -> Iterator[tree.Stmt]:
    """The statements of a body and of the repeats in it."""
    for statement in body:
        yield statement
        if isinstance(statement, tree.Repeat):
            yield from _statements(statement.body)


def named(expr: tree.Expr, scope: Scope) -> ComponentName | None:
    """The component that a callee names."""
    symbol = _meant(expr, scope)
    return symbol if isinstance(symbol, ComponentName) else None


def _meant(expr: tree.Expr, scope: Scope) -> Symbol | None:
    """What a name stands for, with a prefix or without."""
    match expr:
        case tree.Name():
            return scope.find(expr.name)
        case tree.MemberOf():
            return scope.prefixed(expr)
        case _:
            return None


def called(expr: tree.Expr, scope: Scope) -> ComponentName | None:
    """The component whose call is the value of an expression: the last that anything flows into."""
    callee, seen = written_out(expr, scope)
    return named(callee, seen)


def written_out(expr: tree.Expr, scope: Scope) -> tuple[tree.Expr, Scope]:
    """What an expression calls at last, with names of recipes replaced by what they hold."""
    met: set[int] = set()
    while id(expr) not in met:
        met.add(id(expr))
        match expr:
            case tree.Paren():
                expr = expr.value
            case tree.Flow():
                expr = expr.right
            case tree.Call():
                expr = expr.callee
            case _:
                expr, scope = _recipe_of(expr, scope) or (expr, scope)
    return expr, scope


def _recipe_of(expr: tree.Expr, scope: Scope) -> tuple[tree.Expr, Scope] | None:
    """The recipe that a name stands for, and where it was written: of a param, or of a block."""
    symbol = _meant(expr, scope)
    held = symbol.value.get() if isinstance(symbol, Constants) else None
    if isinstance(held, Recipe):
        return held.expr, held.scope
    match expr:
        case tree.Name(name=name) | tree.Pick(value=tree.Name(name=name)):
            return _recipe_of_block(name, scope)
        case _:
            return None


def _recipe_of_block(name: str, scope: Scope) -> tuple[tree.Expr, Scope] | None:
    """What a block is written as; it may stand below its use."""
    for outer in scope.chain():
        if outer.body is not None and name in outer.body.blocks:
            return outer.body.blocks[name], outer
    return None


def calls_unknown(expr: tree.Expr, scope: Scope) -> bool:
    """Whether an expression calls what nothing declares: a component, it may be, misspelt."""
    match expr:
        case tree.Paren():
            return calls_unknown(expr.value, scope)
        case tree.Flow():
            return calls_unknown(expr.right, scope)
        case tree.Call():
            return calls_unknown(expr.callee, scope)
        case tree.MemberOf():
            return isinstance(scope.prefixed(expr), Prefix | None)
        case tree.Name(name=name) if scope.find(name) is None:
            return not any(registry.find(kind, name) for kind in CALLED)
        case tree.Name(name=name):
            return isinstance(scope.find(name), Prefix)
        case _:
            return False
