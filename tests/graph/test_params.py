"""Params: constants with a type, replaced by `--set` or `use (…)`."""

import pytest

import mtlspec
from tests.graph.programs import build, graph_of, one, program, run, said, said_of, widths

HEAD = "layer h = features -> linear(p)\nhead[task] = h"


def width(before: str, **given) -> int:
    (found,) = widths(build(HEAD, before=before, **given), "h")
    return found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("8", 8),
        ("2 * 3 + 1", 7),
        ("2 * (3 + 1)", 8),
        ("9 - 4 - 2", 3),
        ("8 / 2", 4),
        ("-2 + 5", 3),
        ("q", 5),
        ("q * q", 25),
        ("w[2]", 6),
        ("1_000", 1000),
    ],
)
def test_a_number_is_computed(value: str, expected: int):
    assert width(f"param p = {value}\nparam q = 5\nparam w = [4, 6]") == expected


@pytest.mark.parametrize("order", ["param p = q\nparam q = 4", "param q = 4\nparam p = q"])
def test_the_order_of_params_means_nothing(order: str):
    assert width(order) == 4


def test_set_replaces_a_param_and_what_follows_from_it():
    assert width("param p = q * 2\nparam q = 5", overlays={"q": "3"}) == 6


@pytest.mark.parametrize(
    ("declared", "given"),
    [
        ("3", "5"),
        ("3", "2 + 2"),
        ("3", "other"),
        ("0.5", "0.25"),
        ("0.5", "0"),
        ("yes", "no"),
        ('"a"', '"b"'),
        ("[1]", "[1, [2, 3]]"),
        ("[1]", "[]"),
        ("mlp(4)", "linear(3) -> relu"),
        ("relu", "gelu"),
        ("own in {own, last}", "last"),
    ],
)
def test_a_param_is_replaced_by_one_of_its_type(declared: str, given: str):
    before = f"param p = {declared}\nparam other = 7"
    assert said("head[task] = features", before=before, overlays={"p": given}) == []


@pytest.mark.parametrize(
    ("declared", "given"),
    [
        ("3", "0.5"),
        ("3", "yes"),
        ("3", '"3"'),
        ("3", "[3]"),
        ("3", "none"),
        ("3", "mlp(4)"),
        ("3", "1..4"),
        ("3", "click"),
        ("0.5", "yes"),
        ("yes", "1"),
        ('"a"', "3"),
        ("[1]", "1"),
        ("mlp(4)", "4"),
    ],
)
def test_a_param_keeps_its_type(declared: str, given: str):
    before = f"param p = {declared}"
    found = said("head[task] = features", before=before, overlays={"p": given})
    assert found == [f"MTL0209 {given}"]


def test_the_type_is_explained_with_both_places():
    found = one("MTL0209", program(HEAD, before="param p = 3"), overlays={"p": '"many"'})
    assert found.headline() == '`p` is a whole number, not the text "many"'
    assert [label.span.file.path for label in found.labels()] == ["--set p", "spec.mtl"]


def test_params_may_not_depend_on_themselves():
    before = "param p = q\nparam q = p + 1"
    assert said("head[task] = features", before=before) == ["MTL0203 p"]


def test_an_unknown_word_is_no_value():
    assert said("head[task] = features", before="param p = nowhere") == ["MTL0201 nowhere"]


def test_an_unknown_word_in_a_list_is_no_value():
    assert said("head[task] = features", before="param p = [nowhere]") == ["MTL0201 nowhere"]


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        ("3 / 0", "MTL0307 3 / 0"),
        ('"a" + 1', 'MTL0307 "a"'),
        ("1 + yes", "MTL0307 yes"),
        ("[1] * 2", "MTL0307 [1]"),
        ("-none", "MTL0307 none"),
    ],
)
def test_arithmetic_needs_numbers(value: str, mark: str):
    assert said("head[task] = features", before=f"param p = {value}") == [mark]


# --- domains -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "inside", "outside"),
    [
        ("2 in 1..4", "4", "5"),
        ("1e-3 in log(1e-5..1e-2)", "1e-5", "0.1"),
        ("2 in {2, 4}", "4", "3"),
        ("own in {own, last}", "last", None),
    ],
)
def test_a_value_outside_the_domain_is_a_note(declared: str, inside: str, outside: str | None):
    text = program("head[task] = features", before=f"param p = {declared}")
    assert said_of(text, overlays={"p": inside}) == []
    if outside:
        assert said_of(text, overlays={"p": outside}) == [f"outside-domain {outside}"]


def test_a_declared_value_outside_its_own_domain_is_a_note():
    assert said("head[task] = features", before="param p = 9 in 1..4") == ["outside-domain 9"]


def test_an_op_outside_the_choices_is_a_note():
    before = "param act = relu in {relu, gelu}"
    text = program("head[task] = features -> mlp(4, act: act)", before=before)
    assert said_of(text, overlays={"act": "gelu"}) == []
    assert said_of(text, overlays={"act": "tanh"}) == ["outside-domain tanh"]


# --- what params may hold ------------------------------------------------------------------------


def test_a_recipe_is_built_anew_wherever_something_flows_into_it():
    text = program(
        """
        layer h[2] = features -> net
        layer k = age -> net
        head[task] = concat(h, k)
        """,
        before="param net = mlp(4) -> dropout(0.1) -> linear(3)",
    )
    compiled = mtlspec.compile(mtlspec.Text("spec.mtl", text), sizes={"job": 3})
    names = {name for names in compiled.names.values() for name in names}
    assert {"h[2].0.weight", "h[2].1.weight", "k.0.weight", "k.1.weight"} <= names


def test_a_recipe_may_use_recipes_and_params_below_it():
    before = "param net = first -> linear(n)\nparam first = mlp(4)\nparam n = 3"
    assert widths(build("layer h = features -> net\nhead[task] = h", before=before), "h") == [3]


def test_a_param_gives_options():
    graph = graph_of(
        """
        features { job : category(dim, column: c) }
        tasks { click : binary(weight: rate) }
        param act  = gelu
        param bias = no
        param c    = "job id"
        param dim  = 3
        param rate = 0.5
        model m { head[task] = features -> dense(4, act: act, bias: bias, dropout: rate) }
        """
    )
    (job,), (click,) = graph.schema.features, graph.schema.tasks
    assert (str(job.type), job.column, click.options.weight) == ("f32[3]", "job id", 0.5)


def test_a_param_is_seen_in_train():
    text = program("head[task] = features", before="param rate = 0.25\nparam size = 8")
    text += "train { optimizer : sgd(lr: rate)   batch : size * 2 }"
    built = run(text).built
    assert built is not None
    assert (str(built.train.optimizer), built.train.batch) == ("sgd(lr: 0.25)", 16)
