"""Statements: what owns weights, what is mixed, what is predicted, what is built."""

import pytest

import mtlspec
from mtlspec.graph.node import Route
from tests.graph.programs import build, graph_of, program, reads, said, said_of, types, widths


def names(statements: str) -> set[str]:
    """The logical names of the weights of a model, without its heads' and tables'."""
    text = mtlspec.Text("spec.mtl", program(statements))
    compiled = mtlspec.compile(text, sizes={"job": 3})
    found = {name for names in compiled.names.values() for name in names}
    return {name for name in found if not name.startswith(("head", "job"))}


def mixes(statements: str, **given) -> list[tuple[str, int, str]]:
    """Each mix: the member, how many candidates, the router."""
    graph = build(statements, **given)
    return [
        (node.site.logical, node.role.candidates, str(node.role.router))
        for node in graph.nodes()
        if isinstance(node.role, Route)
    ]


# --- order ---------------------------------------------------------------------------------------


def test_a_statement_may_use_what_stands_below_it():
    graph = build(
        """
        head[task] = g[task] -> mlp(3)
        gate g[task] = e by late[task]
        layer late[task] = features -> linear(2)
        expert e[2] = features -> linear(4)
        """
    )
    assert reads(graph, "g[buy]") == ["late[buy]", "e[1]", "e[2]"]
    assert graph.tasks[0].name == "click"


def test_a_recursion_between_members_is_no_circle():
    graph = build(
        """
        layer z[task[1]]        = features -> linear(3)
        layer z[t in task[2..]] = concat(features, z[t - 1]) -> linear(3)
        head[task] = z[task]
        """
    )
    assert reads(graph, "z[buy]") == ["features", "z[cart]"]


@pytest.mark.parametrize(
    ("statements", "mark"),
    [
        ("layer a = b -> linear(3)\nlayer b = a -> linear(3)\nhead[task] = a", "MTL0203 a"),
        ("layer a = a -> linear(3)\nhead[task] = a", "MTL0203 a"),
        ("layer z[task] = concat(z[!task]) -> linear(3)\nhead[task] = z[task]", "MTL0203 z"),
        ("stream a = b\nstream b = a\nhead[task] = a", "MTL0203 a"),
    ],
)
def test_a_circle_is_marked_and_nothing_else_is_said(statements: str, mark: str):
    assert set(said(statements)) == {mark}


def test_sets_may_not_go_in_a_circle():
    found = said(
        "layer h[one] = age -> linear(2)\nhead[task] = features",
        before="set one = two[1..]\nset two = one[1..]",
    )
    assert [f.split()[0] for f in found] == ["MTL0203"]


# --- who owns weights ----------------------------------------------------------------------------


@pytest.mark.parametrize("keyword", ["let", "stream"])
def test_let_and_stream_own_no_weights(keyword: str):
    found = said(f"{keyword} h = features -> relu -> mlp(4)\nhead[task] = h")
    assert found == ["MTL0502 mlp(4)"]


def test_let_owns_none_in_a_repeat_either():
    text = "stream h = features\nrepeat 3 { let h <- h -> linear(8) }\nhead[task] = h"
    assert said(text) == ["MTL0502 linear(8)"]


def test_each_op_that_learns_is_numbered_within_its_member():
    assert names(
        "layer h[2] = features -> relu -> mlp(4, 3) -> tanh -> linear(5, bias: no)\n"
        "head[task] = concat(h)"
    ) == {
        f"h[{member}].{inner}"
        for member in (1, 2)
        for inner in ("0.weight", "0.bias", "1.weight", "1.bias", "2.weight")
    }


# --- gates ---------------------------------------------------------------------------------------

EXPERTS = "expert e[3] = features -> linear(4)\nexpert f[task, 2] = features -> linear(4)\n"


def test_candidates_stand_in_the_order_of_the_list():
    graph = build(f"{EXPERTS}gate g[task] = f[task], e[2..], e[1] by age\nhead[task] = g[task]")
    found = ["age", "f[cart, 1]", "f[cart, 2]", "e[2]", "e[3]", "e[1]"]
    assert reads(graph, "g[cart]") == found
    assert types(graph, "g")["g[cart]"] == "f32[4]"


def test_several_selectors_are_read_joined():
    graph = build(f"{EXPERTS}gate g[task] = e, f by age, job, f[task]\nhead[task] = g[task]")
    assert reads(graph, "g[click]")[:4] == ["age", "job", "f[click, 1]", "f[click, 2]"]


