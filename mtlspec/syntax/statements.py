"""Lark's trees of statements and declarations → the nodes of `tree.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from lark import Token

from mtlspec.source import SourceFile, Span
from mtlspec.syntax import tree as t
from mtlspec.syntax.expressions import Expressions
from mtlspec.syntax.parts import Branch, Part, branch, branches, parts, token


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A statement that did not parse: its word, if it has one, and the names it would declare."""

    keyword: str
    names: tuple[Token, ...]


class Statements(Expressions):
    """Builds the statements of one file.

    `broken` has each statement that did not parse by the offset where it starts.
    """

    def __init__(self, source: SourceFile, broken: Mapping[int, Unparsed]) -> None:
        super().__init__(source)
        self._broken = broken

    def file(self, found: Branch, comments: tuple[t.Comment, ...]) -> t.File:
        header, *items = parts(found)
        return t.File(
            self.source,
            None if header is None else self.integer(parts(branch(header))[0]),
            tuple(self.item(item) for item in branches(items)),
            comments,
            span=Span(self.source, 0, len(self.source.text)),
        )

    def item(self, found: Branch) -> t.Item:
        return _ITEMS[found.data](self, found)

    def statement(self, found: Branch) -> t.Stmt:
        return _STATEMENTS[found.data](self, found)

    def fields(self, found: Iterable[Part]) -> tuple[t.Field | t.Broken, ...]:
        return tuple(
            self.broken(part) if part.data == "broken" else self.field(part)
            for part in branches(found)
        )

    def field(self, found: Branch) -> t.Field:
        *keys, values = branches(parts(found))
        return t.Field(tuple(map(self._field_key, keys)), self.exprs(values), span=self.span(found))

    def _field_key(self, found: Branch) -> t.FieldKey:
        key, index = parts(found)
        name = self.ident(parts(branch(key))[0])
        return t.FieldKey(name, self.index(index), span=self.span(found))

    def _body(self, part: Part) -> tuple[t.Stmt, ...]:
        return tuple(map(self.statement, branches(parts(branch(part)))))

    def _assigned(self, found: Branch) -> tuple[tuple[t.Target, ...], bool, tuple[t.Expr, ...]]:
        """Targets, whether the sign is `<-`, and values."""
        *targets, sign, values = branches(parts(found))
        return tuple(map(self.target, targets)), sign.data == "moved", self.exprs(values)

    # --- declarations -----------------------------------------------------------------------------

    def use(self, found: Branch) -> t.Use:
        path, args, alias = parts(found)
        string = t.String(self.ident(path).name, span=self.span(token(path)))
        return t.Use(string, self.args(args), self.optional_ident(alias), span=self.span(found))

    def param(self, found: Branch) -> t.Param:
        name, value, domain = parts(found)
        return t.Param(
            self.ident(name),
            self.expr(value),
            None if domain is None else self.domain(domain),
            span=self.span(found),
        )

    def set(self, found: Branch) -> t.SetDecl:
        name, value = parts(found)
        return t.SetDecl(self.ident(name), self.set_value(value), span=self.span(found))

    def features(self, found: Branch) -> t.Features:
        return t.Features(self.fields(parts(found)), span=self.span(found))

    def tasks(self, found: Branch) -> t.Tasks:
        return t.Tasks(self.fields(parts(found)), span=self.span(found))

    def train(self, found: Branch) -> t.Train:
        fields = tuple(
            self.stage(part) if part.data == "stage" else self.fields([part])[0]
            for part in branches(parts(found))
        )
        return t.Train(fields, span=self.span(found))

    def stage(self, found: Branch) -> t.Stage:
        name, *fields = parts(found)
        return t.Stage(self.ident(name), self.fields(fields), span=self.span(found))

    def model(self, found: Branch) -> t.Model:
        name, body = parts(found)
        return t.Model(self.ident(name), self._body(body), span=self.span(found))

    def component(self, found: Branch) -> t.Component:
        name, *params, body = parts(found)
        return t.Component(
            self.ident(name),
            tuple(map(self._component_param, branches(params))),
            self._body(body),
            span=self.span(found),
        )

    def _component_param(self, found: Branch) -> t.ComponentParam:
        target, default = parts(found)
        value = None if default is None else self.expr(default)
        return t.ComponentParam(self.target(target), value, span=self.span(found))

    # --- statements -------------------------------------------------------------------------------

    def layer(self, found: Branch) -> t.Layer:
        targets, moves, values = self._assigned(found)
        return t.Layer(targets, moves, values, span=self.span(found))

    def let(self, found: Branch) -> t.Let:
        targets, moves, values = self._assigned(found)
        return t.Let(targets, moves, values, span=self.span(found))

    def expert(self, found: Branch) -> t.Expert:
        target, value = parts(found)
        return t.Expert(self.target(target), False, self.expr(value), span=self.span(found))

    def block(self, found: Branch) -> t.Block:
        target, value = parts(found)
        return t.Block(self.target(target), self.expr(value), span=self.span(found))

    def weight(self, found: Branch) -> t.Weight:
        target, shape, start = parts(found)
        value = None if start is None else self.expr(start)
        return t.Weight(self.target(target), self.expr(shape), value, span=self.span(found))

    def stream(self, found: Branch) -> t.Stream:
        target, value = parts(found)
        return t.Stream(self.target(target), self.expr(value), span=self.span(found))

    def gate(self, found: Branch) -> t.Gate:
        options, target, sign, candidates, selectors = parts(found)
        return t.Gate(
            self.args(options),
            self.target(target),
            branch(sign).data == "moved",
            self.exprs(candidates),
            self.exprs(selectors),
            span=self.span(found),
        )

    def stitch(self, found: Branch) -> t.Stitch:
        options, target, sign, candidates = parts(found)
        return t.Stitch(
            self.args(options),
            self.target(target),
            branch(sign).data == "moved",
            self.exprs(candidates),
            span=self.span(found),
        )

    def head(self, found: Branch) -> t.Head:
        index, values = branches(parts(found))
        return t.Head(
            self.index(index) or (),
            self.exprs(values),
            index_span=self.span(index),
            span=self.span(found),
        )

    def loss(self, found: Branch) -> t.Loss:
        target, value = parts(found)
        return t.Loss(self.target(target), self.expr(value), span=self.span(found))

    def require(self, found: Branch) -> t.Require:
        return t.Require(self.expr(parts(found)[0]), span=self.span(found))

    def repeat(self, found: Branch) -> t.Repeat:
        name, over, body = parts(found)
        value = self.value(over)
        return t.Repeat(
            self.optional_ident(name),
            value,
            self._body(body),
            head_span=Span(self.source, self.span(found).start, value.span.stop),
            span=self.span(found),
        )

    def return_(self, found: Branch) -> t.Return:
        return t.Return(self.exprs(parts(found)[0]), span=self.span(found))

    def broken(self, found: Branch) -> t.Broken:
        unparsed = self._broken[found.meta.start_pos]
        names = [*map(self.ident, unparsed.names), *self._declared_in(found)]
        return t.Broken(unparsed.keyword, tuple(names), span=self.span(found))

    def _declared_in(self, found: Branch) -> Iterator[t.Ident]:
        """The names that stand in a block whose heading did not parse."""
        for part in branches(parts(found)[1:]):
            if part.data == "body":
                for statement in self._body(part):
                    yield from _names_of(statement)
            elif part.data == "field":
                yield from (key.name for key in self.field(part).keys)


def _names_of(statement: t.Stmt) -> Iterator[t.Ident]:
    if isinstance(statement, t.Broken):
        yield from statement.names
    elif isinstance(statement, t.Repeat):
        for inner in statement.body:
            yield from _names_of(inner)
    else:
        yield from (n.name for n in t.children(statement) if isinstance(n, t.Target))


_ITEMS: dict[str, Callable[[Statements, Branch], t.Item]] = {
    "use": Statements.use,
    "param": Statements.param,
    "set": Statements.set,
    "features": Statements.features,
    "tasks": Statements.tasks,
    "train": Statements.train,
    "model": Statements.model,
    "component": Statements.component,
    "broken": Statements.broken,
}
_STATEMENTS: dict[str, Callable[[Statements, Branch], t.Stmt]] = {
    "set": Statements.set,
    "layer": Statements.layer,
    "expert": Statements.expert,
    "let": Statements.let,
    "block": Statements.block,
    "weight": Statements.weight,
    "stream": Statements.stream,
    "gate": Statements.gate,
    "stitch": Statements.stitch,
    "head": Statements.head,
    "loss": Statements.loss,
    "require": Statements.require,
    "repeat": Statements.repeat,
    "return_": Statements.return_,
    "broken": Statements.broken,
}
