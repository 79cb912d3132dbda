"""Statements and modules as lines, and expressions that do not fit on one."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.pysource.oneline import (
    STRENGTH,
    Argument,
    arguments,
    clauses,
    flat,
    flat_argument,
    operand,
)
from mtlspec.pysource.tree import (
    Assign,
    Attribute,
    Binary,
    Blank,
    Call,
    Class,
    Comment,
    Comprehension,
    Copied,
    Definition,
    Dictionary,
    Do,
    Expr,
    For,
    Function,
    Module,
    Return,
    Sequential,
    Stmt,
    Subscript,
)

WIDTH = 88


def _broken(lead: str, expr: Expr, trail: str, indent: int) -> list[str]:
    """Lines for `lead expr trail`, on one line if it fits."""
    pad = " " * indent
    line = f"{pad}{lead}{flat(expr)}{trail}"
    if len(line) <= WIDTH:
        return [line]
    match expr:
        case Call() if arguments(expr):
            opening = f"{pad}{lead}{operand(expr.function, 9)}("
            if len(opening) > WIDTH:
                return _method_lines(lead, expr, trail, indent) or [line]
            return _call_lines(opening, arguments(expr), f"{pad}){trail}", indent + 4)
        case Sequential(items, brackets):
            opening = f"{pad}{lead}{brackets[0]}"
            return _item_lines(opening, items, f"{pad}{brackets[1]}{trail}", indent + 4)
        case Subscript(value, (Sequential() | Comprehension() as index,)):
            inner = _broken("", index, "", indent + 4)
            return [f"{pad}{lead}{operand(value, 9)}[", *inner, f"{pad}]{trail}"]
        case Dictionary(items):
            pairs = [(f"{flat(key)}: ", value) for key, value in items]
            return _pair_lines(f"{pad}{lead}{{", pairs, f"{pad}}}{trail}", indent + 4)
        case Comprehension():
            inner = _together(clauses(expr), indent + 4)
            return [f"{pad}{lead}[", *inner, f"{pad}]{trail}"]
        case Binary():
            ends = _broken_at_the_end(lead, expr, trail, indent)
            ends = ends or _broken_at_both_ends(lead, expr, trail, indent)
            lines = _term_lines("", expr, "", indent + 4)
            return ends or [f"{pad}{lead}(", *lines, f"{pad}){trail}"]
        case _:
            return [line]


def _method_lines(lead: str, expr: Call, trail: str, indent: int) -> list[str] | None:
    """Of `value.method(…)`, where the value is too long for a line: the value's lines."""
    if not isinstance(expr.function, Attribute):
        return None
    value, pad = expr.function.value, " " * indent
    named = ", ".join(map(flat_argument, arguments(expr)))
    trail = f".{expr.function.name}({named}){trail}"
    if isinstance(value, Binary):
        return [f"{pad}{lead}(", *_term_lines("", value, "", indent + 4), f"{pad}){trail}"]
    return _broken(lead, value, trail, indent) if isinstance(value, Call) else None


def _broken_at_the_end(lead: str, expr: Binary, trail: str, indent: int) -> list[str] | None:
    """Of one sign: the lines where only the last operand is broken, if it has brackets for it."""
    strength, right = STRENGTH[expr.op], expr.right
    if isinstance(expr.left, Binary) and STRENGTH[expr.left.op] == strength:
        return None
    lead = f"{lead}{operand(expr.left, strength)} {expr.op} "
    pad = " " * indent
    if isinstance(right, Binary) and STRENGTH[right.op] <= strength:
        inner = _term_lines("", right, "", indent + 4)
        lines = [f"{pad}{lead}(", *inner, f"{pad}){trail}"]
    else:
        while isinstance(right, Binary):
            strength = STRENGTH[right.op]
            lead += f"{operand(right.left, strength)} {right.op} "
            right = right.right
        if not isinstance(right, Call) or not arguments(right):
            return None
        lines = _broken(lead, right, trail, indent)
    return lines if len(lines[0]) <= WIDTH else None


def _broken_at_both_ends(lead: str, expr: Binary, trail: str, indent: int) -> list[str] | None:
    """Of a dictionary and a call that is joined to it: the lines where both are broken."""
    left, right = expr.left, expr.right
    if not isinstance(left, Dictionary) or not isinstance(right, Call):
        return None
    pairs = [(f"{flat(key)}: ", value) for key, value in left.items]
    opened = _pair_lines(f"{' ' * indent}{lead}{{", pairs, "", indent + 4)[:-1]
    return [*opened, *_broken(f"}} {expr.op} ", right, trail, indent)]


def _term_lines(lead: str, expr: Binary, trail: str, indent: int) -> list[str]:
    """A line for each operand, or several where it is long; all of them on one if they fit."""
    line = f"{' ' * indent}{lead}{flat(expr)}{trail}"
    if len(line) <= WIDTH:
        return [line]
    terms = _terms(expr)
    last = len(terms) - 1
    lines: list[str] = []
    for place, (sign, value) in enumerate(terms):
        strength = STRENGTH[expr.op] + (place > 0)
        before, after = sign if place else lead, trail if place == last else ""
        if isinstance(value, Binary) and STRENGTH[value.op] < strength:
            lines += _grouped(before, value, after, indent)
        else:
            lines += _broken(before, value, after, indent)
    return lines