def test_a_selector_may_have_a_hidden_layer_that_the_gate_owns():
    statements = (
        "expert e[2] = features -> linear(4, bias: no)\n"
        "gate g[task[1]] = e by age -> mlp(16)\n"
        "head[task] = g[click]"
    )
    assert names(statements) == {
        "e[1].0.weight",
        "e[2].0.weight",
        "g[click].0.weight",
        "g[click].0.bias",
        "g[click].gate.weight",
    }


def test_a_gate_has_no_bias_unless_it_says_so():
    statements = (
        "expert e[2] = features -> linear(4, bias: no)\nhead[task] = g\ngate{} g = e by age"
    )
    assert "g.gate.bias" not in names(statements.format(""))
    assert "g.gate.bias" in names(statements.format("(bias: yes)"))


@pytest.mark.parametrize(
    ("options", "router"),
    [
        ("", "softmax"),
        ("(softmax)", "softmax"),
        ("(softmax())", "softmax"),
        ("(sigmoid)", "sigmoid"),
        ("(softmax(temperature: 2))", "softmax(temperature: 2.0)"),
        ("(router: sigmoid(temperature: 0.5))", "sigmoid(temperature: 0.5)"),
        ("(how)", "sigmoid"),
    ],
)
def test_the_router_stands_first_in_its_options(options: str, router: str):
    statements = f"{EXPERTS}gate{options} g = e, f by age\nhead[task] = g"
    assert mixes(statements, before="param how = sigmoid") == [("g", 9, router)]


def test_none_is_no_candidate():
    found = mixes(
        f"{EXPERTS}gate g = e, none, nothing, f by age\nlet nothing = none\nhead[task] = g"
    )
    assert found == [("g", 9, "softmax")]


def test_a_softmax_gate_of_one_is_its_candidate_and_owns_nothing():
    statements = (
        "expert e[1] = features -> linear(4)\ngate g[task] = e by age\nhead[task] = g[task]"
    )
    assert mixes(statements) == []
    assert reads(build(statements), "head[cart]") == ["e[1]"]
    assert names(statements) == {"e[1].0.weight", "e[1].0.bias"}
    assert [found.split()[0] for found in said(statements)] == ["gate-of-one"]


def test_a_sigmoid_gate_of_one_weighs_it():
    statements = "expert e = features -> linear(4)\ngate(sigmoid) g = e by age\nhead[task] = g"
    assert mixes(statements) == [("g", 1, "sigmoid")]
    assert said(statements) == []


@pytest.mark.parametrize("candidates", ["none", "e[4..]", "e[4..], none"])
def test_a_gate_needs_a_candidate(candidates: str):
    text = f"expert e[3] = age -> linear(4)\ngate g = {candidates} by age\nhead[task] = g"
    assert said(text) == [f"MTL0503 gate g = {candidates} by age"]


def test_a_gate_needs_a_selector():
    found = said(f"{EXPERTS}gate g = e, f by none\nhead[task] = g")
    assert found == ["MTL0507 gate g = e, f by none"]


def test_candidates_of_one_gate_have_one_shape():
    text = """
    expert e[2] = features -> linear(4)
    expert f[2] = features -> linear(5)
    gate g[task] = e, f by age
    head[task] = g[task]
    """
    assert said(text) == ["MTL0304 f"]


def test_what_reads_a_gate_with_an_error_keeps_quiet():
    text = """
    expert e[2] = features -> linear(4)
    gate g[task] = e, age by age
    layer h[task] = g[task] -> mlp(3) -> linear(2)
    head[task] = sum(h[task], h[task])
    """
    assert said(text) == ["MTL0304 age"]


# --- experts -------------------------------------------------------------------------------------


def test_an_expert_is_listed_by_a_gate():
    text = "expert e[3] = features -> linear(4)\nhead[task] = mean(e)"
    assert said(text) == ["MTL0501 expert e[3] = features -> linear(4)"]


def test_an_expert_without_members_need_not_be_listed():
    text = """
    expert e[0] = features -> linear(4)
    expert f[2] = features -> linear(4)
    gate g[task] = f, e by age
    head[task] = g[task]
    """
    assert said(text) == []


@pytest.mark.parametrize(
    "listing",
    [
        "gate g = e by age",
        "gate g = e[1] by age",
        "let k[i in e] = e[i]\ngate g = k by age",
        "gate g[task] = e[2..], e[1] by age",
    ],
)
def test_an_expert_that_some_gate_lists_is_fine(listing: str):
    text = f"expert e[3] = features -> linear(4)\n{listing}\nhead[task] = g"
    head = "g[task]" if "g[task]" in listing else "g"
    errors = [f for f in said(text.replace("= g\n", f"= {head}\n")) if f.startswith("MTL05")]
    assert errors == []


