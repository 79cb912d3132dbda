"""Contracts: what `require` asks of the architecture, with its names looked up.

Whether they hold is seen when the graph is whole, by a rule of `check`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.expressions.operators import NotANumber
from mtlspec.graph.node import Column, Node
from mtlspec.graph.schema import FeatureField
from mtlspec.graph.values import FAILED, Absent, Element, Failed, Members, Value, describe
from mtlspec.source import Span
from mtlspec.syntax import tree

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


class NoContract(Error):
    """`require` takes a contract: what must be apart, private or served, or a bound.

    What it means: the condition is none of these, or one of its arguments is missing.

    Example:
        require a -> mlp(64)

    Instead:
        require apart(like, buy, except: bottom)
        require private(mine[like], like) and serves(bottom, buy)
        require parameters(like) < 2_000_000 and flops < 3e6

    Why: a contract speaks of the finished graph: which weights reach which prediction, and what it
    costs.
    """

    id = "MTL0414"
    title = "`require` takes a contract"
    what: str
    span: Span

    def headline(self) -> str:
        return self.what

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return (
            "contracts are `apart(task, task, except: n)`, `private(n, task)`, `serves(n, task)` "
            "and bounds of `parameters`, `parameters(n)`, `flops` and `flops(task)`"
        )


@dataclass(frozen=True, slots=True)
class Things:
    """What an argument names: values by their keys, tables by their names."""

    text: str
    keys: tuple[str, ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """No weight reaches both predictions, but through `through`."""

    first: str
    second: str
    through: Things | None
    span: Span


@dataclass(frozen=True, slots=True)
class Reaches:
    """`private`: the weights reach no prediction but the task's; `serves`: they reach that."""

    word: Literal["private", "serves"]
    things: Things
    task: str
    span: Span


@dataclass(frozen=True, slots=True)
class Measure:
    """`parameters` or `flops`, of all, of what leads to a task, or of some statements."""

    word: Literal["parameters", "flops"]
    of: str | Things | None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    sign: str
    left: Quantity
    right: Quantity


