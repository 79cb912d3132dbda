"""Several mistakes in one file are said in one run, and one mistake makes no others."""

import pytest

from tests.graph.programs import SCHEMA, program, run, said, said_of

SOUND = """
    expert e[3] = features -> mlp(3)
    gate g[task] = e by features
    stream h[task] = g[task]
    repeat 2 { layer h[task] <- h[task] -> linear(3) }
    head[task] = h[task]
"""

# --- all of them ---------------------------------------------------------------------------------


def test_mistakes_of_every_room_are_said_in_one_run():
    text = """
    features { age : numerical   job : category(dims: 4)   wage : numeric }
    tasks { click : binery   buy : binary(weight: 0)   cart : binary }
    param own = 3
    param own = 4
    model m {
        layer a = wage -> lineer(3)
        layer b = wage -> linear(0)
        layer c[own] = wage -> linear(2)
        layer d = c[4] -> linear(2)
        let   k = wage -> linear(2)
        head[nobody] = wage
        head[cart] = concat(a, b, d, k)
        repeat "3" { layer x = wage -> linear(2) }
    }
    train { epoch : 3 }
    """
    assert sorted(said_of(text, overlays={"nothing": "1"})) == [
        "MTL0201 lineer",
        "MTL0201 nobody",
        "MTL0202 own",
        "MTL0206 dims",
        "MTL0206 epoch",
        "MTL0207 0",
        "MTL0207 weight: 0",
        "MTL0208 binery",
        "MTL0208 numerical",
        "MTL0210 1",
        "MTL0211 c[4]",
        'MTL0403 "3"',
        "MTL0502 linear(2)",
    ]


def test_syntax_errors_and_others_are_said_in_one_run():
    text = """
    layer a = features -> linear(3
    layer b = age -> lineer(3)
    layer c == age -> linear(3)
    head[task] = concat(a, b, c)
    """
    assert sorted(found.split()[0] for found in said(text)) == ["MTL0110", "MTL0121", "MTL0201"]


def test_each_mistake_is_said_once_however_often_it_is_met():
    text = "stream h = features\nrepeat 5 { layer h <- lineer(h, 3) }\nhead[task] = h"
    assert said(text) == ["MTL0201 lineer"]
    assert said("layer h[task, 5] = age -> lineer(3)\nhead[task] = concat(h[task])") == [
        "MTL0201 lineer"
    ]


def test_an_unknown_op_is_said_whatever_flows_into_it():
    found = said("layer h = nowhere -> lineer(3)\nhead[task] = h")
    assert sorted(found) == ["MTL0201 lineer", "MTL0201 nowhere"]


def errors(found: list[str]) -> list[str]:
    return [f for f in found if f.startswith("MTL")]


# --- none more -----------------------------------------------------------------------------------


def test_the_sound_model_is_sound():
    assert said(SOUND) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("gate g", "gat g"),
        ("by features", ""),
        ("by features", "by"),
        ("<- h[task] ->", "<- h[task] >"),
        ("repeat 2 {", "repeat {"),
        ("head[task] =", "head[task]"),
        ("mlp(3)", "mlp(0)"),
        ("mlp(3)", "mlb(3)"),
        ("features -> mlp", "featurs -> mlp"),
        ("repeat 2", "repeat 2.5"),
        ("= g[task]", "= g[nobody]"),
        ("h[task] -> linear(3)", "h[clik] -> linear(3)"),
        ("by features", "by featurs"),
        ("head[task] = h[task]", "head[task] = h[nobody]"),
        ("mlp(3)", "mlp(3))"),
        ("mlp(3)", "mlp(3"),
        ("e[3] =", "e[3] =="),
        ("e[3] = features", "e[3] features"),
        ("e[3]", "e[nobody]"),
        ("= e by", "= f by"),
    ],
)
def test_one_mistake_in_a_sound_model_is_one_error(right: str, wrong: str):
    assert right in SOUND
    assert len(errors(said(SOUND.replace(right, wrong, 1)))) == 1


@pytest.mark.parametrize(("right", "wrong"), [("mlp(3)", "mlp(3))"), ("= e by", "= f by")])
def test_an_error_makes_no_note(right: str, wrong: str):
    assert len(said(SOUND.replace(right, wrong, 1))) == 1


@pytest.mark.parametrize("wrong", ["stream h[task] = g[task", "stream h[clik] = g[task]"])
def test_a_broken_stream_is_one_error(wrong: str):
    assert len(said(SOUND.replace("stream h[task] = g[task]", wrong))) == 1


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("age, wage : numeric", "age, wage : numerik"),
        ("age, wage : numeric", "age, wage numeric"),
        ("job : category(4)", "job : category(4"),
        ("job : category(4)", "job : category(0)"),
        ("cart  : binary(label: carted)", "cart  : binery(label: carted)"),
        ("cart  : binary(label: carted)", "cart  binary(label: carted)"),
    ],
)
def test_one_mistake_in_a_schema_is_one_error(right: str, wrong: str):
    assert right in SCHEMA
    found = said_of(program(SOUND, schema=SCHEMA.replace(right, wrong)))
    assert len(found) == 1, found


@pytest.mark.parametrize("block", ["features", "tasks"])
def test_a_misspelt_block_is_one_error(block: str):
    schema = SCHEMA.replace(f"{block} {{", f"{block[:-1]} {{")
    assert len(said_of(program(SOUND, schema=schema))) == 1


@pytest.mark.parametrize("name", ["age", "cart", "own"])
def test_what_a_broken_declaration_would_have_declared_is_no_unknown_name(name: str):
    text = (
        f"features {{ age numeric }}\ntasks {{ cart binary }}\nparam own == 3\nmodel m {{\n{name}"
    )
    use = {
        "age": "head[buy] = age -> linear(2)",
        "cart": "head[cart] = features",
        "own": "layer e[own] = features -> linear(2)\nhead[buy] = concat(e)",
    }[name]
    text = text.replace(f"model m {{\n{name}", f"tasks {{ buy : binary }}\nmodel m {{\n{use}\n}}")
    assert all(not found.startswith("MTL02") for found in said_of(text))


def test_half_a_file_is_no_traceback():
    text = program(SOUND)
    for stop in range(0, len(text), 7):
        assert run(text[:stop]).report.errors


def test_a_file_without_a_line_is_no_traceback():
    half = program(SOUND).splitlines()
    for line in range(len(half)):
        run("\n".join(half[:line] + half[line + 1 :]))


def test_nothing_is_unknown_where_nothing_is_wrong():
    """Every way of leaving one word out of a sound model is sound, or an error."""
    text = program(SOUND)
    words = text.split(" ")
    for place in range(len(words)):
        outcome = run(" ".join(words[:place] + words[place + 1 :]))
        if not outcome.report.errors:
            assert outcome.graph is not None
            assert outcome.graph.heads