# --- heads ---------------------------------------------------------------------------------------


def test_heads_stand_in_the_order_of_tasks():
    graph = build("head[buy] = age\nhead[click] = wage\nhead[cart] = job")
    assert list(graph.heads) == ["click", "cart", "buy"]


def test_a_plain_value_gets_the_task_s_output_layer():
    graph = build("head[task] = features -> mlp(3)")
    assert types(graph, "head") == {f"head[{t}]": "logit[1]" for t in ("click", "cart", "buy")}


def test_a_task_without_a_head_is_left_out_with_a_note():
    text = "head[click] = features\nhead[buy] = features"
    assert said(text) == ["task-without-head cart"]
    assert [task.name for task in build(text).tasks] == ["click", "buy"]


def test_a_model_needs_a_head():
    assert said("layer h = features -> linear(3)") == ["MTL0504 m"]


def test_a_task_whose_name_is_a_text_has_a_head():
    schema = 'features { age : numeric }\ntasks { "on time" : binary(label: column("on time?")) }\n'
    for head in ('head["on time"]', "head[task]", "head[task[1]]"):
        assert list(graph_of(schema + f"model m {{ {head} = age }}").heads) == ["on time"]


@pytest.mark.parametrize(
    ("head", "mark"),
    [
        ("head[task] = age, wage", "MTL0308 age, wage"),
        ("head[task] = none", "MTL0308 none"),
        ("head[task] = none, none", "MTL0308 none, none"),
        ("head[clik] = age", "MTL0201 clik"),
        ("head[2] = age", "MTL0201 [2]"),
        ("head[side] = age", "MTL0201 [side]"),
        ("head[task, 2, 2] = age", "MTL0319 [task, 2, 2]"),
        ("head[task] = mlp(3)", "MTL0301 mlp(3)"),
        ("head[task] = 3", "MTL0301 3"),
        ("head[task] = ages", "MTL0201 ages"),
    ],
)
def test_a_head_that_is_none_is_marked(head: str, mark: str):
    found = said(head, before="set side = {left, right}")
    assert set(found) == {mark}


# --- what is built -------------------------------------------------------------------------------


def test_what_reaches_no_head_is_not_built_and_named():
    text = "layer h = age -> linear(3)\nlayer dead[2] = wage -> linear(3)\nhead[task] = h"
    assert said(text) == ["dead-statement layer dead[2] = wage -> linear(3)"]
    assert names(text) == {"h.0.weight", "h.0.bias"}
    assert [f.name for f in build(text).features] == ["age"]


def test_a_member_that_nobody_reads_is_not_built_and_not_named():
    text = "layer h[3] = age -> linear(3)\nhead[task] = h[2]"
    assert said(text) == []
    assert names(text) == {"h[2].0.weight", "h[2].0.bias"}


def test_the_last_shared_gate_of_ple_is_not_built():
    found = said_of('use "mtl:ple.mtl"', files=_library())
    assert found == ["dead-statement gate s <- mine, ours by s"]


def _library() -> dict[str, str]:
    from mtlspec.files import read_text

    paths = ("mtl:ple.mtl", "mtl:schemas/census.mtl")
    return {path: read_text(path) for path in paths}


def test_features_are_joined_in_the_order_of_the_schema():
    graph = build("head[task] = features")
    assert reads(graph, "features") == ["age", "wage", "job"]
    assert widths(graph, "features") == [8]


def test_a_feature_is_a_value_by_its_name():
    graph = build("head[task] = concat(job, age)")
    assert reads(graph, "head[click]") == ["job", "age"]
    assert [f.name for f in graph.features] == ["age", "job"]


def test_a_feature_that_reads_a_label_is_an_error_only_where_it_is_used():
    before = "features { leak : numeric(column: clicked) }"
    assert said("head[task] = features", before=before) == ["MTL0602 leak"]
    assert said("head[task] = age", before=before) == []
    assert said("head[buy] = leak", before=before)[:1] == ["task-without-head click"]


def test_the_graph_cannot_be_changed():
    graph = build("head[task] = features")
    with pytest.raises(Exception, match=r"[Ff]rozen"):
        graph.nx.add_node("more")


def test_inputs_stand_before_their_readers():
    graph = build(f"head[task] = g[task]\ngate g[task] = f, e by late\n{EXPERTS}let late = age")
    seen: set[str] = set()
    for node in graph.nodes():
        assert set(node.inputs) <= seen
        seen.add(node.key)