Quantity = int | float | Measure | Arithmetic


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison of two quantities."""

    sign: str
    left: Quantity
    right: Quantity
    span: Span


@dataclass(frozen=True, slots=True)
class Joined:
    """`and`, `or`; of one part, `not`."""

    word: str
    parts: tuple[Condition, ...]
    span: Span


Condition = Apart | Reaches | Bound | Joined


@dataclass(frozen=True, slots=True)
class Contract:
    """A `require` with its condition; `around` are the calls that led there."""

    condition: Condition
    span: Span
    around: tuple[Label, ...]


def read_contract(b: Builder, statement: tree.Require, where: Where) -> None:
    """Looks up the names of a contract, and keeps it until the graph is whole."""
    condition = _condition(b, statement.value, where)
    if not isinstance(condition, Failed):
        host = where.scope.host
        b.contracts.append(Contract(condition, statement.span, host.marks() if host else ()))


def _condition(b: Builder, expr: tree.Expr, where: Where) -> Condition | Failed:
    match expr:
        case tree.Paren():
            return _condition(b, expr.value, where)
        case tree.Unary(op="not"):
            return _joined(b, "not", [expr.value], expr.span, where)
        case tree.Binary(op="and" | "or" as word):
            return _joined(b, word, [expr.left, expr.right], expr.span, where)
        case tree.Binary(op=sign) if sign in COMPARISONS:
            left = _quantity(b, expr.left, where)
            right = _quantity(b, expr.right, where)
            if isinstance(left, Failed) or isinstance(right, Failed):
                return FAILED
            return Bound(sign, left, right, expr.span)
        case tree.Call(callee=tree.Name(name="apart")):
            return _apart(b, expr, where)
        case tree.Call(callee=tree.Name(name="private" | "serves" as word)):
            return _reaches(b, word, expr, where)
        case _:
            b.report.add(NoContract("this is no contract", expr.span))
            return FAILED


def _joined(
    b: Builder, word: str, parts: Sequence[tree.Expr], span: Span, where: Where
) -> Condition | Failed:
    found = [_condition(b, part, where) for part in parts]
    kept = tuple(part for part in found if not isinstance(part, Failed))
    return Joined(word, kept, span) if len(kept) == len(found) else FAILED


def _apart(b: Builder, call: tree.Call, where: Where) -> Condition | Failed:
    named = [arg for arg in call.args if arg.name is not None]
    placed = [arg.value for arg in call.args if arg.name is None]
    strange = next((arg for arg in named if arg.name and arg.name.name != "except"), None)
    if len(placed) != 2 or len(named) > 1 or strange is not None:
        what = "`apart` takes two tasks, and `except:` what they may share"
        b.report.add(NoContract(what, call.span))
        return FAILED
    tasks = [_task(b, expr, where) for expr in placed]
    through = _things(b, named[0].value, where) if named else None
    first, second = tasks
    if isinstance(first, Failed) or isinstance(second, Failed) or isinstance(through, Failed):
        return FAILED
    return Apart(first, second, through, call.span)


def _reaches(
    b: Builder, word: Literal["private", "serves"], call: tree.Call, where: Where
) -> Condition | Failed:
    if len(call.args) != 2 or any(arg.name is not None for arg in call.args):
        b.report.add(NoContract(f"`{word}` takes what owns weights, and a task", call.span))
        return FAILED
    things = _things(b, call.args[0].value, where)
    task = _task(b, call.args[1].value, where)
    if isinstance(things, Failed) or isinstance(task, Failed):
        return FAILED
    return Reaches(word, things, task, call.span)


def _quantity(b: Builder, expr: tree.Expr, where: Where) -> Quantity | Failed:
    match expr:
        case tree.Paren():
            return _quantity(b, expr.value, where)
        case tree.Binary(op="+" | "-" | "*" | "/" as sign):
            left, right = _quantity(b, expr.left, where), _quantity(b, expr.right, where)
            if isinstance(left, Failed) or isinstance(right, Failed):
                return FAILED
            return Arithmetic(sign, left, right)
        case tree.Name(name="parameters" | "flops" as word) if where.scope.find(word) is None:
            return Measure(word, None)
        case tree.Call(callee=tree.Name(name="parameters" | "flops" as word)):
            return _measure(b, word, expr, where)
        case _:
            found = express.value(b, expr, where)
            if isinstance(found, int | float) and not isinstance(found, bool):
                return found
            if not isinstance(found, Failed):
                b.report.add(NotANumber(describe(found), expr.span))
            return FAILED


def _measure(
    b: Builder, word: Literal["parameters", "flops"], call: tree.Call, where: Where
) -> Quantity | Failed:
    arg = call.args[0] if len(call.args) == 1 else None
    if arg is None or arg.name is not None or isinstance(arg.value, tree.Range):
        b.report.add(NoContract(f"`{word}` is of one task, or of what owns weights", call.span))
        return FAILED
    if isinstance(_value(b, arg.value, where), Element):
        of = _task(b, arg.value, where)
    else:
        of = _things(b, arg.value, where)
    return FAILED if isinstance(of, Failed) else Measure(word, of)


def _task(b: Builder, expr: tree.Expr | tree.Range, where: Where) -> str | Failed:
    """A task: its name, or a member of a family of tasks."""
    found = FAILED if isinstance(expr, tree.Range) else _value(b, expr, where)
    tasks = where.scope.find("task")
    known = express.value(b, tree.Name(name="task", span=expr.span), where) if tasks else FAILED
    if isinstance(found, Element):
        labels = getattr(known, "labels", ())
        if found.label in labels:
            return str(found.label)
    if not isinstance(found, Failed):
        b.report.add(NoContract("a task is needed here", expr.span))
    return FAILED


def _value(b: Builder, expr: tree.Expr, where: Where) -> Value:
    """What a name stands for; nothing is made."""
    named = tree.Name | tree.Pick | tree.Array | tree.FeaturesValue | tree.MemberOf | tree.Paren
    if not isinstance(expr, named):
        b.report.add(NoContract("a name is needed here", expr.span))
        return FAILED
    found = express.value(b, expr, where)
    if isinstance(found, express.Bare):
        return express.unknown_name(b, found.name, expr.span, where, role="declared")
    return found


def _things(b: Builder, expr: tree.Expr | tree.Range, where: Where) -> Things | Failed:
    """The statements and tables that an argument names."""
    if isinstance(expr, tree.Range):
        b.report.add(NoContract("a name is needed here", expr.span))
        return FAILED
    items = expr.items if isinstance(expr, tree.Array) else (expr,)
    keys: dict[str, None] = {}
    tables: dict[str, None] = {}
    for item in items:
        found = _value(b, item, where)
        if isinstance(found, Failed):
            return FAILED
        nodes = found.nodes() if isinstance(found, Members) else (found,)
        for node in nodes:
            if isinstance(node, Absent):
                continue
            if not isinstance(node, Node):
                b.report.add(NoContract("what owns weights is needed here", item.span))
                return FAILED
            keys |= dict.fromkeys(_made_with(b, node, _base(item)))
            read = _columns(b, node)
            keys |= dict.fromkeys(read)
            tables |= dict.fromkeys(field.table.name for field in read.values() if field.table)
    return Things(expr.span.text, tuple(keys), tuple(tables))


def _base(expr: tree.Expr) -> str:
    """The name that an index or parentheses stand around."""
    match expr:
        case tree.Pick() | tree.Paren():
            return _base(expr.value)
        case tree.Name():
            return expr.name
        case _:
            return ""


def _made_with(b: Builder, node: Node, name: str) -> list[str]:
    """The keys of all nodes of a member, or of the call of a component that a name is the result
    of.
    """
    site = node.site
    for caller in site.statement.callers():
        if caller.statement.name == name:
            lead = site.index[: caller.depth]
            return [
                key
                for key, other in b.nodes.items()
                if other.site.index[: caller.depth] == lead
                and caller.statement in [c.statement for c in other.site.statement.callers()]
            ]
    return [key for key, other in b.nodes.items() if _is_beside(other, node)]


def _is_beside(other: Node, node: Node) -> bool:
    one, two = other.site, node.site
    return one.statement == two.statement and one.index == two.index


def _columns(b: Builder, node: Node) -> dict[str, FeatureField]:
    """The columns that a name stands for: a feature, or those of `features`; by their keys."""
    joined = node.site.statement.keyword == "features"
    found = {node.key: node.role} | {key: b.nodes[key].role for key in node.inputs * joined}
    return {key: role.field for key, role in found.items() if isinstance(role, Column)}
