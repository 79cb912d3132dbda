"""The printer of Python: what is printed means what was built, and needs no formatter."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtlspec import pysource as py

quick = settings(max_examples=100, derandomize=True, deadline=None, database=None)
x, y = py.Name("x"), py.Name("y")
LONG = py.Name("a_name_of_twenty_chars")


def module(*body: py.Stmt, doc: str = "A file.") -> str:
    function = py.Function("f", ("x: Tensor",), "None", body)
    return py.print_module(py.Module(doc, ("from torch import Tensor",), (function,)))


def lines(stmt: py.Stmt) -> list[str]:
    return py.statement_lines(stmt, 4)


# --- one line ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (py.call("F.relu", x), "F.relu(x)"),
        (py.call("f", x, y, dim=py.Constant(-1)), "f(x, y, dim=-1)"),
        (py.call("f"), "f()"),
        (py.method(x, "expand", py.Constant(3)), "x.expand(3)"),
        (py.method(py.Binary("+", x, y), "sum"), "(x + y).sum()"),
        (py.pick(x, 0, 1), "x[0, 1]"),
        (py.pick(x, py.Slice(1, None, 2)), "x[1::2]"),
        (py.pick(x, py.Slice(None, 3)), "x[:3]"),
        (py.pick(x, py.Slice()), "x[:]"),
        (py.pick(py.call("f"), py.array([py.Constant(2), py.Constant(0)])), "f()[[2, 0]]"),
        (py.array([]), "[]"),
        (py.pair([x]), "(x,)"),
        (py.pair([x, y]), "(x, y)"),
        (py.pair([]), "()"),
        (py.sized(2, 3), "(2, 3)"),
        (py.Dictionary(((py.Constant("a"), x),)), '{"a": x}'),
        (py.Dictionary(()), "{}"),
        (py.Binary("+", py.Binary("+", x, y), x), "x + y + x"),
        (py.Binary("+", x, py.Binary("+", y, x)), "x + (y + x)"),
        (py.Binary("-", x, py.Binary("-", y, x)), "x - (y - x)"),
        (py.Binary("*", py.Binary("+", x, y), x), "(x + y) * x"),
        (py.Binary("+", py.Binary("*", x, y), x), "x * y + x"),
        (py.Binary("/", x, py.Binary("*", y, x)), "x / (y * x)"),
        (py.Binary("|", x, py.Binary("+", y, x)), "x | y + x"),
        (py.Unary("-", py.Binary("+", x, y)), "-(x + y)"),
        (py.Unary("~", py.call("f")), "~f()"),
        (py.Binary("*", py.Unary("-", x), y), "-x * y"),
        (py.Constant(None), "None"),
        (py.Constant(True), "True"),
        (py.Constant(0.5), "0.5"),
        (py.Constant(1e-8), "1e-08"),
        (py.Constant(-3), "-3"),
    ],
)
def test_an_expression_on_one_line(expr: py.Expr, text: str):
    assert py.flat(expr) == text


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", '"plain"'),
        ("", '""'),
        ("it's", '"it\'s"'),
        ('say "so"', "'say \"so\"'"),
        ("back\\slash", '"back\\\\slash"'),
        ("two\nlines", '"two\\nlines"'),
        ("größe", '"größe"'),
        ("\x00", '"\\x00"'),
    ],
)
def test_a_text_is_a_literal(text: str, literal: str):
    assert py.quoted(text) == literal
    assert ast.literal_eval(literal) == text


def test_a_text_with_both_quotes_is_in_double_quotes():
    assert py.quoted("a'b\"c") == '"a\'b\\"c"'


# --- several lines -------------------------------------------------------------------------------


def test_a_long_call_is_broken_behind_its_bracket():
    made = py.Assign(x, py.call("function_of_many", *[LONG] * 3))
    assert lines(made) == [
        "    x = function_of_many(",
        f"        {LONG.text}, {LONG.text}, {LONG.text}",
        "    )",
    ]


def test_a_longer_call_has_an_argument_a_line():
    made = py.Assign(x, py.call("function_of_many", *[LONG] * 4, dim=py.Constant(0)))
    assert lines(made) == [
        "    x = function_of_many(",
        *[f"        {LONG.text},"] * 4,
        "        dim=0,",
        "    )",
    ]


def test_a_long_list_has_an_item_a_line_inside_another():
    rows = py.array(py.array([LONG] * 4) for _ in range(2))
    assert lines(py.Return(rows)) == [
        "    return [",
        *["        [", *[f"            {LONG.text},"] * 4, "        ],"] * 2,
        "    ]",
    ]


def test_a_long_dictionary_has_an_entry_a_line():
    pairs = tuple((py.Constant(f"key_{i}"), py.call("f", LONG)) for i in range(3))
    found = lines(py.Return(py.Dictionary(pairs)))
    assert found[0] == "    return {"
    assert found[1] == f'        "key_0": f({LONG.text}),'
    assert found[-1] == "    }"


def test_a_long_chain_has_an_operand_a_line_behind_its_sign():
    chain: py.Expr = LONG
    for _ in range(4):
        chain = py.Binary("+", chain, LONG)
    assert lines(py.Assign(x, chain)) == [
        "    x = (",
        f"        {LONG.text}",
        *[f"        + {LONG.text}"] * 4,
        "    )",
    ]


def test_a_long_operand_has_parentheses_of_its_own():
    chain: py.Expr = LONG
    for _ in range(4):
        chain = py.Binary("+", chain, LONG)
    summed = py.call("torch.sum", py.Binary("*", py.Constant(0.5), chain))
    assert lines(py.Assign(x, summed)) == [
        "    x = torch.sum(",
        "        0.5",
        "        * (",
        f"            {LONG.text}",
        *[f"            + {LONG.text}"] * 4,
        "        ),",
        "    )",
    ]


def test_a_comment_stands_behind_a_short_line_and_above_a_long_one():
    short = py.Assign(x, y, "[B, 3]")
    assert lines(short) == ["    x = y  # [B, 3]"]
    long = py.Assign(x, py.call("function_of_many", *[LONG] * 3), "[B, 3]")
    assert lines(long)[0] == "    # [B, 3]"
    edge = py.Assign(x, py.Name("y" * 74), "[B]")
    assert len(lines(edge)) == 2


@pytest.mark.parametrize(
    "doc",
    [
        "one line",
        'ends in a "quote"',
        '"begins" with one',
        'holds """ three',
        "back\\slash and \\n",
        "ends in a backslash \\",
        "two\n\nparagraphs",
        "    indented first",
        "a\n    deeper\nb",
    ],
)
def test_a_docstring_says_what_was_meant(doc: str):
    text = module(py.Return(py.Constant(None)), doc=doc)
    found = ast.get_docstring(ast.parse(text), clean=False)
    assert found is not None
    assert found.strip() == doc.strip()


