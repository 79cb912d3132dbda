"""Files that are used under a prefix."""

import pytest

from tests.graph.programs import graph_of, members, one, program, said_of, widths
from tests.graph.test_effective import compiled

LIBRARY = """
mtl 1
param own = 2
param wide = own * 8
param act = relu
set part = {low, high}
component inner(x, width = 8) {
    layer y = x -> mlp(width)
    return y
}
component tower(x, width = 8, net = inner) {
    layer y = x -> inner(width: width) -> linear(width)
    return y
}
"""
FILES = {"lib.mtl": LIBRARY}


def text(statements: str, use: str = 'use "lib.mtl" as p', before: str = "") -> str:
    return f"{use}\n{program(statements, before=before)}"


def test_components_params_and_sets_have_the_prefix():
    graph = graph_of(
        text("layer e[i in p.part] = p.tower(age, width: p.wide)\nhead[task] = concat(e)"),
        files=FILES,
    )
    assert set(widths(graph, "y")) == {16}


def test_the_use_gives_params_as_they_are_meant_where_it_stands():
    use = 'use "lib.mtl" (own: deep) as p'
    graph = graph_of(
        text("layer e = age -> linear(p.wide)\nhead[task] = e", use, "param deep = 4\n"),
        files=FILES,
    )
    assert widths(graph, "e") == [32]


def test_a_file_may_have_two_prefixes_with_params_of_their_own():
    use = 'use "lib.mtl" as p\nuse "lib.mtl" (own: 3) as q\nuse "lib.mtl" (own: 4)'
    graph = graph_of(
        text("layer e = age -> mlp(p.own, q.own, own)\nhead[task] = e", use), files=FILES
    )
    assert [n.type.width for n in graph.nodes() if n.site.logical == "e"][::2] == [2, 3, 4]


def test_what_a_file_uses_itself_has_its_prefix_too():
    files = {**FILES, "outer.mtl": 'use "lib.mtl" (own: 5) use "lib.mtl" as deep param n = own + 1'}
    graph = graph_of(
        text(
            "layer e = age -> p.tower(width: p.n) -> p.deep.tower\nhead[task] = e",
            'use "outer.mtl" as p',
        ),
        files=files,
    )
    assert set(widths(graph, "y")) == {6, 8}


def test_a_param_behind_a_prefix_is_set_on_the_command_line():
    spec = text("layer e = age -> linear(p.wide)\nhead[task] = e")
    assert widths(graph_of(spec, files=FILES, overlays={"p.own": "7"}), "e") == [56]
    assert said_of(spec, files=FILES, overlays={"p.onw": "7"}) == ["MTL0210 7"]


def test_a_recipe_behind_a_prefix_is_poured_into():
    graph = graph_of(
        text("layer e = age -> net\nhead[task] = e", before="param net = p.tower(width: 3)\n"),
        files=FILES,
    )
    assert set(widths(graph, "y")) == {3}


@pytest.mark.parametrize(
    ("statement", "mark"),
    [
        ("layer e = age -> p.towr", "MTL0201 towr"),
        ("layer e = age -> q.tower", "MTL0416 q"),
        ("layer e = age -> p", "MTL0417 p"),
        ("let e = age.mean", "MTL0416 age"),
        ("layer e = p.own(age)", "MTL0303 p.own"),
        ("layer e = tower(age)", "MTL0201 tower"),
    ],
)
def test_a_name_with_a_dot_is_one_of_a_prefix(statement: str, mark: str):
    spec = text(f"{statement}\nhead[task] = age")
    assert [f for f in said_of(spec, files=FILES) if f.startswith("MTL")] == [mark]


@pytest.mark.parametrize(
    ("statement", "instead"),
    [
        ("layer e = age -> nn.Linear(8)", "`x -> linear`"),
        ("layer e = age\nlayer f = self.e", "write `e` alone"),
        ("layer e = age.mean", "`age -> mean`"),
        ("layer e = age.width", "`p`"),
    ],
)
def test_who_writes_the_dots_of_python_is_told_what_to_write(statement: str, instead: str):
    found = one("MTL0416", text(f"{statement}\nhead[task] = age"), files=FILES)
    assert instead in found.help()


@pytest.mark.parametrize(
    "held",
    [
        "model m { head[task] = age }",
        "features { age : numeric }",
        "tasks { click : binary }",
        "train { epochs : 3 }",
    ],
)
def test_a_file_behind_a_prefix_has_no_more_than_names(held: str):
    found = said_of(text("head[task] = age"), files={"lib.mtl": held})
    assert found == ["MTL0233 p"]


def test_a_prefix_is_a_name_of_the_file():
    spec = text("head[task] = age", before="param p = 3\n")
    assert [f.split()[0] for f in said_of(spec, files=FILES)] == ["MTL0202"]


def test_files_do_not_use_each_other_in_a_circle_behind_prefixes():
    files = {"lib.mtl": 'use "spec.mtl" as s\nparam own = 1'}
    found = [f.split()[0] for f in said_of(text("head[task] = age"), files=files)]
    assert "MTL0204" in found


def test_a_component_sees_the_components_behind_the_prefixes_of_its_file():
    outer = """
    use "lib.mtl" as l
    component outer(x) {
        layer y = l.tower(x, width: 4)
        return y
    }
    """
    graph = graph_of(
        text("layer e = p.outer(age)\nhead[task] = e", 'use "outer.mtl" as p'),
        files={**FILES, "outer.mtl": outer},
    )
    assert "e.y.y" in members(graph, "y")
    blind = outer.replace("width: 4", "width: l.own")
    spec = text("layer e = p.outer(age)\nhead[task] = e", 'use "outer.mtl" as p')
    found = said_of(spec, files={**FILES, "outer.mtl": blind})
    assert [f for f in found if f.startswith("MTL")] == ["MTL0201 own"]


def test_the_effective_spec_gives_them_names_of_one_file():
    use = 'use "lib.mtl" (own: deep) as p\nuse "lib.mtl" as q'
    body = "layer e[i in p.part] = age -> p.tower(width: p.wide) -> q.tower\nhead[task] = concat(e)"
    first = compiled(text(body, use, "param deep = 3\nparam p_own = 9\n"), files=FILES)
    again = compiled(first.spec_text)
    assert again.names == first.names
    assert again.spec_text == first.spec_text
    assert "param p_own_2 = deep" in first.spec_text
    assert "age -> p_tower(width: p_wide) -> q_tower" in first.spec_text
