"""Heads as values: what they mean, what may be made of them, what training alone may read."""

import pytest

from tests.graph.programs import graph_of, program, said

ESMM = """
head[click] = features
head[cart]  = features
head[buy]   = prob(head[click]) * prob(head[cart])
"""


def type_of(value: str) -> str:
    """The type of a value beside the heads of `ESMM`."""
    graph = graph_of(program(f"{ESMM}let x = {value}\nloss t = 0.1 * mean(x, 1 - x)\n"))
    return next(str(n.type) for n in reversed(list(graph.nodes())) if n.site.statement.name == "x")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("prob(head[click])", "prob[1]"),
        ("prob(head[buy])", "prob[1]"),
        ("logit(head[click])", "logit[1]"),
        ("logit(head[buy])", "logit[1]"),
        ("head[click] -> prob", "prob[1]"),
        ("prob(head[click]) * head[buy]", "prob[1]"),
        ("1 - head[buy]", "prob[1]"),
        ("head[buy] + prob(head[cart])", "prob[1]"),
        ("head[buy] - prob(head[cart])", "f32[1]"),
        ("head[buy] - 1", "f32[1]"),
        ("2 * head[buy]", "f32[1]"),
        ("head[buy] / head[buy]", "f32[1]"),
        ("head[buy] * head[click]", "f32[1]"),
        ("1 - head[click]", "f32[1]"),
        ("relu(head[buy])", "f32[1]"),
        ("error(head[buy])", "f32[1]"),
        ("1 * label(buy)", "f32[1]"),
    ],
)
def test_the_meaning_of_a_value(value: str, shown: str):
    assert type_of(value) == shown


def test_a_head_of_a_probability_has_no_output_layer():
    graph = graph_of(program(ESMM))
    owners = [node.site.logical for node in graph.nodes() if node.parameters]
    assert owners == ["head[click]", "head[cart]"]


def test_a_family_of_heads_is_mapped():
    graph = graph_of(program("head[task] = features\nloss up = mean(prob(head)) - 0.5\n"))
    assert [str(n.type) for n in graph.nodes() if n.site.statement.name == "up"][:3] == [
        "prob[1]"
    ] * 3


def test_a_chain_of_tasks_may_read_the_one_before():
    body = """
    head[click] = features
    head[t in task[2..]] = prob(head[t - 1]) * prob(logit(features -> linear(1)))
    """
    assert [str(graph_of(program(body)).node(k).type) for k in ("head[buy]:5",)] == ["prob[1]"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("head[click] = head[cart]\nhead[cart] = head[click]", "MTL0203 [click]"),
        ("head[click] = head[buy]", "MTL0211 head[buy]"),
        ("head[click] = logit(features)", "MTL0312 head[click] = logit(features)"),
        ("head[click] = features\nloss x = error(click)", "MTL0313 error(click)"),
        ("head[click] = features\nloss x = error(age)", "MTL0313 error(age)"),
        ("head[click] = features\nloss x = label(head[click])", "MTL0314 label(head[click])"),
        ("head[click, 2, 2] = features", "MTL0319 [click, 2, 2]"),
        (
            "head[click] = concat(features, label(buy))",
            "MTL0317 head[click] = concat(features, label(buy))",
        ),
        (
            "head[click] = features\nlet e = error(head[click])\nhead[buy] = concat(e, age)",
            "MTL0317 head[buy] = concat(e, age)",
        ),
    ],
)
def test_what_does_not_fit_is_told(body: str, found: str):
    assert found in [line for line in said(body) if line.startswith("MTL")]


def test_an_ensemble_is_several_predictions_of_a_task():
    graph = graph_of(program("head[task, 3] = features"))
    assert {task: len(keys) for task, keys in graph.heads.items()} == dict.fromkeys(
        ("click", "cart", "buy"), 3
    )
