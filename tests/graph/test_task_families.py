"""Families of tasks: what a field with indices declares, and how its tasks are named and read."""

import pytest

from mtlspec.graph.graph import Graph
from mtlspec.graph.schema import TaskField
from mtlspec.syntax import tree
from tests.graph.programs import graph_of, members, program, reads, said_of, types

FAMILY = """
features {{ age : numeric }}
param schools = 3
tasks {{
    click : binary(label: clicked)
    {field}
    buy : binary(label: bought)
}}
"""
EXAM = "exam[s in 1..schools] : binary(label: score > s / 2, where: school == s, weight: s)"


def schema(field: str = EXAM) -> str:
    return FAMILY.format(field=field)


def made(statements: str, field: str = EXAM) -> Graph:
    return graph_of(program(statements, schema=schema(field)))


def tasks(graph: Graph) -> dict[str, TaskField]:
    return {task.name: task for task in graph.schema.tasks}


def test_a_field_declares_a_task_for_each_member_where_it_stands():
    graph = made("head[task] = age")
    assert list(graph.heads) == ["click", "exam[1]", "exam[2]", "exam[3]", "buy"]
    assert {task.family for task in graph.schema.tasks} == {None, "exam"}


def test_the_bound_name_is_its_member_in_every_option():
    graph = made("head[task] = age")
    second = tasks(graph)["exam[2]"].options
    assert second.weight == 2
    assert isinstance(second.where.tree, tree.Binary)
    assert second.where.tree.right == tree.Int(2, "2", span=second.where.tree.span)
    assert second.where.tree.left == tree.Name("school", span=second.where.tree.span)


def test_a_member_of_names_is_a_text_and_can_name_a_column():
    graph = made(
        "head[task] = age", "shown[c in {like, share}] : binary(label: column(c), where: kind == c)"
    )
    task = tasks(graph)["shown[share]"]
    assert task.labels[0].args[0].value == tree.String("share", span=task.span)
    assert task.options.where.tree.right == tree.String("share", span=task.span)


def test_without_a_label_it_is_the_column_of_the_field_s_name():
    graph = made("head[task] = age", "exam[s in 1..2] : binary(where: school == s)")
    assert tasks(graph)["exam[2]"].labels == (tree.Name("exam", span=tasks(graph)["exam[2]"].span),)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("h[exam]", ["h[exam[1]]", "h[exam[2]]", "h[exam[3]]"]),
        ("h[exam[2]]", ["h[exam[2]]"]),
        ("h[exam[2..]]", ["h[exam[2]]", "h[exam[3]]"]),
        ("h[exam[!2]]", ["h[exam[1]]", "h[exam[3]]"]),
        ("h[!exam]", ["h[click]", "h[buy]"]),
        ("h[exam[3] + 1]", ["h[buy]"]),
        ("h[exams[1]]", ["h[exam[1]]"]),
        ("h[task[2]]", ["h[exam[1]]"]),
        ("h[t in exam, 1..2]", None),
    ],
)
def test_its_name_is_the_set_of_its_tasks(expression: str, expected: list[str] | None):
    text = f"layer h[task] = age -> linear(2)\nlet x = concat({expression})\nhead[task] = x"
    whole = program(text, before="set exams = exam", schema=schema())
    if expected is None:
        assert [found.split()[0] for found in said_of(whole)] == ["MTL0213"]
    else:
        assert reads(graph_of(whole), "x") == expected


def test_it_is_bound_like_any_set_on_the_left():
    graph = made(
        """
        layer g[exam] = age -> linear(2)
        layer z[t in exam[2..]] = concat(g[t], g[t - 1]) -> linear(3)
        head[exam[1]] = g[exam[1]]
        head[t in exam[2..]] = z[t]
        """
    )
    assert list(types(graph, "z")) == ["z[exam[2]]", "z[exam[3]]"]
    assert members(graph, "head") == ["head[exam[1]]", "head[exam[2]]", "head[exam[3]]"]


def test_several_indices_are_several_places():
    graph = made(
        "layer h[task] = age -> linear(2)\nhead[task] = concat(h[task], h[cell[*, 2]])",
        "cell[s in {u, v}, k in 1..2] : binary(label: x == k, where: side == s)",
    )
    assert list(graph.heads)[1:5] == ["cell[u, 1]", "cell[u, 2]", "cell[v, 1]", "cell[v, 2]"]
    assert reads(graph, "head[click]") == ["h[click]", "h[cell[u, 2]]", "h[cell[v, 2]]"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("exam[s in 1..3] : binary(weigth: 2)", ["MTL0206 weigth"]),
        ("exam[s in 1..3] : binry", ["MTL0208 binry"]),
        ("exam[s in task] : binary", ["MTL0203 exam"]),
        ("exam[s in nowhere] : binary", ["MTL0201 nowhere"]),
        ("exam[s in 1..3] : binary(where: relu(s))", ["MTL0622 relu(s)"]),
        ("click[s in 1..3] : binary", ["MTL0202 click"]),
    ],
)
def test_what_is_wrong_with_a_family_is_said_once(field: str, said: list[str]):
    text = f"tasks {{ click : binary }}\nfeatures {{ age : numeric }}\ntasks {{ {field} }}"
    found = said_of(f"{text}\nmodel m {{ head[click] = age }}")
    assert [line for line in found if line.startswith("MTL")] == said


@pytest.mark.parametrize(
    "before", ["features { b[i in 1..3] : numeric }", "train { epochs[2] : 3 }"]
)
def test_only_tasks_are_families(before: str):
    found = said_of(program("head[task] = features", before=f"\n{before}\n"))
    assert [line.split()[0] for line in found] == ["MTL0246"]


def test_the_kind_of_a_task_says_its_outputs():
    graph = made("layer z[task] = age -> linear(outputs(task) + 1)\nhead[task] = z[task]")
    assert set(types(graph, "z").values()) == {"f32[2]"}


def test_what_holds_of_a_whole_family_is_said_once():
    text = program("head[click] = age\nhead[buy] = age", schema=schema())
    assert said_of(text) == ["task-without-head exam"]
    text = program("head[t in task[!exam]] = age\nhead[exam[1]] = age", schema=schema())
    assert said_of(text) == ["task-without-head exam"]
    leaking = "exam[s in 1..3] : binary(label: age, where: school == s)"
    text = program("head[task] = age", schema=schema(leaking))
    assert [line for line in said_of(text) if line.startswith("MTL")] == ["MTL0602 age"]
