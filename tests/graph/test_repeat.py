"""Repeats and streams: what a name means where it stands."""

import pytest

from tests.graph.programs import build, members, reads, said, types, widths

# --- how often -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ("repeat 3", [5, 5, 5]),
        ("repeat n", [5, 5]),
        ("repeat 1..3", [5, 5, 5]),
        ("repeat w in [4, 6]", ["w", "w"]),
        ("repeat w in widths", ["w", "w", "w"]),
        ("repeat w in 2..4", ["w", "w", "w"]),
        ("repeat w in 2", ["w", "w"]),
        ("repeat task", [5, 5, 5]),
        ("repeat t in task[2..]", [5, 5]),
        ("repeat side", [5, 5]),
    ],
)
def test_a_repeat_runs_over_a_number_a_range_a_list_or_a_set(over: str, expected: list):
    graph = build(
        f"""
        stream h = features
        {over} {{ layer h <- h -> linear({"w" if "w" in expected else 5}) }}
        head[task] = h
        """,
        before="param n = 2\nparam widths = [3, 4, 5]\nset side = {left, right}",
    )
    count = len(expected)
    assert members(graph, "h") == [f"h@{i}" for i in range(1, count + 1)]
    assert reads(graph, "h@1") == ["features"]
    assert reads(graph, f"h@{count}") == [f"h@{count - 1}"]
    assert reads(graph, "head[click]") == [f"h@{count}"]


def test_its_variable_is_the_entry_the_number_or_the_member():
    graph = build(
        """
        layer e[task] = features -> linear(2)
        stream h = features
        stream k = features
        stream l = features
        repeat w in [[4, 3], [2]] { layer h <- h -> mlp(w) }
        repeat i in 2..3          { layer k <- k -> linear(i) }
        repeat t in task          { let l <- concat(e[t], e[!t]) }
        head[task] = concat(h, k, l)
        """
    )
    assert widths(graph, "h") == [3, 2]
    assert widths(graph, "k") == [2, 3]
    assert reads(graph, "l@5") == ["e[click]", "e[cart]", "e[buy]"]
    assert reads(graph, "l@7") == ["e[buy]", "e[click]", "e[cart]"]


def test_the_member_of_a_set_has_neighbours_and_numbers_are_numbers():
    graph = build(
        """
        layer e[task] = features -> linear(2)
        layer f[3]    = features -> linear(2)
        stream h = features
        stream k = features
        repeat t in task[2..] { let h <- e[t - 1] -> relu }
        repeat i in 2..3      { let k <- f[i - 1] -> relu }
        head[task] = concat(trace(h), trace(k))
        """
    )
    assert [reads(graph, f"h@{i}") for i in (1, 2)] == [["e[click]"], ["e[cart]"]]
    assert [reads(graph, f"k@{i}") for i in (3, 4)] == [["f[1]"], ["f[2]"]]


@pytest.mark.parametrize("over", ["0", "[]", "task[4..]", "1..0"])
def test_a_repeat_over_nothing_gets_a_note_and_the_stream_stays(over: str):
    text = f"stream h = features\nrepeat {over} {{ layer h <- h -> linear(5) }}\nhead[task] = h"
    assert [found.split()[0] for found in said(text)] == ["empty-repeat"]
    assert reads(build(text), "head[click]") == ["features"]


@pytest.mark.parametrize(
    "over", ['"3"', "yes", "2.5", "features", "none", "10_001", "1..20_000", "0 - 1", "relu"]
)
def test_a_repeat_runs_over_nothing_else(over: str):
    text = f"repeat {over} {{ layer h = age -> linear(5) }}\nhead[task] = features"
    assert said(text) == [f"MTL0403 {over}"]


def test_an_unknown_name_in_a_repeat_is_said_once():
    text = "stream h = features\nrepeat nowhere { layer h <- h -> linear(5) }\nhead[task] = h"
    assert said(text) == ["MTL0201 nowhere"]


# --- what a stream is ----------------------------------------------------------------------------


def test_in_a_body_a_stream_is_what_came_in():
    graph = build(
        """
        stream h = features
        repeat 2 {
            layer k = h -> linear(3)
            layer h <- k -> linear(4)
            layer l = h -> linear(5)
        }
        head[task] = concat(h, trace(l))
        """
    )
    assert reads(graph, "k@1") == reads(graph, "l@1") == ["features"]
    assert reads(graph, "k@2") == reads(graph, "l@2") == ["h@1"]
    assert reads(graph, "h@2") == ["k@2"]


