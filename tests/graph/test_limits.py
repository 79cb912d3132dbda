"""What would not end, or not soon, is stopped by a diagnostic."""

import pytest

from tests.graph.programs import program, said, said_of

CHAIN = 4000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("repeat 1_000_000_000 { layer h = age -> linear(2) }\nhead[task] = age", "MTL0403"),
        (
            "repeat i in 1..1_000_000_000 { layer h = age -> linear(i) }\nhead[task] = age",
            "MTL0403",
        ),
        ("layer h[1_000_000_000] = age -> linear(2)\nhead[task] = age", "MTL0218"),
        ("layer h[1000, 1000, 1000] = age -> linear(2)\nhead[task] = age", "MTL0218"),
        ("set s = 1..1_000_000_000\nhead[task] = age", "MTL0218"),
        (f"let x = {'(' * 10_000}age{')' * 10_000}\nhead[task] = age", "MTL0116"),
        (f"let x = {'[' * 10_000}1{']' * 10_000}\nhead[task] = age", "MTL0116"),
        (f"layer x = age{' -> linear(2)' * 5_000}\nhead[task] = age", "MTL0116"),
        ("layer h = age -> dropout(1e999)\nhead[task] = age", "MTL0107"),
    ],
)
def test_what_is_too_large_is_one_error(text: str, code: str):
    assert [found.split()[0] for found in said(text)] == [code]


def test_lists_that_double_are_stopped():
    params = [f"param p{i} = [p{i - 1}, p{i - 1}]" for i in range(1, 60)]
    lists = "\n".join(["param p0 = [1, 1]", *params])
    text = program("layer h = age -> mlp(p59)\nhead[task] = h") + lists
    assert [found.split()[0] for found in said_of(text)] == ["MTL0250"]


def test_a_long_chain_in_its_order_is_fine():
    chain = "\n".join(f"layer h{i} = h{i - 1} -> linear(2)" for i in range(1, 500))
    assert said(f"layer h0 = age -> linear(2)\n{chain}\nhead[task] = h499") == []


def test_thousands_of_definitions_against_their_order_are_an_error():
    chain = "\n".join(f"layer h{i} = h{i - 1} -> linear(2)" for i in range(CHAIN, 0, -1))
    found = said(f"head[task] = h{CHAIN}\n{chain}\nlayer h0 = age -> linear(2)")
    assert [code.split()[0] for code in found] == ["MTL0251"]


@pytest.mark.parametrize("name", ["a\x00.mtl", "a\ud800.mtl"])
def test_a_path_that_no_file_can_have_is_not_found(name: str):
    text = f'use "{name}"\n' + program("head[task] = features")
    assert [found.split()[0] for found in said_of(text)] == ["MTL0205"]
