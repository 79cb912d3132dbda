"""Indices on the right: an element picks, a set keeps."""

import pytest

from tests.graph.programs import build, reads, said

FAMILIES = """
layer h[task]    = features -> linear(2)
layer e[4]       = features -> linear(2)
layer m[task, 3] = features -> linear(2)
layer s[side]    = features -> linear(2)
layer o[odd]     = features -> linear(2)
"""
SETS = """
set side = {left, right}
set odd  = {5, 1, 3}
set later = task[2..]
param two = 2
"""


def kept(expression: str, head: str = "cart") -> list[str]:
    """What the head of one task reads when its value is `concat(expression)`."""
    others = "\n".join(f"head[{t}] = features" for t in ("click", "cart", "buy") if t != head)
    graph = build(
        f"{FAMILIES}\n{others}\nhead[t in {{{head}}}] = concat({expression})", before=SETS
    )
    return reads(graph, f"head[{head}]")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # elements
        ("h[cart]", ["h[cart]"]),
        ("h[t]", ["h[cart]"]),
        ("h[task[3]]", ["h[buy]"]),
        ("h[t - 1]", ["h[click]"]),
        ("h[t + 1]", ["h[buy]"]),
        ("e[2]", ["e[2]"]),
        ("e[two]", ["e[2]"]),
        ("e[two + 1]", ["e[3]"]),
        ("s[left]", ["s[left]"]),
        ('s["right"]', ["s[right]"]),
        ("o[5]", ["o[5]"]),
        ("m[t, 2]", ["m[cart, 2]"]),
        # sets
        ("h", ["h[click]", "h[cart]", "h[buy]"]),
        ("h[*]", ["h[click]", "h[cart]", "h[buy]"]),
        ("h[task]", ["h[click]", "h[cart]", "h[buy]"]),
        ("h[later]", ["h[cart]", "h[buy]"]),
        ("h[task[2..]]", ["h[cart]", "h[buy]"]),
        ("m[t]", ["m[cart, 1]", "m[cart, 2]", "m[cart, 3]"]),
        ("m[*, 2]", ["m[click, 2]", "m[cart, 2]", "m[buy, 2]"]),
        ("m[later, 1]", ["m[cart, 1]", "m[buy, 1]"]),
        # slices
        ("e[2..]", ["e[2]", "e[3]", "e[4]"]),
        ("e[..2]", ["e[1]", "e[2]"]),
        ("e[2..3]", ["e[2]", "e[3]"]),
        ("e[two..3]", ["e[2]", "e[3]"]),
        ("e[5..], age", ["age"]),
        ("h[..t]", ["h[click]", "h[cart]"]),
        ("h[..t - 1]", ["h[click]"]),
        ("h[t + 1..]", ["h[buy]"]),
        ("h[cart..]", ["h[cart]", "h[buy]"]),
        ("m[t, 2..]", ["m[cart, 2]", "m[cart, 3]"]),
        ("s[..1]", ["s[left]"]),
        # all but
        ("h[!t]", ["h[click]", "h[buy]"]),
        ("h[!cart]", ["h[click]", "h[buy]"]),
        ("h[!later]", ["h[click]"]),
        ("e[!2]", ["e[1]", "e[3]", "e[4]"]),
        ("m[!t, 3]", ["m[click, 3]", "m[buy, 3]"]),
        ("m[t, !2]", ["m[cart, 1]", "m[cart, 3]"]),
        ("s[!left]", ["s[right]"]),
        # order is that of the set
        ("o", ["o[5]", "o[1]", "o[3]"]),
        ("o[!1]", ["o[5]", "o[3]"]),
    ],
)
def test_an_index_keeps(expression: str, expected: list[str]):
    assert kept(expression) == expected


def test_a_slice_that_ends_before_the_first_member_is_empty():
    assert kept("h[t], h[..t - 1]", head="click") == ["h[click]"]
    assert kept("h[t], h[t + 1..]", head="buy") == ["h[buy]"]


def test_neighbours_are_those_of_the_whole_set_not_of_the_part_that_is_bound():
    graph = build(
        """
        layer h[task] = features -> linear(2)
        layer k[t in task[2..]] = h[t - 1] -> linear(2)
        head[click] = features
        head[later] = k[later]
        """,
        before="set later = task[2..]",
    )
    assert reads(graph, "k[cart]") == ["h[click]"]


def test_numbers_that_a_range_binds_are_numbers():
    graph = build(
        """
        layer e[3] = features -> linear(2)
        layer f[i in 2..3] = e[i - 1] -> linear(2)
        head[task] = concat(f)
        """
    )
    assert reads(graph, "f[2]") == ["e[1]"]


def test_a_task_can_be_named_where_another_is_bound():
    assert kept("h[t], h[click]") == ["h[cart]", "h[click]"]
    graph = build("layer h[task] = features -> linear(2)\nhead[task] = concat(h[task], h[click])")
    assert reads(graph, "head[buy]") == ["h[buy]", "h[click]"]


