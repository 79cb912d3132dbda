"""The last layers that all tasks share, found on the graph."""

import pytest

from mtlspec.graph.graph import Graph
from mtlspec.graph.sharing import last_shared, tasks_of, weight_names
from tests.graph.programs import build, graph_of


def weights(graph: Graph) -> list[str]:
    return [name for node in last_shared(graph) for name in weight_names(node)]


def shared(graph: Graph) -> list[str]:
    return [name for name in weights(graph) if name.endswith("weight")]


def test_of_a_shared_bottom_it_is_the_last_layer():
    graph = build("layer h = features -> mlp(8, 4)  head[task] = h -> mlp(2)")
    assert weights(graph) == ["h.1.weight", "h.1.bias"]


def test_of_experts_it_is_the_last_layer_of_each():
    graph = build("expert e[2] = features -> mlp(8, 4)  gate g[task] = e by features  "
                  "head[task] = g[task]")  # fmt: skip
    assert shared(graph) == ["e[1].1.weight", "e[2].1.weight"]


def test_it_is_what_all_tasks_reach_and_not_what_some_do():
    graph = build("""
        layer all   = features -> linear(4)
        layer some  = all -> linear(4)
        head[click] = some
        head[cart]  = some
        head[buy]   = all
    """)
    assert shared(graph) == ["all.0.weight"]


def test_of_a_family_that_is_shared_in_part_it_is_the_members_that_are():
    graph = build("""
        layer e[3]  = features -> linear(4)
        head[click] = concat(e[1], e[2])
        head[cart]  = concat(e[1], e[3])
        head[buy]   = e[1]
    """)
    assert shared(graph) == ["e[1].0.weight"]


def test_what_is_used_again_further_on_is_among_the_last():
    graph = build("""
        weight w : f32[8, 8]
        stream h = features
        repeat 2 {
            layer f = h -> linear(8)
            let   h <- matmul(f, w)
        }
        head[task] = h
    """)
    assert shared(graph) == ["w.weight"]


def test_what_is_frozen_is_passed_over():
    graph = build("""
        layer low  = features -> linear(4)
        layer high = low -> linear(4, frozen: yes)
        head[task] = high
    """)
    assert shared(graph) == ["low.0.weight"]


def test_a_block_stands_where_values_flow_through_it():
    graph = build("""
        block  b    = mlp(8, 8)
        layer  x    = features -> linear(8)
        stream h    = x
        repeat 2 { let h <- h -> b }
        layer  y[task] = h -> linear(4)
        head[task]     = y[task]
    """)
    assert shared(graph) == ["b.1.weight"]


def test_layers_beside_one_another_are_all_meant():
    graph = build("""
        layer left  = features -> linear(4)
        layer right = features -> linear(4)
        head[task]  = concat(left, right)
    """)
    assert shared(graph) == ["left.0.weight", "right.0.weight"]


def test_after_the_last_stitch_nothing_is_shared_any_more():
    graph = build("""
        stream h[task] = features
        repeat 2 {
            layer  f[task] = h[task] -> linear(4)
            stitch h[task] <- f
        }
        layer t[task] = h[task] -> linear(4)
        head[task]    = t[task]
    """)
    assert shared(graph) == [f"f@2[{task}].0.weight" for task in ("click", "cart", "buy")]


def test_of_progressive_layers_it_is_the_common_experts_of_the_last_level():
    graph = build("""
        stream h[task] = features
        stream s       = features
        repeat 2 {
            expert mine[task, 2] = h[task] -> linear(4)
            expert ours[2]       = s -> linear(4)
            gate h[task] <- mine[task], ours by h[task]
            gate s       <- mine, ours by s
        }
        head[task] = h[task]
    """)
    assert shared(graph) == ["ours@2[1].0.weight", "ours@2[2].0.weight"]


def test_a_learned_array_stands_where_rows_meet_it():
    graph = build("""
        weight w       : f32[4, 8]
        weight v[task] : f32[8, 4]
        layer  x       = features -> linear(4)
        let    h       = matmul(x, 2 * w)
        head[task]     = matmul(h, v[task])
    """)
    assert weights(graph) == ["w.weight"]


def test_what_a_task_reads_without_moving_it_is_not_shared_with_it():
    graph = build("""
        layer low   = features -> linear(4)
        layer high  = low -> linear(4)
        layer side  = low -> linear(4)
        head[click] = high
        head[cart]  = high
        head[buy]   = concat(side, stop_gradient(high))
    """)
    assert shared(graph) == ["low.0.weight"]


def test_a_task_that_is_served_alone_shares_nothing_and_is_not_asked():
    graph = graph_of("""
        features { age : numeric }
        tasks { click, buy : binary  both : binary(label: none) }
        model m {
            layer h    = age -> linear(4)
            layer k    = h -> linear(4)
            head[click] = k
            head[buy]   = k
            head[both]  = h
        }
    """)
    assert shared(graph) == ["k.0.weight"]


@pytest.mark.parametrize("body", ["head[task] = features", "head[task] = features -> mlp(4)",
                                  "layer t[task] = embed(job)  head[task] = t[task]",
                                  "layer t = embed(job)  head[task] = t"])  # fmt: skip
def test_a_table_is_never_the_last_shared_layer(body: str):
    assert shared(build(body)) == []


def test_a_node_learns_from_the_tasks_whose_losses_reach_it():
    graph = build("""
        layer own[task] = features -> linear(4)
        head[click] = own[click]
        head[cart]  = concat(own[click], own[cart])
        head[buy]   = concat(stop_gradient(own[cart]), own[buy])
    """)
    learns = tasks_of(graph)
    found = {n.site.logical: set(learns[n.key]) for n in graph.nodes() if n.parameters}
    assert found["own[click]"] == {"click", "cart"}
    assert found["own[cart]"] == {"cart"}
    assert found["own[buy]"] == {"buy"}
