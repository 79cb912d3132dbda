"""Components: what they are given, what they give back, and what they are called inside."""

import pytest

from mtlspec.files import read_text
from tests.graph.programs import (
    build,
    graph_of,
    members,
    one,
    program,
    reads,
    said,
    said_of,
    types,
    widths,
)

TOWER = """
component tower(x, width = 8) {
    layer a = x -> mlp(width)
    layer y = a -> linear(width)
    return y
}
"""
PAIR = """
component pair(x) {
    layer a = x -> linear(4)
    layer b = x -> linear(2)
    return a, b
}
"""
CGC = """
component cgc(h[k], s, own = 3, common = 2, net = mlp(64)) {
    expert mine[k, own] = h[k] -> net
    expert ours[common] = s -> net
    gate mixed[k] = mine[k], ours by h[k]
    gate shared = mine, ours by s
    return mixed, shared
}
"""


def errors(statements: str, before: str) -> list[str]:
    return [f for f in said(statements, before=before) if f.startswith("MTL")]


def test_a_call_is_written_out_under_the_name_of_its_statement():
    graph = build("layer h = tower(features)\nhead[task] = h", before=TOWER)
    assert types(graph, "a") == {"h.a": "f32[8]"}
    assert reads(graph, "h.y") == ["h.a"]
    assert reads(graph, "head[buy]") == ["h.y"]


def test_an_option_replaces_its_default_by_name_or_by_place():
    text = "layer h = tower(age, width: 3)\nlayer i = age -> tower(5)\nhead[task] = concat(h, i)"
    assert widths(build(text, before=TOWER), "y") == [3, 5]


def test_a_call_for_each_member_is_an_instance_for_each():
    graph = build("layer z[task] = tower(features)\nhead[task] = z[task]", before=TOWER)
    assert members(graph, "a") == ["z[click].a", "z[cart].a", "z[buy].a"]
    assert reads(graph, "z[buy].y") == ["z[buy].a"]


def test_instances_are_one_statement():
    graph = build("layer z[task] = tower(features)\nhead[task] = z[task]", before=TOWER)
    found = {n.site.statement for n in graph.nodes() if n.site.statement.name == "a"}
    assert len(found) == 1


def test_further_calls_of_a_statement_are_numbered_with_its_ops():
    text = "layer h = age -> linear(4) -> tower -> linear(3) -> tower -> linear(2)\nhead[task] = h"
    graph = build(text, before=TOWER)
    assert members(graph, "a") == ["h.a", "h.2.a"]
    owned = [n.role.inner for n in graph.nodes() if n.site.logical == "h" and n.parameters]
    assert owned == ["0", "1", "3"]


def test_results_go_to_names_by_place():
    text = "layer u, v = pair(features)\nhead[task] = concat(u, v, u)"
    graph = build(text, before=PAIR)
    assert reads(graph, "head[click]") == ["u.a", "u.b", "u.a"]


def test_several_names_with_an_index_take_the_results_of_a_call_for_each_member():
    text = "layer u[task], v[task] = pair(features)\nhead[task] = concat(u[task], v[task])"
    graph = build(text, before=PAIR)
    assert reads(graph, "head[cart]") == ["u[cart].a", "u[cart].b"]


PLE = """
stream h[task] = features
stream s = features
repeat width in [[16, 8], [4]] {
    layer h, s <- cgc(h, s, own: 2, net: mlp(width))
}
head[task] = h[task]
"""


def test_families_go_in_and_come_out_whole():
    graph = build(PLE, before=CGC)
    assert members(graph, "mixed") == [
        f"h@{level}.mixed[{task}]" for level in (1, 2) for task in ("click", "cart", "buy")
    ]
    assert reads(graph, "h@2.mine[cart, 2]") == ["h@1.mixed[cart]"]
    assert set(reads(graph, "h@2.ours[1]")) == {"h@1.shared"}
    assert widths(graph, "mixed") == [8, 8, 8, 4, 4, 4]


def test_what_a_component_does_not_return_of_use_is_a_note_at_its_place():
    found = one("dead-statement", program(PLE, before=CGC))
    assert found.primary is not None
    assert found.primary.span.text == "gate shared = mine, ours by s"
    assert [mark.text for mark in found.marks()][1:] == [
        "in this expansion of `cgc`, called here in iteration 2"
    ]


def test_a_call_none_of_which_is_built_is_one_note():
    text = "layer h = tower(features)\nlayer z = tower(features)\nhead[task] = h"
    assert said(text, before=TOWER) == ["dead-statement layer z = tower(features)"]