def test_above_the_repeat_a_stream_is_its_first_value_below_it_its_last():
    graph = build(
        """
        layer above = h -> linear(3)
        stream h = features
        layer beside = h -> linear(3)
        repeat 2 { layer h <- h -> linear(4) }
        layer below = h -> linear(3)
        head[task] = concat(above, beside, below)
        """
    )
    assert reads(graph, "above") == reads(graph, "beside") == ["features"]
    assert reads(graph, "below") == ["h@2"]


def test_between_two_repeats_it_is_the_last_value_of_the_first():
    graph = build(
        """
        stream h = features
        repeat 2 { layer h <- h -> linear(4) }
        layer between = h -> linear(3)
        repeat 2 { layer h <- concat(h, between) -> linear(4) }
        head[task] = h
        """
    )
    assert reads(graph, "between") == ["h@2"]
    assert reads(graph, "h@3") == ["h@2", "between"]
    assert reads(graph, "head[click]") == ["h@4"]


def test_moves_of_one_iteration_take_effect_together():
    graph = build(
        """
        stream a = age
        stream b = wage
        repeat 2 {
            let a <- b -> relu
            let b <- a -> relu
        }
        head[task] = concat(a, b)
        """
    )
    assert [reads(graph, f"{name}@1") for name in "ab"] == [["wage"], ["age"]]
    assert [reads(graph, f"{name}@2") for name in "ab"] == [["b@1"], ["a@1"]]


def test_a_member_that_is_not_moved_keeps_its_value():
    graph = build(
        """
        stream h[task] = features
        repeat 2 { layer h[cart] <- h[cart] -> linear(4) }
        head[task] = h[task]
        """
    )
    assert members(graph, "h") == ["h@1[cart]", "h@2[cart]"]
    assert reads(graph, "head[click]") == ["features"]
    assert reads(graph, "head[cart]") == ["h@2[cart]"]


def test_members_may_be_moved_by_different_statements():
    graph = build(
        """
        stream h[task] = features
        repeat 2 {
            layer h[click]     <- h[click] -> linear(4)
            layer h[task[2..]] <- h[click] -> linear(4)
        }
        head[task] = concat(h)
        """
    )
    assert reads(graph, "head[click]") == ["h@2[click]", "h@2[cart]", "h@2[buy]"]
    assert reads(graph, "h@2[buy]") == ["h@1[click]"]


def test_shapes_may_differ_from_level_to_level():
    graph = build(
        """
        stream h = features
        repeat w in [[16, 5], [4]] { layer h <- h -> mlp(w) }
        head[task] = h
        """
    )
    assert types(graph, "h") == {"h@1": "f32[5]", "h@2": "f32[4]"}


def test_a_stream_may_begin_with_nothing():
    graph = build(
        """
        stream h[task] = none
        repeat 2 { layer h[task] <- concat(age, h[task]) -> linear(3) }
        head[task] = h[task]
        """
    )
    assert reads(graph, "h@1[click]") == ["age"]
    assert reads(graph, "h@2[click]") == ["age", "h@1[click]"]


def test_a_trace_is_the_values_after_each_iteration():
    graph = build(
        """
        stream h[task] = features
        repeat 3 { layer h[task] <- h[task] -> linear(3) }
        head[task] = mean(trace(h[task]))
        """
    )
    assert reads(graph, "head[cart]") == ["h@1[cart]", "h@2[cart]", "h@3[cart]"]


# --- bodies --------------------------------------------------------------------------------------


def test_every_iteration_has_names_of_its_own():
    graph = build(
        """
        stream h = features
        repeat 2 {
            layer f[2] = h -> linear(3)
            layer h <- concat(f) -> linear(3)
        }
        head[task] = h
        """
    )
    assert members(graph, "f") == ["f@1[1]", "f@1[2]", "f@2[1]", "f@2[2]"]
    assert reads(graph, "h@2") == ["f@2[1]", "f@2[2]"]


