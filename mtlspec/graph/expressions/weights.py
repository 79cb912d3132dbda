"""`weights(n)`: the weight matrices of what a name stands for, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count, takewhile

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.expressions import express
from mtlspec.graph.naming.scope import Family
from mtlspec.graph.node import Apply, Held, Index, Learned, Node, Statement, WeightsOf
from mtlspec.graph.values import FAILED, Failed, Instance, Members, Value
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Tensor, Unknown


class NoWeights(Error):
    """`weights` reads the matrices that a statement learns.

    What it means: what is named learns no weight matrix.

    Example:
        let  h = concat(a, b)
        loss x = orthogonal(weights(h), weights(h))

    Instead: name the `layer` or `expert` whose weights are meant.

    Why: biases, norms and tables are not among them, and a `let` owns nothing.
    """

    id = "MTL0506"
    title = "`weights` reads the matrices that a statement learns"
    what: str
    span: Span
    made: bool = False
    """Whether it is made of weights itself, so that penalties take it as it is."""

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]

    def help(self) -> str:
        return f"it is made of weights, and is given as it is: `{self.span.text}`" * self.made


def weights(b: Builder, call: tree.Call, where: Where) -> Value:
    """The matrices [in, out] of one value or of a family, in order.

    One is a single value, several of one member are layered.
    """
    arg = call.args[0] if len(call.args) == 1 else None
    if arg is None or arg.name is not None or isinstance(arg.value, tree.Range):
        b.report.add(NoWeights("one name is needed", call.span))
        return FAILED
    found = _blocks(arg.value, where)
    if not found:
        value = express.value(b, arg.value, where)
        if isinstance(value, Failed):
            return FAILED
        found = value.members if isinstance(value, Members) else {(): value}
    owned: dict[Index, list[Node]] = {}
    for key, node in found.items():
        if isinstance(node, Instance):
            owned[key] = _of(b, node.loan.nodes())
            continue
        if not isinstance(node, Node):
            b.report.add(NoWeights("this is no value of the model", arg.span))
            return FAILED
        if isinstance(node.type, Unknown):
            return FAILED
        owned[key] = _matrices(b, node)
    if not any(owned.values()):
        made = all(isinstance(n, Node) and _alike(n) for n in found.values())
        b.report.add(NoWeights("it learns no matrix", arg.span, made=made))
        return FAILED
    if any(len(matrices) > 1 for matrices in owned.values()):
        numbered = {(*key, place): m for key, ms in owned.items() for place, m in enumerate(ms, 1)}
        return Members("weights", numbered, layered=True)
    single = {key: matrix for key, matrices in owned.items() for matrix in matrices}
    return single[()] if () in single else Members("weights", single)


def _alike(node: Node) -> bool:
    """Whether a value is the same for all rows."""
    return isinstance(node.type, Tensor) and not node.type.rows


def _blocks(expr: tree.Expr, where: Where) -> Mapping[Index, Value]:
    """The instances of a family of blocks, which is no family of values."""
    symbol = where.scope.find(expr.name) if isinstance(expr, tree.Name) else None
    if not isinstance(symbol, Family) or symbol.broken:
        return {}
    members = {key: member.get() for key, member in symbol.members.items()}
    return {key: value for key, value in members.items() if isinstance(value, Instance)}


def _matrices(b: Builder, node: Node) -> list[Node]:
    """The matrices of the member that a node belongs to, in the order of its ops.

    Of a learned array it is that array.
    """
    if isinstance(node.role, Learned) and len(node.role.parameter.shape) == 2:
        return [node]
    keys = (f"{node.site.logical}:{ordinal}" for ordinal in count())
    own = takewhile(lambda n: n is not None, map(b.nodes.get, keys))
    return _of(b, [n for n in own if n is not None])


def _of(b: Builder, nodes: Sequence[Node]) -> list[Node]:
    """The matrices of some nodes."""
    return [
        _matrix(b, n, n.role, place)
        for n in nodes
        if isinstance(n.role, Apply | Held)
        for place, parameter in enumerate(n.role.parameters)
        if parameter.matrix and len(parameter.shape) == 2 and parameter.rows_of is None
    ]


def _matrix(b: Builder, node: Node, role: Apply | Held, place: int) -> Node:
    parameter = role.parameters[place]
    name = f"weights {node.key}.{parameter.name}"
    if f"{name}:0" in b.nodes:
        return b.nodes[f"{name}:0"]
    statement = Statement("features", name, (), family=False, order=(), span=node.span)
    kind = Tensor(tuple(reversed(parameter.shape)), rows=False)
    owner = Owner(statement, (), may_own=False)
    return b.add(WeightsOf(node.key, role.inner, parameter), kind, (node,), owner, node.span)
