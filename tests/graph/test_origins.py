"""A mistake that a given value leads to tells who gave it."""

from tests.graph.programs import one, program

TOWER = (
    "param n = 3\nparam wide = n * 2\nmodel m {\nlayer h = age -> linear(wide)\nhead[task] = h\n}\n"
)


def told(text: str, code: str, **given) -> list[str]:
    return [mark.text for mark in one(code, text, **given).marks()]


def test_a_value_of_the_command_line_is_told():
    text = program("layer h = age -> linear(n)\nhead[task] = h", before="param n = 3\n")
    assert told(text, "MTL0207", overlays={"n": "0"})[-1] == "`n` comes from --set"


def test_a_value_that_a_use_gives_is_told_through_other_params():
    schema = program("").partition("model")[0]
    text = f'use "tower.mtl" (n: 0)\n{schema}'
    found = told(text, "MTL0207", files={"tower.mtl": TOWER})
    assert found[-1] == "`n` is given here"


def test_the_variable_of_a_repeat_comes_from_what_it_runs_over():
    text = program(
        "stream h = age\nrepeat w in ws { layer h <- h -> linear(w) }\nhead[task] = h",
        before="param ws = [4, 3]\n",
    )
    assert told(text, "MTL0207", overlays={"ws": "[4, 0]"})[-1] == "`ws` comes from --set"


def test_what_is_not_given_has_no_origin():
    text = program("layer h = age -> linear(n)\nhead[task] = h", before="param n = 0\n")
    assert len(told(text, "MTL0207")) == 1
