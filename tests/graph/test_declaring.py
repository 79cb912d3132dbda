"""Indices on the left: a set's name, an element, a number declare members."""

import pytest

from tests.graph.programs import build, members, reads, said

USED = "\nhead[task] = concat(h)"


def declared(left: str, before: str = "") -> list[str]:
    """The members of `h` that a left side declares, in the order in which they are read."""
    graph = build(f"layer {left} = features -> linear(2){USED}", before=before)
    found = reads(graph, "head[click]")
    assert sorted(found) == sorted(members(graph, "h"))
    return found


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ("h", ["h"]),
        ("h[task]", ["h[click]", "h[cart]", "h[buy]"]),
        ("h[t in task]", ["h[click]", "h[cart]", "h[buy]"]),
        ("h[t in task[2..]]", ["h[cart]", "h[buy]"]),
        ("h[t in {buy, click}]", ["h[click]", "h[buy]"]),
        ("h[t in 2..3]", ["h[2]", "h[3]"]),
        ("h[cart]", ["h[cart]"]),
        ("h[task[3]]", ["h[buy]"]),
        ("h[task[2..]]", ["h[cart]", "h[buy]"]),
        ("h[task[!cart]]", ["h[click]", "h[buy]"]),
        ("h[3]", ["h[1]", "h[2]", "h[3]"]),
        ("h[1]", ["h[1]"]),
        ("h[1 + 1]", ["h[1]", "h[2]"]),
        ("h[cart, 2]", ["h[cart, 1]", "h[cart, 2]"]),
        ("h[2, cart]", ["h[1, cart]", "h[2, cart]"]),
    ],
)
def test_a_left_side_declares_members(left: str, expected: list[str]):
    assert declared(left) == expected


def test_two_indices_declare_every_pair_row_by_row():
    assert declared("h[task, 2]") == [
        f"h[{task}, {n}]" for task in ("click", "cart", "buy") for n in (1, 2)
    ]


def test_a_param_declares_as_many_members_as_it_says():
    assert declared("h[own]", "param own = 2") == ["h[1]", "h[2]"]


def test_a_count_may_depend_on_the_index_before_it():
    found = declared("h[task, own[task]]", "param own = [2, 0, 1]")
    assert found == ["h[click, 1]", "h[click, 2]", "h[buy, 1]"]


def test_a_set_of_new_names_declares_them_in_its_order():
    assert declared("h[side]", "set side = {right, left}") == ["h[right]", "h[left]"]


def test_a_set_of_numbers_keeps_its_order():
    assert declared("h[odd]", "set odd = {5, 1, 3}") == ["h[5]", "h[1]", "h[3]"]


def test_a_set_of_strings_declares_them():
    assert declared("h[s]", 'set s = {"search page", "home"}') == ["h[search page]", "h[home]"]


def test_a_subset_of_tasks_keeps_the_order_of_tasks():
    assert declared("h[some]", "set some = {buy, click}") == ["h[click]", "h[buy]"]


def test_an_element_of_a_set_of_new_names_declares_one_member():
    assert declared("h[left]", "set side = {right, left}") == ["h[left]"]
    assert declared('h["search page"]', 'set s = {"search page", "home"}') == ["h[search page]"]


def test_a_family_of_one_index_is_a_set_of_its_own():
    graph = build(
        """
        layer e[3] = features -> linear(2)
        layer f[i in e] = e[i] -> linear(2)
        head[task] = concat(f)
        """
    )
    assert members(graph, "f") == ["f[1]", "f[2]", "f[3]"]
    assert reads(graph, "f[2]") == ["e[2]"]


def test_the_set_s_name_is_the_member_in_its_statement():
    graph = build("layer h[task] = features -> linear(2)\nhead[task] = h[task]")
    assert reads(graph, "head[cart]") == ["h[cart]"]