def test_a_slice_may_end_at_a_name_of_the_set():
    assert kept("s[left..]") == ["s[left]", "s[right]"]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("task[2]", ["h[cart]"]),
        ("task[2..]", ["h[cart]", "h[buy]"]),
        ("task[..2]", ["h[click]", "h[cart]"]),
        ("task[!t]", ["h[click]", "h[buy]"]),
        ("task[!cart]", ["h[click]", "h[buy]"]),
    ],
)
def test_a_set_is_cut_by_places(part: str, expected: list[str]):
    assert kept(f"h[{part}]") == expected


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("task[..cart]", ["h[click]", "h[cart]"]),
        ("task[cart..]", ["h[cart]", "h[buy]"]),
        ("task[..t]", ["h[click]", "h[cart]"]),
        ("task[t + 1..]", ["h[buy]"]),
        ("task[!1]", ["h[cart]", "h[buy]"]),
    ],
)
def test_a_set_is_cut_by_elements(part: str, expected: list[str]):
    assert kept(f"h[{part}]") == expected


def test_a_set_of_a_set_is_found_through_its_name():
    graph = build(
        "layer h[some] = features -> linear(2)\nhead[task] = concat(h)",
        before="set some = later[!buy]\nset later = task[2..]",
    )
    assert reads(graph, "head[click]") == ["h[cart]"]


def test_a_list_is_indexed_by_a_number_or_by_a_member_s_place():
    graph = build(
        """
        layer h[task] = features -> linear(widths[task])
        layer k       = features -> linear(widths[2])
        layer l[t in task] = features -> linear(grid[t][2])
        layer m[t in task] = features -> linear(grid[t, 1])
        head[task] = concat(h, k, l, m)
        """,
        before="param widths = [3, 4, 5]\nparam grid = [[1, 2], [3, 4], [5, 6]]",
    )
    widths = [graph.nx.nodes[f"{name}:0"]["node"].type.width for name in reads(graph, "head[buy]")]
    assert widths == [3, 4, 5, 4, 2, 4, 6, 1, 3, 5]


@pytest.mark.parametrize(
    ("expression", "marks"),
    [
        ("h[clik]", ["MTL0201 clik"]),
        ("e[5]", ["MTL0211 e[5]"]),
        ("e[0]", ["MTL0211 e[0]"]),
        ("h[t - 2]", ["MTL0211 t - 2"]),
        ("h[t + 2]", ["MTL0211 t + 2"]),
        ("h[2]", ["MTL0211 h[2]"]),
        ("m[t, 4]", ["MTL0211 m[t, 4]"]),
        ("s[middle]", ["MTL0201 middle"]),
        ("e[1, 1]", ["MTL0213 e[1, 1]"]),
        ("age[1]", ["MTL0217 age[1]"]),
        ("e[0.5]", ["MTL0217 0.5"]),
        ("e[yes]", ["MTL0217 yes"]),
        ("nothing[1]", ["MTL0201 nothing"]),
        ("h[task[4]]", ["MTL0211 task[4]"]),
        ("h[task[1, 2]]", ["MTL0213 task[1, 2]"]),
    ],
)
def test_what_cannot_be_picked_is_marked_and_nothing_else_is_said(
    expression: str, marks: list[str]
):
    statements = f"{FAMILIES}\nhead[t in {{cart}}] = concat(features, {expression})"
    found = said(statements, before=SETS)
    assert [f for f in found if f.startswith("MTL")] == marks


def test_a_list_has_only_so_many_places():
    found = said("layer h = features -> linear(w[3])\nhead[task] = h", before="param w = [1, 2]")
    assert found == ["MTL0211 w[3]"]


def test_a_param_that_picks_one_member_where_all_may_be_meant_gets_a_note():
    text = "layer e[own] = features -> linear(2)\nhead[task] = e[own]"
    assert said(text, before="param own = 2") == ["number-picks-one own"]


@pytest.mark.parametrize(
    ("expression", "mark"),
    [("e", "e"), ("linear(e, 3)", "e"), ("e -> relu", "e"), ("relu(e)", "e"), ("2 * e", "e")],
)
def test_where_one_value_is_needed_a_family_is_an_error(expression: str, mark: str):
    text = f"layer e[2] = features -> linear(2)\nlayer h = {expression}\nhead[task] = h"
    assert said(text) == [f"MTL0306 {mark}"]


def test_an_op_without_weights_maps_over_a_family():
    graph = build("layer e[2] = features -> linear(2)\nhead[task] = concat(e -> relu, age)")
    assert reads(graph, "head[click]") == ["e[1]", "e[2]", "age"]


@pytest.mark.parametrize("op", ["concat", "sum", "mean"])
def test_a_join_of_nothing_is_an_error(op: str):
    found = said(f"layer e[2] = features -> linear(2)\nlet h = {op}(e[3..])\nhead[task] = h")
    assert [f for f in found if f.startswith("MTL")] == [f"MTL0309 {op}(e[3..])"]
