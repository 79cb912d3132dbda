"""Printing a tree and parsing it gives the tree back; printing twice changes nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings

from mtlspec.source import SourceFile
from mtlspec.syntax import parse_file, parse_value, print_expr, print_file, print_stmt
from mtlspec.syntax import tree as t
from tests.syntax import trees
from tests.syntax.specs import DESIGNED, OWN, VALID, needs_zoo, parameters, read

thorough = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def parse(text: str) -> t.File:
    file, diagnostics = parse_file(SourceFile("a.mtl", text))
    assert diagnostics == ()
    return file


def printed(text: str) -> str:
    """The canonical form, checked to be one: the same tree, and a fixed point."""
    file = parse(text)
    found = print_file(file)
    again = parse(found)
    assert again.items == file.items
    assert print_file(again) == found
    assert sorted(c.text for c in again.comments) == sorted(c.text for c in file.comments)
    return found


@given(trees.exprs)
@thorough
def test_any_expression_comes_back(node: t.Expr) -> None:
    value, diagnostics = parse_value(SourceFile("a", print_expr(node)))
    assert diagnostics == ()
    assert value == node


@given(trees.files)
@thorough
def test_any_file_comes_back(file: t.File) -> None:
    text = print_file(file)
    again = parse(text)
    assert again == file
    assert print_file(again) == text


@pytest.mark.parametrize("path", parameters(OWN, VALID))
def test_a_spec_comes_back(path: Path) -> None:
    printed(read(path).text)


@needs_zoo
@pytest.mark.parametrize("path", parameters(DESIGNED))
def test_the_systems_of_the_literature_come_back(path: Path) -> None:
    printed(read(path).text)


@pytest.mark.parametrize("path", parameters(OWN, VALID, DESIGNED))
def test_lines_fit_the_width(path: Path) -> None:
    file = replace(parse(read(path).text), comments=())
    assert max(map(len, print_file(file).splitlines()), default=0) <= 100


@pytest.mark.parametrize("path", parameters(OWN, VALID, DESIGNED))
def test_no_comment_is_lost_wherever_it_stands(path: Path) -> None:
    text = read(path).text
    rng = random.Random(len(text))
    gaps = [i for i, char in enumerate(text) if char == " " and '"' not in text[:i].split("\n")[-1]]
    for _ in range(5):
        mutant = text
        for number, gap in enumerate(sorted(rng.sample(gaps, min(4, len(gaps))), reverse=True)):
            if "#" not in mutant[mutant.rfind("\n", 0, gap) + 1 : gap]:
                mutant = f"{mutant[:gap]} # comment {number}\n{mutant[gap:]}"
        printed(mutant)


def test_the_canonical_form() -> None:
    assert printed(
        dedent(
            """\
            # a title
            mtl  1
            use 'a.mtl'


            param   own=3   in 1 .. 4 # how many
            param common = {} # no
            """
        )
        .replace("'", '"')
        .replace("{}", "[ ]")
    ) == dedent(
        """\
        # a title
        mtl 1
        use "a.mtl"

        param own    = 3 in 1..4  # how many
        param common = []         # no
        """
    )


def test_signs_of_neighbours_stand_below_each_other() -> None:
    text = "model m {\nlet a=b let long_name<-c\n\nlet d=e\ngate g[task]<-a,b by c gate s=a by b }"
    assert printed(text) == dedent(
        """\
        mtl 1
        model m {
            let a         = b
            let long_name <- c

            let d = e
            gate g[task] <- a, b by c
            gate s       = a by b
        }
        """
    )


def test_fields_are_aligned_and_a_long_list_of_keys_stands_alone() -> None:
    keys = ", ".join(f"name_{i}" for i in range(14))
    text = f"features {{ a : x bcd : y {keys} : z e : v fg : w }}"
    assert printed(text) == (
        "mtl 1\n"
        "features {\n"
        "    a   : x\n"
        "    bcd : y\n"
        "    name_0, name_1, name_2, name_3, name_4, name_5, name_6, name_7, name_8, name_9,"
        " name_10,\n        name_11, name_12, name_13 : z\n"
        "    e  : v\n"
        "    fg : w\n"
        "}\n"
    )


def test_a_long_line_breaks_at_its_outermost_places() -> None:
    call = "operation(alpha: 1, beta: 2, gamma: [1, 2, 3])"
    text = f"model m {{ layer h[task] = {call} -> {call} -> {call} }}"
    assert printed(text).splitlines()[2:5] == [
        f"    layer h[task] = {call}",
        f"        -> {call}",
        f"        -> {call}",
    ]


def test_a_gate_breaks_before_its_by() -> None:
    names = ", ".join(f"candidate_{i}[task]" for i in range(4))
    text = f"model m {{ gate g[task] <- {names} by selector[task] -> mlp(128) }}"
    assert printed(text).splitlines()[3] == "        by selector[task] -> mlp(128)"


def test_comments_keep_their_places() -> None:
    text = dedent(
        """\
        # at the top

        # and once more
        mtl 1  # behind the edition
        # before a declaration
        use "a.mtl"

        model m {  # behind a heading
            # first in a block

            let x = h     # behind a statement
            let y = h[a]  # and the next
            repeat 2 {
                let x <- x
            }  # behind a block

            # last in a block
        }
        # at the end
        """
    )
    assert printed(text) == text


def test_a_comment_inside_of_a_statement_moves_before_it() -> None:
    assert printed("model m {\nlet x = f(a, # first\n b) # second\n}") == dedent(
        """\
        mtl 1
        model m {
            # first
            let x = f(a, b)  # second
        }
        """
    )


def test_a_file_without_edition_gets_one_below_its_title() -> None:
    assert printed("# title\n\n# of x\nparam x = 3") == "# title\nmtl 1\n\n# of x\nparam x = 3\n"
    assert print_file(parse("")) == "mtl 1\n"


def test_a_statement_is_printed_without_its_surroundings() -> None:
    (model,) = parse("model m { repeat 2 { let x=y } gate(top( 2 ))  g = a,b by c }").items
    assert isinstance(model, t.Model)
    assert [print_stmt(statement) for statement in model.body] == [
        "repeat 2 {\n    let x = y\n}",
        "gate(top(2)) g = a, b by c",
    ]


def test_parentheses_are_added_where_a_tree_needs_them() -> None:
    span = trees.NOWHERE
    a, b, c = (t.Name(name, span=span) for name in "abc")
    total = t.Binary("+", a, b, span=span)
    assert print_expr(t.Binary("*", total, c, span=span)) == "(a + b) * c"
    assert print_expr(t.Binary("-", a, total, span=span)) == "a - (a + b)"
    assert print_expr(t.Unary("-", total, span=span)) == "-(a + b)"
    assert print_expr(t.Call(t.Flow(a, b, span=span), (), span=span)) == "(a -> b)()"


def test_a_key_is_quoted_where_it_is_no_plain_name() -> None:
    text = 'features { "marital status" : a "and" : b "weight" : c "age" : d loss : e }'
    keys = [line.split(" : ")[0].strip() for line in printed(text).splitlines()[2:-1]]
    assert keys == ['"marital status"', '"and"', "weight", "age", "loss"]
