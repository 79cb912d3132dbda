"""Expressions on one line."""

from __future__ import annotations

from mtlspec.pysource.tree import (
    Attribute,
    Binary,
    Call,
    Comprehension,
    Constant,
    Dictionary,
    Expr,
    Name,
    Sequential,
    Slice,
    Subscript,
    Unary,
)

STRENGTH = {">=": -1, "!=": -1, "|": 0, "+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "@": 2}


def flat(expr: Expr | Slice) -> str:
    """An expression on one line."""
    match expr:
        case Name(text):
            return text
        case Constant(value):
            return _literal(value)
        case Call(function):
            return f"{operand(function, 9)}({', '.join(map(flat_argument, arguments(expr)))})"
        case Attribute(value, name):
            return f"{operand(value, 9)}.{name}"
        case Subscript(value, index):
            return f"{operand(value, 9)}[{', '.join(map(flat, index))}]"
        case Slice():
            return _flat_slice(expr)
        case Binary(op, left, right):
            strength = STRENGTH[op]
            return f"{operand(left, strength)} {op} {operand(right, strength + 1)}"
        case Unary(op, value):
            return f"{op}{operand(value, 8)}"
        case Sequential(items, brackets):
            comma = "," if brackets == "()" and len(items) == 1 else ""
            return f"{brackets[0]}{', '.join(map(flat, items))}{comma}{brackets[1]}"
        case Dictionary(items):
            return f"{{{', '.join(f'{flat(k)}: {flat(v)}' for k, v in items)}}}"
        case Comprehension():
            return f"[{' '.join(clauses(expr))}]"


def clauses(expr: Comprehension) -> list[str]:
    """The parts of a comprehension: its item, its loops, its condition."""
    loops = [f"for {name} in {flat(values)}" for name, values in expr.loops]
    condition = [] if expr.condition is None else [f"if {flat(expr.condition)}"]
    return [flat(expr.item), *loops, *condition]


def _flat_slice(part: Slice) -> str:
    start, stop, step = ("" if n is None else str(n) for n in (part.start, part.stop, part.step))
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"


def operand(expr: Expr, strength: int) -> str:
    """An operand, in parentheses where it binds more loosely than what is around it."""
    own = STRENGTH[expr.op] if isinstance(expr, Binary) else 8 if isinstance(expr, Unary) else 9
    return f"({flat(expr)})" if own < strength else flat(expr)


def _literal(value: int | float | str | bool | None) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        return repr(value)
    return str(value)


def quoted(text: str) -> str:
    """A string literal, in double quotes unless that needs more escapes."""
    plain = repr(text)
    if plain[0] == '"':
        return plain
    body = plain[1:-1]
    if body.count('"') > body.count("\\'"):
        return plain
    body = body.replace("\\'", "'").replace('"', '\\"')
    return f'"{body}"'


Argument = Expr | tuple[str, Expr]


def arguments(expr: Call) -> tuple[Argument, ...]:
    """The arguments of a call, by place and by name."""
    return (*expr.args, *expr.named)


def flat_argument(argument: Argument) -> str:
    """An argument on one line."""
    if isinstance(argument, tuple):
        return f"{argument[0]}={flat(argument[1])}"
    return flat(argument)
