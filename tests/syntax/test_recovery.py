"""All errors of a file in one run, none of them twice, and a tree of the rest."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mtlspec.diagnostics import Diagnostic
from mtlspec.source import SourceFile
from mtlspec.syntax import parse_file
from mtlspec.syntax import tree as t
from tests.syntax.specs import OWN, VALID, in_model, parameters, read


def parse(text: str) -> tuple[t.File, list[str]]:
    file, found = parse_file(SourceFile("a.mtl", text))
    return file, [said(error) for error in found]


def said(error: Diagnostic) -> str:
    assert error.primary is not None
    return f"{error.primary.span.line} {error.id}"


def body(file: t.File) -> tuple[t.Stmt, ...]:
    (model,) = (item for item in file.items if isinstance(item, t.Model))
    return model.body


def test_every_error_of_a_file_is_reported_in_one_run() -> None:
    file, found = parse(
        "mtl 1\n"
        "use 'a.mtl'\n"
        "param own 3\n"
        "features {\n"
        "    age numeric\n"
        "    sex : category\n"
        "}\n"
        "model m {\n"
        "    layer a = f(b\n"
        "    expret c = d\n"
        "    let e = f\n"
        "    repeat 3 {\n"
        "        gate g = h\n"
        "    }\n"
        "}\n"
        "train { epochs = 3 }\n"
    )
    assert found == [
        "2 MTL0104",
        "3 MTL0121",
        "5 MTL0127",
        "9 MTL0110",
        "10 MTL0117",
        "13 MTL0126",
        "16 MTL0127",
    ]
    kinds = [type(statement).__name__ for statement in body(file)]
    assert kinds == ["Broken", "Expert", "Let", "Repeat"]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("expret mine[task] = x", "expert mine[task] = x"),
        ("h = x -> f", "layer h = x -> f"),
        ("self.h = x -> f", "layer h = x -> f"),
        ("stream s <- x", "stream s = x"),
        ("let a b", "let a = b"),
        ("head click = x", "head[click] = x"),
        ("head(click) = x", "head[click] = x"),
        ("layer[task] h = x", "layer h[task] = x"),
        ("layer h : f32[8] = x", "layer h = x"),
        ("let a = f(b, act=c, d = 3)", "let a = f(b, act: c, d: 3)"),
        ("gate g = e[1:3], *f by s", "gate g = e[1..3], f by s"),
        ("let a = e[:], e[1:]", "let a = e[*], e[1..]"),
        ("let a = b => c - > d |> e", "let a = b -> c -> d -> e"),
        ("layer a = b, c,", "layer a = b, c"),
        ("let a = f({64, 32})", "let a = f([64, 32])"),
    ],
)
def test_what_is_surely_meant_is_read_so(wrong: str, meant: str) -> None:
    file, found = parse(in_model(wrong))
    right, nothing = parse(in_model(meant))
    assert found
    assert nothing == []
    assert body(file) == body(right)


def test_where_mending_leads_nowhere_the_first_mistake_alone_is_said() -> None:
    file, found = parse(in_model("h = f(act=b c d)"))
    assert found == ["2 MTL0117"]
    assert isinstance(body(file)[0], t.Broken)


def test_errors_come_in_the_order_of_the_file() -> None:
    _, found = parse(in_model("let a = \n let b = 'x'\n let c d\n let e = .5"))
    assert [int(line.split()[0]) for line in found] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "keyword", "names"),
    [
        ("layer a[task], b = x y", "layer", ["a", "b"]),
        ("gate(top(2)) g[task] = x", "gate", ["g"]),
        ("weight w = zeros", "weight", ["w"]),
        ("expret mine[task, own] = x y", "", ["mine"]),
        ("stream s <- x y", "stream", ["s"]),
        ("head[task] = ", "head", []),
        ("let x", "let", ["x"]),
    ],
)
def test_a_broken_statement_keeps_the_names_that_it_would_declare(
    text: str, keyword: str, names: list[str]
) -> None:
    file, _ = parse(in_model(text))
    (broken,) = body(file)
    assert isinstance(broken, t.Broken)
    assert broken.keyword == keyword
    assert [name.name for name in broken.names] == names
    assert [name.span.text for name in broken.names] == names


def test_a_broken_field_keeps_its_keys() -> None:
    file, _ = parse("tasks {\n a, b -> binary x\n c : binary\n}")
    (tasks,) = file.items
    assert isinstance(tasks, t.Tasks)
    broken, field = tasks.fields
    assert isinstance(broken, t.Broken)
    assert [name.name for name in broken.names] == ["a", "b"]
    assert isinstance(field, t.Field)


def test_a_broken_heading_keeps_its_name_and_those_of_its_body() -> None:
    file, found = parse("model m n {\n let a = b c\n}\nparam x = 3")
    broken, param = file.items
    assert isinstance(broken, t.Broken)
    assert [name.name for name in broken.names] == ["m", "n", "a"]
    assert isinstance(param, t.Param)
    assert [line.split()[0] for line in found] == ["1", "2"]


def test_an_unclosed_block_is_found_by_its_indentation() -> None:
    file, found = parse(
        "model m {\n    repeat 3 {\n        let a = b\n    head[task] = c\n}\nparam x = 1\n"
    )
    assert found == ["2 MTL0113"]
    repeat, head = body(file)
    assert isinstance(repeat, t.Repeat)
    assert len(repeat.body) == 1
    assert isinstance(head, t.Head)
    assert isinstance(file.items[-1], t.Param)


def test_a_declaration_closes_a_block_whatever_the_indentation() -> None:
    file, found = parse("model a {\nlet x = y\nmodel b {\nlet x = y\n}\n")
    assert found == ["1 MTL0113"]
    assert [type(item) for item in file.items] == [t.Model, t.Model]


def test_a_stray_brace_costs_nothing_but_itself() -> None:
    file, found = parse(
        "model m {\n    repeat 3 {\n        let a = b\n    }\n    }\n    head[task] = c\n}\n"
    )
    assert found == ["5 MTL0114"]
    assert [type(statement) for statement in body(file)] == [t.Repeat, t.Head]


def test_a_missing_opening_brace_costs_nothing_but_itself() -> None:
    file, found = parse("model m\n    let a = b\n}\nparam x = 1\n")
    assert found == ["1 MTL0115"]
    assert isinstance(file.items[-1], t.Param)


def test_braces_are_trusted_where_they_pair() -> None:
    _, found = parse("model m {\nrepeat 2 {\nlet a = b\n}\nlet c d\nhead[task] = c\n}\n")
    assert found == ["5 MTL0121"]


def test_a_lost_character_explains_the_rest_of_its_statement() -> None:
    assert parse(in_model("let a = @\nlet b = c d"))[1] == ["2 MTL0102", "3 MTL0124"]


def test_an_open_text_ends_with_its_line() -> None:
    assert parse('use "a.mtl\nparam x = f("b)\nparam y = 3')[1] == ["1 MTL0103", "2 MTL0103"]


@pytest.mark.parametrize("path", parameters(OWN, VALID))
def test_the_statements_around_an_error_are_read(path: Path) -> None:
    source = read(path)
    file, _ = parse_file(source)
    broken, found = parse_file(SourceFile("a.mtl", f"{source.text}\nparam = 3\n"))
    assert len(found) == 1
    assert broken.items[:-1] == file.items


def test_more_than_a_hundred_errors_are_counted_not_shown() -> None:
    _, found = parse(in_model("let x y\n" * 150))
    assert len(found) == 101
    assert found[-1] == "102 MTL0135"


HOSTILE = {
    "brackets": lambda n: in_model(f"let x = {'(' * n}a{')' * n}"),
    "open brackets": lambda n: in_model(f"let x = {'([{' * n}"),
    "closing brackets": lambda n: in_model(f"let x = {')]}' * n}"),
    "calls": lambda n: in_model(f"let x = {'f(' * n}a{')' * n}"),
    "a sum": lambda n: in_model(f"let x = {'a + ' * n}a"),
    "a flow": lambda n: in_model(f"let x = {'a -> ' * n}a"),
    "signs": lambda n: in_model(f"let x = {'- ' * n}a"),
    "nots": lambda n: in_model(f"let x = {'not ' * n}a"),
    "picks": lambda n: in_model(f"let x = a{'[1]' * n}"),
    "dots": lambda n: in_model(f"let x = a{'.b' * n}"),
    "sets": lambda n: f"set x = {'{a: ' * n}{{b}}{'}' * n}",
    "blocks": lambda n: in_model(f"{'repeat 2 {' * n}let x = y{'}' * n}"),
    "open blocks": lambda n: "model m {\n" * n,
    "braces": lambda n: "{" * n,
    "closing braces": lambda n: "}\n" * n,
    "strangers": lambda n: "@ " * n,
    "quotes": lambda n: "'" * n,
    "control characters": lambda n: "\x00\x1b" * n,
    "keys": lambda n: f"train {{ {'a, ' * n} }}",
    "colons": lambda n: f"train {{ {'a: ' * n} }}",
    "statement words": lambda n: "layer\n" * n,
    "names": lambda n: "name\n" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused_and_nothing_worse(name: str) -> None:
    file, found = parse_file(SourceFile("a.mtl", HOSTILE[name](3000)))
    assert found
    assert isinstance(file, t.File)


@pytest.mark.parametrize("name", ["brackets", "calls", "a sum", "signs", "picks", "blocks"])
def test_ninety_levels_are_fine(name: str) -> None:
    assert parse_file(SourceFile("a.mtl", HOSTILE[name](90)))[1] == ()


@pytest.mark.parametrize("name", ["brackets", "calls", "a sum", "signs", "picks", "blocks"])
def test_a_hundred_and_one_are_too_deep(name: str) -> None:
    _, found = parse_file(SourceFile("a.mtl", HOSTILE[name](101)))
    assert {error.id for error in found} == {"MTL0116"}


def test_a_number_of_ninety_thousand_digits_is_too_large() -> None:
    assert parse(in_model(f"let x = {'9' * 90_000}"))[1] == ["2 MTL0107"]
    assert parse(in_model(f"let x = {'9' * 90_000}.5"))[1] == ["2 MTL0107"]


def test_a_line_of_a_megabyte_is_refused_at_once() -> None:
    assert parse(in_model(f'let x = "{"a" * 1_000_000}"'))[1] == ["2 MTL0152"]
    assert parse(in_model(f"let x = {'a + ' * 250_000}a"))[1] == ["2 MTL0152"]
    assert parse(f"# {'a' * 1_000_000}\nparam x = 1")[1] == ["1 MTL0152"]
    assert parse(f"# {'a' * 90_000}\nparam x = 1")[1] == []


def test_half_a_file_is_refused_and_nothing_worse() -> None:
    text = (VALID[0].parent / "every_statement.mtl").read_text(encoding="utf-8")
    for stop in range(0, len(text), 31):
        parse_file(SourceFile("a.mtl", text[:stop]))


def test_shuffled_tokens_are_refused_and_nothing_worse() -> None:
    words = (VALID[0].parent / "every_statement.mtl").read_text(encoding="utf-8").split()
    rng = random.Random(7)
    for _ in range(60):
        sample = " ".join(rng.choices([*words, "{", "}", "\n", "(", ")", "'", "@"], k=80))
        parse_file(SourceFile("a.mtl", sample))