def test_a_stream_may_begin_with_a_family_that_a_component_returns():
    before = "component same(x[k]) {\nlet y[k] = relu(x[k])\nreturn y\n}\n"
    text = """
    layer x[task] = age -> linear(4)
    stream h = same(x)
    repeat 2 {
        let h <- same(h)
    }
    head[task] = h[task]
    """
    assert members(build(text, before=before), "y")[-1] == "h@2.y[buy]"


def test_an_index_is_the_set_that_the_family_runs_over():
    before = "component pick(x[k]) {\nlet y[i in k[2..]] = concat(x[i], x[i - 1])\nreturn y\n}\n"
    text = "layer x[task] = age -> linear(4)\nlet y = pick(x)\nhead[buy] = y[buy]"
    assert reads(build(text, before=before), "y.y[cart]") == ["x[cart]", "x[click]"]


def test_a_picked_place_of_an_index_is_dropped():
    before = "component all(x[k]) {\nlet y = concat(x[1], x)\nreturn y\n}\n"
    text = "expert e[task, 2] = age -> linear(4)\ngate g = e by age\nlet y[task] = all(e[task])\n"
    graph = build(f"{text}head[task] = concat(g, y[task])", before=before)
    assert reads(graph, "y[buy].y") == ["e[buy, 1]", "e[buy, 1]", "e[buy, 2]"]


def test_none_for_a_value_is_left_out_of_lists():
    before = "component join(x, y) {\nlet z = concat(x, y)\nreturn z\n}\n"
    graph = build("let a = join(age, none)\nhead[task] = a", before=before)
    assert reads(graph, "a.z") == ["age"]


def test_a_component_is_a_recipe_without_its_values():
    before = f"{TOWER}param net = tower(width: 3) -> linear(2)\n"
    text = "layer h = age -> net\nlayer i = pipe(age, net: tower)\nhead[task] = concat(h, i)"
    pipe = "component pipe(x, net = relu) {\nlayer y = x -> net\nreturn y\n}\n"
    graph = build(text, before=before + pipe)
    assert widths(graph, "y") == [3, 8]
    assert members(graph, "a") == ["h.a", "i.y.a"]


def test_an_option_holds_a_recipe_of_the_place_where_it_is_written():
    before = "component pipe(x, net = relu) {\nlayer y = x -> net\nreturn y\n}\n"
    text = (
        "stream h = age\nrepeat w in [3, 5] { layer h <- pipe(h, net: linear(w)) }\nhead[task] = h"
    )
    assert widths(build(text, before=before), "y") == [3, 5]


def test_repeats_streams_losses_and_traces_work_inside():
    before = """
    component deep(x, levels = 2) {
        stream h = x
        repeat levels { layer h <- h -> mlp(4) }
        loss apart = orthogonal(weights(h), weights(h))
        stitch y = trace(h)
        return y
    }
    """
    graph = build("layer z[task] = deep(age, 3)\nhead[task] = z[task]", before=before)
    assert members(graph, "h")[:3] == ["z[click].h@1", "z[click].h@2", "z[click].h@3"]
    assert members(graph, "apart") == ["z[click].apart", "z[cart].apart", "z[buy].apart"]
    assert reads(graph, "z[cart].y") == ["z[cart].h@1", "z[cart].h@2", "z[cart].h@3"]


def test_own_candidates_are_those_of_the_member_inside():
    before = """
    component mix(e[k, n]) {
        stitch y[k] = e
        return y
    }
    """
    text = "layer e[2, 2] = age -> linear(3)\nlayer z[task] = joined(e)\nhead[task] = z[task]"
    joined = "component joined(e[k, n]) {\nlayer m = mix(e)\nlet y = concat(m)\nreturn y\n}\n"
    graph = build(text, before=before + joined)
    scores = next(n for n in graph.nodes() if n.site.logical == "z[cart].m.y[2]")
    assert scores.parameters[0].initial.options.numbers == ((0.05,), (0.05,), (0.45,), (0.45,))


def test_what_return_computes_is_called_return():
    before = "component join(x, y) {\nreturn concat(x, y) -> linear(3), x\n}\n"
    graph = build("layer a, b = join(age, wage)\nhead[task] = concat(a, b)", before=before)
    assert members(graph, "return.1") == ["a.return.1"]


def test_a_call_may_stand_in_a_head():
    graph = build("head[task] = features -> tower -> linear(4)", before=TOWER)
    assert members(graph, "y") == ["head[click].y", "head[cart].y", "head[buy].y"]


