"""The Python that we emit, as a tree, and its printer.

Writers build nodes and never think of commas, brackets or line ends. What is printed is a fixed
point of `ruff format` at its default width.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

WIDTH = 88


@dataclass(frozen=True, slots=True)
class Name:
    """A name, with dots if need be: `x`, `F.relu`."""

    text: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a string, a bool or None."""

    value: int | float | str | bool | None


@dataclass(frozen=True, slots=True)
class Call:
    function: Expr
    args: tuple[Expr, ...] = ()
    named: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    value: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Subscript:
    value: Expr
    index: tuple[Expr | Slice, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    start: int | None = None
    stop: int | None = None
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Unary:
    op: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Sequential:
    """A list `[…]` or a tuple `(…)`."""

    items: tuple[Expr, ...]
    brackets: str = "[]"


@dataclass(frozen=True, slots=True)
class Dictionary:
    items: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`[item for name in values … if condition]`."""

    item: Expr
    loops: tuple[tuple[str, Expr], ...]
    condition: Expr | None = None


Expr = (
    Name
    | Constant
    | Call
    | Attribute
    | Subscript
    | Binary
    | Unary
    | Sequential
    | Dictionary
    | Comprehension
)


@dataclass(frozen=True, slots=True)
class Assign:
    """`target = value  # comment`."""

    target: Expr
    value: Expr
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    value: Expr
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Do:
    """An expression as a statement."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Comment:
    text: str


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty line between paragraphs."""


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    parameters: tuple[str, ...]
    returns: str
    body: tuple[Stmt, ...]
    doc: str = ""
    decorators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    name: str
    base: str
    doc: str
    body: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """A class or function whose text is taken from a file of ours as it stands."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class For:
    """`for name in values:`, around statements."""

    name: str
    values: Expr
    body: tuple[Stmt, ...]


Stmt = Assign | Return | Do | Comment | Blank | For
Definition = Class | Function | Copied


@dataclass(frozen=True, slots=True)
class Module:
    doc: str
    imports: tuple[str, ...]
    definitions: tuple[Definition, ...] = field(default=())
    constants: tuple[Assign, ...] = ()


def call(function: str | Expr, *args: Expr, **named: Expr) -> Call:
    """A call, of a dotted name or of an expression."""
    called = Name(function) if isinstance(function, str) else function
    return Call(called, args, tuple(named.items()))


def method(value: Expr, name: str, *args: Expr, **named: Expr) -> Call:
    """`value.name(args)`."""
    return Call(Attribute(value, name), args, tuple(named.items()))


def pick(value: Expr, *index: int | Slice | Expr) -> Subscript:
    """`value[index]`."""
    return Subscript(value, tuple(Constant(i) if isinstance(i, int) else i for i in index))


def array(items: Iterable[Expr]) -> Sequential:
    """A list."""
    return Sequential(tuple(items))


def pair(items: Iterable[Expr]) -> Sequential:
    """A tuple."""
    return Sequential(tuple(items), "()")


def sized(*sizes: int) -> Sequential:
    """A tuple of numbers."""
    return pair(Constant(size) for size in sizes)


# --- one line ------------------------------------------------------------------------------------

_STRENGTH = {">=": -1, "!=": -1, "|": 0, "+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "@": 2}


def flat(expr: Expr | Slice) -> str:
    """An expression on one line."""
    match expr:
        case Name(text):
            return text
        case Constant(value):
            return _literal(value)
        case Call(function):
            return f"{_operand(function, 9)}({', '.join(map(flat_argument, _arguments(expr)))})"
        case Attribute(value, name):
            return f"{_operand(value, 9)}.{name}"
        case Subscript(value, index):
            return f"{_operand(value, 9)}[{', '.join(map(flat, index))}]"
        case Slice():
            return _flat_slice(expr)
        case Binary(op, left, right):
            strength = _STRENGTH[op]
            return f"{_operand(left, strength)} {op} {_operand(right, strength + 1)}"
        case Unary(op, value):
            return f"{op}{_operand(value, 8)}"
        case Sequential(items, brackets):
            comma = "," if brackets == "()" and len(items) == 1 else ""
            return f"{brackets[0]}{', '.join(map(flat, items))}{comma}{brackets[1]}"
        case Dictionary(items):
            return f"{{{', '.join(f'{flat(k)}: {flat(v)}' for k, v in items)}}}"
        case Comprehension():
            return f"[{' '.join(_clauses(expr))}]"


def _clauses(expr: Comprehension) -> list[str]:
    """The parts of a comprehension: its item, its loops, its condition."""
    loops = [f"for {name} in {flat(values)}" for name, values in expr.loops]
    condition = [] if expr.condition is None else [f"if {flat(expr.condition)}"]
    return [flat(expr.item), *loops, *condition]


def _flat_slice(part: Slice) -> str:
    start, stop, step = ("" if n is None else str(n) for n in (part.start, part.stop, part.step))
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"


def _operand(expr: Expr, strength: int) -> str:
    """An operand, in parentheses where it binds more loosely than what is around it."""
    own = _STRENGTH[expr.op] if isinstance(expr, Binary) else 8 if isinstance(expr, Unary) else 9
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


def _arguments(expr: Call) -> tuple[Argument, ...]:
    return (*expr.args, *expr.named)


def flat_argument(argument: Argument) -> str:
    """An argument on one line."""
    if isinstance(argument, tuple):
        return f"{argument[0]}={flat(argument[1])}"
    return flat(argument)


# --- several lines -------------------------------------------------------------------------------


def _broken(lead: str, expr: Expr, trail: str, indent: int) -> list[str]:
    """Lines for `lead expr trail`, on one line if it fits."""
    pad = " " * indent
    line = f"{pad}{lead}{flat(expr)}{trail}"
    if len(line) <= WIDTH:
        return [line]
    match expr:
        case Call() if _arguments(expr):
            opening = f"{pad}{lead}{_operand(expr.function, 9)}("
            if len(opening) > WIDTH:
                return _method_lines(lead, expr, trail, indent) or [line]
            return _call_lines(opening, _arguments(expr), f"{pad}){trail}", indent + 4)
        case Sequential(items, brackets):
            opening = f"{pad}{lead}{brackets[0]}"
            return _item_lines(opening, items, f"{pad}{brackets[1]}{trail}", indent + 4)
        case Subscript(value, (Sequential() | Comprehension() as index,)):
            inner = _broken("", index, "", indent + 4)
            return [f"{pad}{lead}{_operand(value, 9)}[", *inner, f"{pad}]{trail}"]
        case Dictionary(items):
            pairs = [(f"{flat(key)}: ", value) for key, value in items]
            return _pair_lines(f"{pad}{lead}{{", pairs, f"{pad}}}{trail}", indent + 4)
        case Comprehension():
            inner = _together(_clauses(expr), indent + 4)
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
    named = ", ".join(map(flat_argument, _arguments(expr)))
    trail = f".{expr.function.name}({named}){trail}"
    if isinstance(value, Binary):
        return [f"{pad}{lead}(", *_term_lines("", value, "", indent + 4), f"{pad}){trail}"]
    return _broken(lead, value, trail, indent) if isinstance(value, Call) else None


def _broken_at_the_end(lead: str, expr: Binary, trail: str, indent: int) -> list[str] | None:
    """Of one sign: the lines where only the last operand is broken, if it has brackets for it."""
    strength, right = _STRENGTH[expr.op], expr.right
    if isinstance(expr.left, Binary) and _STRENGTH[expr.left.op] == strength:
        return None
    lead = f"{lead}{_operand(expr.left, strength)} {expr.op} "
    pad = " " * indent
    if isinstance(right, Binary) and _STRENGTH[right.op] <= strength:
        inner = _term_lines("", right, "", indent + 4)
        lines = [f"{pad}{lead}(", *inner, f"{pad}){trail}"]
    else:
        while isinstance(right, Binary):
            strength = _STRENGTH[right.op]
            lead += f"{_operand(right.left, strength)} {right.op} "
            right = right.right
        if not isinstance(right, Call) or not _arguments(right):
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
        strength = _STRENGTH[expr.op] + (place > 0)
        before, after = sign if place else lead, trail if place == last else ""
        if isinstance(value, Binary) and _STRENGTH[value.op] < strength:
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
    chained = isinstance(left, Binary) and _STRENGTH[left.op] == _STRENGTH[expr.op]
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
