"""Statements whose classes would read alike share one, which says whose it is."""

import ast

import mtlspec

SCHEMA = "mtl 1\nfeatures { age : numeric }\ntasks { click, buy : binary }\n"


def docs(body: str) -> dict[str, str]:
    """The docstrings of the classes of a model."""
    source = mtlspec.compile(mtlspec.Text("s.mtl", f"{SCHEMA}model m {{\n{body}\n}}\n")).source
    classes = [item for item in ast.parse(source).body if isinstance(item, ast.ClassDef)]
    return {cls.name: ast.get_docstring(cls) or "" for cls in classes}


def test_a_class_names_every_statement_that_it_is_of():
    found = docs(
        "layer a = age -> linear(3)\nlayer b = age -> linear(3)\nlayer c[2] = b -> linear(3)\n"
        "head[task] = concat(a, c)"
    )
    assert found["A"] == (
        "layer a = age -> linear(3)\n\n(s.mtl:5)\nAlso layer b = age -> linear(3) (s.mtl:6)."
    )
    assert found["C"] == "layer c[2] = b -> linear(3)\n\n(s.mtl:7)\nMembers: 1-2."


def test_a_class_of_several_levels_names_them():
    levels = "repeat {} {{\nlayer h = a -> linear(2)\n}}\nhead[task] = concat(trace(h))"
    few = docs("layer a = age -> linear(3)\n" + levels.format(2))
    assert few["H1"] == "layer h = a -> linear(2)\n\n(s.mtl:7, iteration 1)\n(s.mtl:7, iteration 2)"
    many = docs("layer a = age -> linear(3)\n" + levels.format(9))
    assert many["H1"].splitlines()[-2:] == ["(s.mtl:7, iteration 3)", "6 more"]


def test_each_statement_is_named_once():
    found = docs(
        "layer a = age -> linear(2)\nrepeat 2 { layer b = age -> linear(2) }\n"
        "head[task] = concat(a, trace(b))"
    )
    assert found["A"].splitlines()[2:] == [
        "(s.mtl:5)",
        "Also layer b = age -> linear(2) (s.mtl:6, iteration 1).",
    ]