@pytest.mark.parametrize("word", ["let h", "stream h", "loss h"])
def test_what_owns_weights_is_called_in_a_layer(word: str):
    call = "features -> tower(1)"
    assert errors(f"{word} = {call}\nhead[task] = age", TOWER) == ["MTL0410 tower(1)"]


def test_what_owns_nothing_may_stand_anywhere():
    before = "component twice(x) {\nlet y = x * 2\nreturn y\n}\n"
    text = "layer e[2] = age -> linear(4)\ngate g = e by twice(age)\nhead[task] = g"
    assert errors(text, before) == []


def test_a_component_sees_other_components_and_nothing_else_of_the_file():
    outer = "component outer(x) {\nlayer y = tower(x)\nreturn y\n}\n"
    graph = build("layer h = outer(age)\nhead[task] = h", before=TOWER + outer)
    assert members(graph, "a") == ["h.y.a"]
    for name in ("own", "task", "features", "wage", "z"):
        bad = f"param own = 3\ncomponent bad(x) {{\nlayer y = concat(x, {name})\nreturn y\n}}\n"
        text = "layer z = age -> linear(2)\nlayer h = bad(age)\nhead[task] = concat(h, z)"
        (found,) = errors(text, bad)
        assert found.split()[0] in ("MTL0232", "MTL0201"), name


def test_names_inside_are_not_seen_outside():
    assert errors("layer h = tower(age)\nhead[task] = a", TOWER) == ["MTL0201 a"]


def test_the_names_of_two_calls_do_not_meet():
    text = "layer a = tower(age)\nlayer y = tower(a)\nhead[task] = y"
    assert members(build(text, before=TOWER), "a") == ["a.a", "y.a"]


def test_a_mistake_in_a_component_is_told_once_with_the_call_that_led_there():
    before = "component bad(x) {\nlet y = x -> linearr(3)\nreturn y\n}\n"
    text = program("let a = bad(age)\nlet b = bad(wage)\nhead[task] = concat(a, b)", before=before)
    errors_only = [found for found in said_of(text) if found.startswith("MTL")]
    assert len(errors_only) == 1


def test_a_component_of_another_file_tells_of_the_call_in_this_one():
    inner = "component bad(x) {\nlayer y = sum(x, x -> linear(3))\nreturn y\n}\n"
    text = 'use "inner.mtl"\n' + program("layer h = bad(features)\nhead[task] = h")
    found = one("MTL0302", text, files={"inner.mtl": inner})
    assert [mark.span.file.path for mark in found.marks()][-2:] == ["inner.mtl", "spec.mtl"]
    assert found.marks()[-1].text == "in this expansion of `bad`, called here"


def test_a_component_that_is_not_called_makes_nothing():
    graph = build("head[task] = features", before=TOWER)
    assert members(graph, "a") == []


def test_several_names_take_several_values_by_place():
    graph = build(
        "let a, b = age, concat(wage, job)\nlayer c[task], d = a -> linear(3), b -> "
        "linear(2)\nhead[task] = concat(c[task], d)"
    )
    assert widths(graph, "c") == [3, 3, 3]
    assert widths(graph, "d") == [2]


def test_several_names_move_several_streams():
    text = """
    stream a = age
    stream b = wage
    repeat 2 { layer a, b <- b -> linear(3), a -> linear(5) }
    head[task] = concat(a, b)
    """
    graph = build(text)
    assert types(graph, "a") == {"a@1": "f32[3]", "a@2": "f32[3]"}
    assert reads(graph, "a@2") == ["b@1"]


def test_a_library_component_may_be_used_by_name():
    text = f'use "mtl:std/cgc.mtl"\n{program(PLE)}'
    graph = graph_of(text, files={"mtl:std/cgc.mtl": read_text("mtl:std/cgc.mtl")})
    assert len(members(graph, "mine")) == 12


def test_several_values_run_through_one_call_of_a_block():
    text = """
    block both = pair
    let a, b = age -> both
    let c, d = both(wage)
    block each[task] = pair
    let e[task], f[task] = age -> each[task]
    head[task] = concat(a, b, c, d, e[task], f[task])
    """
    graph = build(text, before=PAIR)
    assert graph.parameter_count() == (3 * 4 + 3 * 2) * 4 + 3 * (18 + 1)


@pytest.mark.parametrize("last", ["net", "net(age)", "age -> net"])
def test_what_a_param_holds_returns_its_results(last: str):
    text = f"layer a, b = {last}\nhead[task] = concat(a, b)"
    found = errors(text, f"{PAIR}\nparam net = pair()")
    assert found == ([] if "age" in last else ["MTL0301 net"])