def test_two_repeats_of_one_body_may_use_one_name():
    graph = build(
        """
        stream h = features
        repeat 2 { layer f = h -> linear(3)   layer h <- f -> linear(3) }
        repeat 1 { layer f = h -> linear(4)   layer h <- f -> linear(4) }
        head[task] = h
        """
    )
    assert types(graph, "f") == {"f@1": "f32[3]", "f@2": "f32[3]", "f@3": "f32[4]"}
    assert reads(graph, "f@3") == ["h@2"]


def test_a_body_may_use_what_stands_below_the_repeat():
    graph = build(
        """
        stream h = features
        repeat 2 { layer h <- concat(h, late) -> linear(3) }
        layer late = features -> linear(3)
        head[task] = h
        """
    )
    assert reads(graph, "h@2") == ["h@1", "late"]


def test_what_a_body_defines_is_not_seen_outside():
    text = "repeat 2 { layer h = features -> linear(3) }\nhead[task] = h"
    assert said(text) == ["MTL0201 h"]


def test_a_body_may_not_hide_an_outer_name():
    text = "layer h = features -> linear(3)\nrepeat 2 { layer h = age -> linear(3) }"
    assert said(f"{text}\nhead[task] = h") == ["MTL0202 h"]


def test_a_variable_may_not_hide_a_name():
    text = "repeat age in 2..3 { layer h = features -> linear(3) }\nhead[task] = features"
    assert said(text)[0] == "MTL0202 age"


def test_nothing_may_hide_a_variable():
    text = "repeat w in 2..3 { layer w = features -> linear(3) }\nhead[task] = features"
    assert said(text)[0] == "MTL0202 w"


def test_an_inner_repeat_is_one_step_of_the_outer_body():
    graph = build(
        """
        stream h = features
        stream k = age
        repeat 2 {
            layer before = h -> linear(3)
            repeat 2 { layer h <- h -> linear(3) }
            layer after = h -> linear(3)
            layer k <- concat(before, after) -> linear(3)
        }
        head[task] = concat(h, k)
        """
    )
    assert members(graph, "h") == ["h@1.1", "h@1.2", "h@2.1", "h@2.2"]
    assert reads(graph, "before@1") == ["features"]
    assert reads(graph, "after@1") == ["h@1.2"]
    assert reads(graph, "before@2") == reads(graph, "h@2.1") == ["h@1.2"]
    assert reads(graph, "head[click]") == ["h@2.2", "k@2"]


def test_a_stream_of_the_outer_body_is_moved_by_the_inner_one():
    graph = build(
        """
        stream o = features
        repeat 2 {
            stream h = o
            repeat 2 { layer h <- h -> linear(3) }
            layer o <- h -> linear(4)
        }
        head[task] = o
        """
    )
    assert reads(graph, "h@2.1") == ["o@1"]
    assert reads(graph, "o@2") == ["h@2.2"]


# --- what `<-` may not do ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statements", "mark"),
    [
        ("stream h = features\nlayer h <- h -> linear(3)", "MTL0401 h"),
        ("repeat 2 { layer h <- features -> linear(3) }", "MTL0401 h"),
        ("layer h = features -> linear(3)\nrepeat 2 { layer h <- h -> linear(3) }", "MTL0401 h"),
        ("repeat 2 { stream h = age   layer h <- h -> linear(3) }", "MTL0401 h"),
        ("repeat 2 { layer age <- features -> linear(3) }", "MTL0401 age"),
        (
            "stream h = features\nrepeat 2 { layer h <- age -> linear(3)   let h <- age -> relu }",
            "MTL0402 h",
        ),
        (
            "stream h = age\nrepeat 2 { repeat 2 { let h <- h -> relu }   let h <- age -> relu }",
            "MTL0402 h",
        ),
        ("stream h[task] = features\nrepeat 2 { let h[1] <- age -> relu }", "MTL0211 h"),
        ("repeat 2 { head[task] = features }", "MTL0404 head[task] = features"),
    ],
)
def test_a_move_that_is_none_is_marked(statements: str, mark: str):
    head = "" if "head" in statements else "head[task] = features"
    found = said(f"{statements}\n{head}")
    assert [f for f in found if f.startswith("MTL")] == [mark]


def test_a_value_may_not_wait_for_itself_through_a_repeat():
    text = """
    stream h = features
    repeat 2 { layer h <- concat(h, late) -> linear(3) }
    layer late = h -> linear(3)
    head[task] = h
    """
    assert [found.split()[0] for found in said(text)] == ["MTL0203"]
