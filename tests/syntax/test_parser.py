"""Trees of correct texts: their shape, their spans, their comments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mtlspec.source import SourceFile
from mtlspec.syntax import parse_file, parse_value
from mtlspec.syntax import tree as t
from tests.syntax.specs import ROOT, VALID, in_model, parameters, read


def parse(text: str) -> t.File:
    file, diagnostics = parse_file(SourceFile("a.mtl", text))
    assert diagnostics == ()
    return file


def statement(text: str) -> t.Stmt:
    model = parse(in_model(text)).items[0]
    assert isinstance(model, t.Model)
    (found,) = model.body
    return found


def expression(text: str) -> t.Expr | t.Range:
    value, diagnostics = parse_value(SourceFile("--set x", text))
    assert diagnostics == ()
    assert value is not None
    return value


def shape(node: t.Expr | t.Range | None) -> str:
    """Who holds whom, with every bracket written."""
    match node:
        case t.Flow():
            return f"({shape(node.left)} -> {shape(node.right)})"
        case t.Binary():
            return f"({shape(node.left)} {node.op} {shape(node.right)})"
        case t.Unary():
            return f"({node.op} {shape(node.value)})"
        case t.Pick():
            return f"{shape(node.value)}[]"
        case t.Call():
            return f"{shape(node.callee)}()"
        case t.MemberOf():
            return f"{shape(node.value)}.{node.name.name}"
        case t.Range():
            return f"{shape(node.start)}..{shape(node.stop)}"
        case t.Paren():
            return f"<{shape(node.value)}>"
        case None:
            return ""
        case _:
            return node.span.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a -> b -> c", "((a -> b) -> c)"),
        ("a + b -> c * d", "((a + b) -> (c * d))"),
        ("a - b - c", "((a - b) - c)"),
        ("a + b * c", "(a + (b * c))"),
        ("-a * b", "((- a) * b)"),
        ("- -a", "(- (- a))"),
        ("not a and b or c", "(((not a) and b) or c)"),
        ("a or b and c", "(a or (b and c))"),
        ("not a == b", "(not (a == b))"),
        ("a < -1", "(a < (- 1))"),
        ("a + 1 <= b * 2", "((a + 1) <= (b * 2))"),
        ("-f(x)[1].y", "(- f()[].y)"),
        ("(a -> b) -> c", "(<(a -> b)> -> c)"),
        ("t - 1..t + 1", "(t - 1)..(t + 1)"),
    ],
)
def test_signs_bind_as_the_grammar_says(text: str, expected: str) -> None:
    assert shape(expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("1_000", 1000), ("0.5", 0.5), ("3e-4", 3e-4), ("1_000.25", 1000.25)],
)
def test_numbers_keep_their_value_and_their_text(text: str, value: float) -> None:
    number = expression(text)
    assert isinstance(number, t.Int | t.Float)
    assert (number.value, number.text) == (value, text)
    assert isinstance(number.value, int) == isinstance(number, t.Int)


def test_a_text_has_three_escapes() -> None:
    text = expression(r'"a \"b\" \\ c\nd \\n"')
    assert isinstance(text, t.String)
    assert text.value == 'a "b" \\ c\nd \\n'


def test_a_gate_has_options_candidates_and_selectors() -> None:
    gate = statement("gate(top(2), per: channel) g[task] <- e[task], s by h, u")
    assert isinstance(gate, t.Gate)
    assert [arg.name and arg.name.name for arg in gate.options] == [None, "per"]
    assert (len(gate.candidates), len(gate.selectors), gate.moves) == (2, 2, True)


def test_a_gate_without_options_has_none() -> None:
    gate = statement("gate g = a by b")
    assert isinstance(gate, t.Gate)
    assert (gate.options, gate.moves, gate.target.index) == ((), False, None)


def test_the_heading_of_a_repeat_has_a_span_of_its_own() -> None:
    repeat = statement("repeat width in [128, 64] { let x = y }")
    assert isinstance(repeat, t.Repeat)
    assert repeat.head_span.text == "repeat width in [128, 64]"
    assert repeat.span.text.endswith("}")


def test_the_index_of_a_head_has_a_span_of_its_own() -> None:
    head = statement("head[task, 2] = a, b")
    assert isinstance(head, t.Head)
    assert head.index_span.text == "[task, 2]"


def test_an_index_may_hold_every_kind_of_place() -> None:
    pick = expression("f[task, 2.., ..t - 1, 1..3, *, !task, t in {a, b: {c}}]")
    assert isinstance(pick, t.Pick)
    kinds = [type(place).__name__ for place in pick.index]
    assert kinds == ["Name", "Range", "Range", "Range", "Every", "Others", "Bind"]


def test_a_file_without_edition_has_none() -> None:
    assert parse("param x = 3").edition is None


def test_comments_are_kept_with_their_places() -> None:
    file = parse('# one\nparam x = "# no" # two\n#three  \n')
    assert [(c.text, c.span.line, c.span.column) for c in file.comments] == [
        ("# one", 1, 1),
        ("# two", 2, 18),
        ("#three", 3, 1),
    ]


def test_a_byte_order_mark_and_windows_line_ends_mean_nothing() -> None:
    assert parse("\ufeffmtl 1\r\nparam x = 3\r\n") == parse("mtl 1\nparam x = 3\n")


@pytest.mark.parametrize("path", parameters(VALID))
def test_spans_hold_what_they_contain(path: Path) -> None:
    file, _ = parse_file(read(path))
    for node in t.walk(file):
        inside = [child.span for child in t.children(node) if not isinstance(child, t.Comment)]
        assert all(node.span.start <= s.start <= s.stop <= node.span.stop for s in inside)
        starts = [span.start for span in inside]
        assert starts == sorted(starts)


@pytest.mark.parametrize("path", parameters(VALID))
def test_the_span_of_a_name_is_the_name(path: Path) -> None:
    file, _ = parse_file(read(path))
    for node in t.walk(file):
        if isinstance(node, t.Ident | t.Name):
            assert node.span.text.strip('"') == node.name
        elif isinstance(node, t.Int | t.Float):
            assert node.span.text == node.text


def test_a_span_goes_from_the_first_to_the_last_token_of_its_node() -> None:
    let = statement("  let x = f( a , b ) -> g  # comment")
    assert isinstance(let, t.Let)
    assert let.span.text == "let x = f( a , b ) -> g"
    (flow,) = let.values
    assert isinstance(flow, t.Flow)
    assert (flow.left.span.text, flow.right.span.text) == ("f( a , b )", "g")


def test_importing_the_room_loads_no_heavy_library() -> None:
    code = (
        "import sys, mtlspec.syntax; "
        "heavy = {'networkx', 'torch', 'pydantic', 'numpy', 'rich', 'onnx', 'pyarrow'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


def test_one_value_is_parsed_for_set() -> None:
    assert isinstance(expression("1..4"), t.Range)
    assert isinstance(expression("[[256, 128], [64]]"), t.Array)
    assert isinstance(expression("mlp(64) -> dropout(0.1)"), t.Flow)
    assert isinstance(expression("-0.5  # sure"), t.Unary)
