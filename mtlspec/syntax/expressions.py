"""Lark's trees of expressions, indices and sets → the nodes of `tree.py`."""

from __future__ import annotations

import re
from collections.abc import Callable

from lark import Token

from mtlspec.source import SourceFile, Span
from mtlspec.syntax import tree as t
from mtlspec.syntax.parts import Branch, Part, branch, branches, parts, token

_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", '"': '"', "\\": "\\"}


def string_value(text: str) -> str:
    """What a string literal means; an unknown escape stands for itself."""
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[0]), text[1:-1])


class Expressions:
    """Builds the expressions of one file."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source

    def span(self, part: Branch | Token) -> Span:
        if isinstance(part, Token):
            return Span(self.source, part.start_pos or 0, part.end_pos or 0)
        if part.meta.empty:
            return Span(self.source, 0, 0)
        return Span(self.source, part.meta.start_pos, part.meta.end_pos)

    def ident(self, part: Part) -> t.Ident:
        word = token(part)
        name = string_value(word) if word.type == "STRING" else str(word)
        return t.Ident(name, span=self.span(word))

    def optional_ident(self, part: Part) -> t.Ident | None:
        return None if part is None else self.ident(part)

    def value(self, part: Part) -> t.Expr | t.Range:
        """An expression or a range."""
        found = branch(part)
        return self._range(found) if found.data == "range" else self.expr(found)

    def expr(self, part: Part) -> t.Expr:
        found = branch(part)
        return _EXPRESSIONS[found.data](self, found)

    def exprs(self, part: Part) -> tuple[t.Expr, ...]:
        """Those of the rule `values`."""
        return tuple(self.expr(child) for child in parts(branch(part)))

    def args(self, part: Part) -> tuple[t.Arg, ...]:
        """Those of the rule `args`, none where it is missing."""
        return () if part is None else tuple(map(self._arg, branches(parts(branch(part)))))

    def index(self, part: Part) -> tuple[t.Index, ...] | None:
        return None if part is None else tuple(map(self._place, branches(parts(branch(part)))))

    def target(self, part: Part) -> t.Target:
        found = branch(part)
        name, index = parts(found)
        return t.Target(self.ident(name), self.index(index), span=self.span(found))

    def set_value(self, part: Part) -> t.Expr | t.Range | t.Braces:
        found = branch(part)
        return self._braces(found) if found.data == "braces" else self.value(found)

    def domain(self, part: Part) -> t.Range | t.Choices | t.Expr:
        found = branch(part)
        if found.data != "choices":
            return self.value(found)
        items = tuple(map(self.expr, branches(parts(found))))
        return t.Choices(items, span=self.span(found))

    def _arg(self, found: Branch) -> t.Arg:
        key, value = parts(found)
        name = None if key is None else self.ident(parts(branch(key))[0])
        return t.Arg(name, self.value(value), span=self.span(found))

    def _range(self, found: Branch) -> t.Range:
        start, stop = map(self.expr, parts(found))
        return t.Range(start, stop, span=self.span(found))

    def _braces(self, found: Branch) -> t.Braces:
        members = tuple(map(self._member, branches(parts(found))))
        return t.Braces(members, span=self.span(found))

    def _member(self, found: Branch) -> t.BraceMember:
        key, group = parts(found)
        inner = None if group is None else self._braces(branch(group))
        return t.BraceMember(self._member_key(token(key)), inner, span=self.span(found))

    def _member_key(self, key: Token) -> t.Name | t.String | t.Int:
        span = self.span(key)
        if key.type == "STRING":
            return t.String(string_value(key), span=span)
        return self._whole(key, span) if key.type == "INT" else t.Name(str(key), span=span)

    def _place(self, found: Branch) -> t.Index:
        make = _PLACES.get(found.data)
        return make(self, found) if make else self.value(found)

    def _whole(self, number: Token, span: Span) -> t.Int:
        return t.Int(int(number.replace("_", "")), str(number), span=span)

    def integer(self, part: Part) -> t.Int:
        return self._whole(token(part), self.span(token(part)))

    # --- one method for each rule -----------------------------------------------------------------

    def name(self, found: Branch) -> t.Name:
        return t.Name(str(parts(found)[0]), span=self.span(found))

    def features_value(self, found: Branch) -> t.FeaturesValue:
        return t.FeaturesValue(span=self.span(found))

    def head_value(self, found: Branch) -> t.HeadValue:
        return t.HeadValue(span=self.span(found))

    def int(self, found: Branch) -> t.Int:
        return self.integer(parts(found)[0])

    def float(self, found: Branch) -> t.Float:
        text = str(parts(found)[0])
        return t.Float(_to_float(text), text, span=self.span(found))

    def string(self, found: Branch) -> t.String:
        return t.String(string_value(str(parts(found)[0])), span=self.span(found))

    def yes(self, found: Branch) -> t.Bool:
        return t.Bool(True, span=self.span(found))

    def no(self, found: Branch) -> t.Bool:
        return t.Bool(False, span=self.span(found))

    def none(self, found: Branch) -> t.NoneValue:
        return t.NoneValue(span=self.span(found))

    def paren(self, found: Branch) -> t.Paren:
        return t.Paren(self.expr(parts(found)[0]), span=self.span(found))

    def array(self, found: Branch) -> t.Array:
        items = tuple(map(self.expr, branches(parts(found))))
        return t.Array(items, span=self.span(found))

    def flow(self, found: Branch) -> t.Flow:
        left, right = map(self.expr, parts(found))
        return t.Flow(left, right, span=self.span(found))

    def binary(self, found: Branch) -> t.Binary:
        left, op, right = parts(found)
        return t.Binary(str(token(op)), self.expr(left), self.expr(right), span=self.span(found))

    def unary(self, found: Branch) -> t.Unary:
        op, value = parts(found)
        return t.Unary(str(op), self.expr(value), span=self.span(found))

    def pick(self, found: Branch) -> t.Pick:
        value, index = parts(found)
        return t.Pick(self.expr(value), self.index(index) or (), span=self.span(found))

    def call(self, found: Branch) -> t.Call:
        callee, args = parts(found)
        return t.Call(self.expr(callee), self.args(args), span=self.span(found))

    def member_of(self, found: Branch) -> t.MemberOf:
        value, name = parts(found)
        return t.MemberOf(self.expr(value), self.ident(name), span=self.span(found))

    def range_from(self, found: Branch) -> t.Range:
        return t.Range(self.expr(parts(found)[0]), None, span=self.span(found))

    def range_to(self, found: Branch) -> t.Range:
        return t.Range(None, self.expr(parts(found)[0]), span=self.span(found))

    def bind(self, found: Branch) -> t.Bind:
        name, over = parts(found)
        return t.Bind(self.ident(name), self.set_value(over), span=self.span(found))

    def every(self, found: Branch) -> t.Every:
        return t.Every(span=self.span(found))

    def others(self, found: Branch) -> t.Others:
        return t.Others(self.expr(parts(found)[0]), span=self.span(found))


def _to_float(text: str) -> float:
    return float(text.replace("_", ""))


_EXPRESSIONS: dict[str, Callable[[Expressions, Branch], t.Expr]] = {
    "name": Expressions.name,
    "features_value": Expressions.features_value,
    "head_value": Expressions.head_value,
    "int": Expressions.int,
    "float": Expressions.float,
    "string": Expressions.string,
    "yes": Expressions.yes,
    "no": Expressions.no,
    "none": Expressions.none,
    "paren": Expressions.paren,
    "array": Expressions.array,
    "flow": Expressions.flow,
    "binary": Expressions.binary,
    "unary": Expressions.unary,
    "pick": Expressions.pick,
    "call": Expressions.call,
    "member_of": Expressions.member_of,
}
_PLACES: dict[str, Callable[[Expressions, Branch], t.Index]] = {
    "range_from": Expressions.range_from,
    "range_to": Expressions.range_to,
    "bind": Expressions.bind,
    "every": Expressions.every,
    "others": Expressions.others,
}