def test_a_statement_over_an_empty_set_makes_nothing():
    graph = build(
        """
        layer h[task[4..]] = features -> linear(2)
        layer k[0]         = features -> linear(2)
        head[task] = concat(features, h, k)
        """
    )
    assert members(graph, "h") + members(graph, "k") == []
    assert reads(graph, "head[click]") == ["features"]


@pytest.mark.parametrize(
    ("left", "mark"),
    [
        ("h[0.5]", "MTL0217 0.5"),
        ("h[yes]", "MTL0217 yes"),
        ("h[features]", "MTL0217 features"),
        ("h[!click]", "MTL0217 !click"),
        ("h[1..3]", "MTL0217 1..3"),
        ("h[*]", "MTL0217 *"),
        ("h[0 - 1]", "MTL0217 0 - 1"),
        ("h[clik]", "MTL0201 clik"),
        ("h[t in clik]", "MTL0201 clik"),
        ("h[1_000_000]", "MTL0218 1_000_000"),
        ("h[t in 1..1_000_000]", "MTL0218 1..1_000_000"),
        ("h[1_000, 1_000]", "MTL0218 1_000"),
    ],
)
def test_what_is_no_index_is_marked_and_nothing_else_is_said(left: str, mark: str):
    assert said(f"layer {left} = features -> linear(2){USED}") == [mark]


def test_a_bound_name_hides_nothing():
    assert said("layer h[age in task] = features -> linear(2)\nhead[task] = features") == [
        "MTL0202 age"
    ]


# --- pieces --------------------------------------------------------------------------------------


def test_a_family_may_be_defined_in_pieces_by_different_statements():
    graph = build(
        """
        layer  h[click] = features -> linear(2)
        expert h[task[2..]] = age -> linear(2)
        gate g = h by features
        head[task] = g
        """
    )
    assert members(graph, "h") == ["h[click]", "h[cart]", "h[buy]"]
    assert reads(graph, "h[click]") == ["features"]
    assert reads(graph, "h[buy]") == ["age"]


def test_pieces_are_read_in_the_order_of_the_set_not_of_the_statements():
    graph = build(
        """
        layer h[buy] = features -> linear(2)
        layer h[cart] = features -> linear(2)
        layer h[click] = features -> linear(2)
        head[task] = concat(h)
        """
    )
    assert reads(graph, "head[click]") == ["h[click]", "h[cart]", "h[buy]"]


def test_pieces_over_a_set_of_new_names_are_read_in_its_order():
    graph = build(
        """
        layer h[side[2]] = features -> linear(2)
        layer h[side[1]] = features -> linear(2)
        head[task] = concat(h)
        """,
        before="set side = {right, left}",
    )
    assert reads(graph, "head[click]") == ["h[right]", "h[left]"]


def test_a_first_piece_may_be_empty():
    graph = build(
        """
        layer h[task[4..]] = features -> linear(2)
        layer h[task[..3]] = features -> linear(2)
        head[task] = h[task]
        """
    )
    assert members(graph, "h") == ["h[click]", "h[cart]", "h[buy]"]


def test_a_stream_may_begin_in_pieces():
    graph = build(
        """
        stream h[click] = features
        stream h[task[2..]] = age
        repeat 1 { layer h[task] <- h[task] -> linear(2) }
        head[task] = h[task]
        """
    )
    assert reads(graph, "h@1[click]") == ["features"]
    assert reads(graph, "h@1[buy]") == ["age"]


def test_pieces_may_not_overlap():
    assert said("head[task] = features\nhead[cart] = features") == ["MTL0223 [cart]"]


def test_pieces_have_the_same_number_of_indices():
    text = "layer h[click] = features -> linear(2)\nlayer h[cart, 2] = features -> linear(2)"
    assert said(f"{text}\nhead[task] = features") == ["MTL0224 h"]


def test_a_value_and_a_family_cannot_have_one_name():
    text = "layer h = features -> linear(2)\nlayer h[cart] = features -> linear(2)"
    assert said(f"{text}\nhead[task] = features") == ["MTL0202 h"]