# --- anything ------------------------------------------------------------------------------------

NAMES = st.sampled_from(["x", "y", "torch.cat", "self.layers", "batch"])
LEAVES = st.one_of(
    st.builds(py.Name, NAMES),
    st.builds(py.Constant, st.integers(0, 10**6)),
    st.builds(py.Constant, st.floats(0, 1e9, allow_nan=False)),
    st.builds(py.Constant, st.text(max_size=12)),
    st.builds(py.Constant, st.sampled_from([True, False, None])),
)


def larger(inner: st.SearchStrategy[py.Expr]) -> st.SearchStrategy[py.Expr]:
    some = st.lists(inner, max_size=4).map(tuple)
    whole = st.one_of(st.none(), st.integers(-9, 9))
    parts = st.builds(py.Slice, whole, whole, st.one_of(st.none(), st.integers(1, 3)))
    index = st.lists(st.one_of(inner, parts), min_size=1, max_size=3).map(tuple)
    called = st.builds(py.Name, NAMES)
    named = st.lists(st.tuples(st.sampled_from(["dim", "p"]), inner), max_size=1).map(tuple)
    return st.one_of(
        st.builds(py.Call, called, some, named),
        st.builds(py.Attribute, st.builds(py.Call, called, some), st.just("mT")),
        st.builds(py.Subscript, called, index),
        st.builds(py.Binary, st.sampled_from("+-*/@|"), inner, inner),
        st.builds(py.Unary, st.sampled_from("-~"), inner),
        st.builds(py.Sequential, some, st.sampled_from(["[]", "()"])),
        st.builds(py.Dictionary, st.lists(st.tuples(inner, inner), max_size=3).map(tuple)),
    )


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=20)
SIGNS = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
    "@": ast.MatMult,
    "|": ast.BitOr,
}