def _grouped(lead: str, expr: Binary, trail: str, indent: int) -> list[str]:
    """An operand in parentheses of its own: on one line if it fits."""
    pad = " " * indent
    line = f"{pad}{lead}({flat(expr)}){trail}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{pad}{lead}(", *_term_lines("", expr, "", indent + 4), f"{pad}){trail}"]


def _together(parts: Sequence[str], indent: int) -> list[str]:
    """The parts on one line if they fit, else a line each."""
    line = f"{' ' * indent}{' '.join(parts)}"
    return [line] if len(line) <= WIDTH else [f"{' ' * indent}{part}" for part in parts]


def _terms(expr: Binary) -> list[tuple[str, Expr]]:
    """The operands of a chain of one strength, each with the sign before it."""
    left = expr.left
    chained = isinstance(left, Binary) and STRENGTH[left.op] == STRENGTH[expr.op]
    first = _terms(left) if chained and isinstance(left, Binary) else [("", left)]
    return [*first, (f"{expr.op} ", expr.right)]


def _call_lines(opening: str, args: Sequence[Argument], closing: str, indent: int) -> list[str]:
    together = " " * indent + ", ".join(map(flat_argument, args))
    if len(together) <= WIDTH:
        return [opening, together, closing]
    pairs = [(f"{a[0]}=", a[1]) if isinstance(a, tuple) else ("", a) for a in args]
    return _pair_lines(opening, pairs, closing, indent)


def _item_lines(opening: str, items: Sequence[Expr], closing: str, indent: int) -> list[str]:
    return _pair_lines(opening, [("", item) for item in items], closing, indent)


def _pair_lines(
    opening: str, pairs: Sequence[tuple[str, Expr]], closing: str, indent: int
) -> list[str]:
    lines = [opening]
    for lead, value in pairs:
        if isinstance(value, Binary):
            lines.extend(_term_lines(lead, value, ",", indent))
        else:
            lines.extend(_broken(lead, value, ",", indent))
    return [*lines, closing]


def statement_lines(stmt: Stmt, indent: int) -> list[str]:
    """The lines of a statement; a comment that would pass the width stands above it."""
    pad = " " * indent
    match stmt:
        case Comment(text):
            return [f"{pad}# {text}".rstrip()]
        case Blank():
            return [""]
        case Do(value):
            return _broken("", value, "", indent)
        case Return(value, comment):
            return _commented(_broken("return ", value, "", indent), comment, pad)
        case Assign(target, value, comment):
            return _commented(_broken(f"{flat(target)} = ", value, "", indent), comment, pad)
        case For(name, values, body):
            inner = [line for stmt in body for line in statement_lines(stmt, indent + 4)]
            return [*_broken(f"for {name} in ", values, ":", indent), *inner]


def _commented(lines: list[str], comment: str, pad: str) -> list[str]:
    if not comment:
        return lines
    if len(lines) == 1 and len(lines[0]) + 4 + len(comment) <= WIDTH:
        return [f"{lines[0]}  # {comment}"]
    return [f"{pad}# {comment}", *lines]


def _doc_lines(doc: str, indent: int) -> list[str]:
    if not doc:
        return []
    pad = " " * indent
    first, *rest = doc.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').split("\n")
    lines = [f"{pad}{line}".rstrip() for line in rest]
    if first.startswith('"'):
        first = " " + first
    if not lines:
        closing = ' """' if first.endswith('"') else '"""'
        return [f'{pad}"""{first}{closing}']
    return [f'{pad}"""{first}', *lines, f'{pad}"""']


def _function_lines(function: Function, indent: int) -> list[str]:
    pad, inner = " " * indent, indent + 4
    head = f"{pad}def {function.name}({', '.join(function.parameters)}) -> {function.returns}:"
    lines = [head]
    if len(head) > WIDTH:
        together = " " * inner + ", ".join(function.parameters)
        many = [" " * inner + parameter + "," for parameter in function.parameters]
        middle = [together] if len(together) <= WIDTH else many
        lines = [f"{pad}def {function.name}(", *middle, f"{pad}) -> {function.returns}:"]
    body = [line for stmt in function.body for line in statement_lines(stmt, inner)]
    decorators = [f"{pad}@{name}" for name in function.decorators]
    return [*decorators, *lines, *_doc_lines(function.doc, inner), *body]


def _class_lines(cls: Class) -> list[str]:
    lines = [f"class {cls.name}({cls.base}):", *_doc_lines(cls.doc, 4)]
    for function in cls.body:
        lines.extend(["", *_function_lines(function, 4)])
    return lines


def _definition_lines(definition: Definition) -> list[str]:
    match definition:
        case Class():
            return _class_lines(definition)
        case Function():
            return _function_lines(definition, 0)
        case Copied():
            return definition.text.rstrip("\n").split("\n")


def print_module(module: Module) -> str:
    """The text of a module, ending in one line break."""
    lines = [*_doc_lines(module.doc, 0), "", *module.imports]
    lines.extend([""] if module.constants else [])
    for constant in module.constants:
        lines.extend(statement_lines(constant, 0))
    for definition in module.definitions:
        lines.extend(["", "", *_definition_lines(definition)])
    return "\n".join(lines) + "\n"