def meant(expr: py.Expr | py.Slice) -> ast.expr:
    """The tree that Python should read."""
    match expr:
        case py.Name(text):
            return ast.parse(text, mode="eval").body
        case py.Constant(value):
            return ast.Constant(value)
        case py.Call(function, args, named):
            keywords = [ast.keyword(name, meant(value)) for name, value in named]
            return ast.Call(meant(function), [meant(a) for a in args], keywords)
        case py.Attribute(value, name):
            return ast.Attribute(meant(value), name, ast.Load())
        case py.Subscript(value, index):
            inside = [meant(i) for i in index]
            picked = inside[0] if len(inside) == 1 else ast.Tuple(inside, ast.Load())
            return ast.Subscript(meant(value), picked, ast.Load())
        case py.Slice(start, stop, step):
            ends = [None if n is None else _number(n) for n in (start, stop, step)]
            return ast.Slice(*ends)
        case py.Binary(op, left, right):
            return ast.BinOp(meant(left), SIGNS[op](), meant(right))
        case py.Unary(op, value):
            return ast.UnaryOp(ast.USub() if op == "-" else ast.Invert(), meant(value))
        case py.Sequential(items, brackets):
            made = ast.List if brackets == "[]" else ast.Tuple
            return made([meant(item) for item in items], ast.Load())
        case py.Dictionary(items):
            return ast.Dict([meant(k) for k, _ in items], [meant(v) for _, v in items])


def _number(n: int) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Constant(-n)) if n < 0 else ast.Constant(n)


@quick
@given(EXPRESSIONS)
def test_what_is_printed_on_one_line_is_what_was_meant(expr: py.Expr):
    found = ast.parse(py.flat(expr), mode="eval").body
    assert ast.dump(found) == ast.dump(meant(expr))


@quick
@given(EXPRESSIONS)
def test_what_is_printed_on_several_lines_is_what_was_meant(expr: py.Expr):
    text = "\n".join(py.statement_lines(py.Return(expr, "comment"), 4))
    (function,) = ast.parse(f"def f():\n{text}").body
    assert isinstance(function, ast.FunctionDef)
    (statement,) = function.body
    assert isinstance(statement, ast.Return)
    assert statement.value is not None
    assert ast.dump(statement.value) == ast.dump(meant(expr))


SHORT = st.text(alphabet="abcdefgh_", min_size=1, max_size=30)
WORDS = st.one_of(
    st.builds(py.Name, SHORT.map(lambda text: f"x{text}")),
    st.builds(py.Constant, st.integers(0, 10**6)),
    st.builds(py.Constant, SHORT),
)


def written(inner: st.SearchStrategy[py.Expr]) -> st.SearchStrategy[py.Expr]:
    """What writers build: calls, methods, lists, dictionaries."""
    some = st.lists(inner, min_size=1, max_size=8).map(tuple)
    called = st.builds(py.Name, SHORT.map(lambda text: f"f{text}"))
    return st.one_of(
        st.builds(py.Call, called, some),
        st.builds(py.Call, called, some, st.tuples(st.tuples(st.just("dim"), WORDS))),
        st.builds(py.Sequential, some),
        st.builds(py.Dictionary, st.lists(st.tuples(WORDS, inner), max_size=5).map(tuple)),
    )


STATEMENTS = st.builds(
    py.Assign,
    st.just(x),
    st.recursive(WORDS, written, max_leaves=25),
    st.sampled_from(["", "[6, B, 64]"]),
)


@pytest.mark.slow
def test_the_formatter_changes_nothing_of_what_writers_build(tmp_path: Path):
    number = iter(range(10**6))

    @settings(max_examples=400, derandomize=True, deadline=None, database=None)
    @given(st.lists(STATEMENTS, min_size=1, max_size=5))
    def write(statements: list[py.Assign]) -> None:
        text = module(*statements)
        (tmp_path / f"m{next(number)}.py").write_text(text, encoding="utf-8")

    write()
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[:3000]
