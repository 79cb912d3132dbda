"""Options: by place, by name, of their types and ranges; errors stand at the argument."""

import pytest

from tests.graph.programs import build, graph_of, one, program, said, said_of, widths


def width(recipe: str) -> int:
    (found,) = widths(build(f"layer h = features -> {recipe}\nhead[task] = h"), "h")
    return found


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        ("linear(4)", 4),
        ("linear(n: 4)", 4),
        ("linear(4, bias: no)", 4),
        ("linear(bias: no, n: 4)", 4),
        ("linear(2 * 3)", 6),
        ("mlp(4, 5)", 5),
        ("mlp([4, 5])", 5),
        ("mlp([4, 5], 6)", 6),
        ("mlp(widths: [4, 5])", 5),
        ("mlp(4, 5, last: linear)", 5),
        ("mlp(4, act: gelu)", 4),
        ("mlp(4, act: gelu())", 4),
        ("dense(4, act: swish, dropout: 0.1)", 4),
        ("dropout(0)", 8),
        ("relu", 8),
        ("relu()", 8),
        ("(linear(4) -> relu)", 4),
    ],
)
def test_options_by_place_and_by_name(recipe: str, expected: int):
    assert width(recipe) == expected


@pytest.mark.parametrize(
    ("recipe", "marks"),
    [
        ("linear", ["MTL0222 linear"]),
        ("linear()", ["MTL0222 linear()"]),
        ("mlp()", ["MTL0222 mlp()"]),
        ("linear(64, 32)", ["MTL0220 32"]),
        ("relu(3)", ["MTL0220 3"]),
        ("linear(m: 4)", ["MTL0206 m"]),
        ("relu(slope: 1)", ["MTL0206 slope"]),
        ("linear(4, n: 5)", ["MTL0221 n: 5"]),
        ("linear(n: 4, n: 5)", ["MTL0221 n: 5"]),
        ("mlp(4, widths: [4])", ["MTL0221 widths: [4]"]),
        ("linear(0)", ["MTL0207 0"]),
        ("linear(-1)", ["MTL0207 -1"]),
        ("linear(2.5)", ["MTL0207 2.5"]),
        ("linear(5 / 2)", ["MTL0207 5 / 2"]),
        ("linear(none)", ["MTL0222 linear(none)"]),
        ("linear(yes)", ["MTL0207 yes"]),
        ('linear("4")', ['MTL0207 "4"']),
        ("linear([4])", ["MTL0207 [4]"]),
        ("linear(click)", ["MTL0207 click"]),
        ("linear(1..4)", ["MTL0207 1..4"]),
        ("linear(relu)", ["MTL0207 relu"]),
        ("linear(nowhere)", ["MTL0207 nowhere"]),
        ("linear(4, bias: 3)", ["MTL0207 bias: 3"]),
        ("mlp(4, 0)", ["MTL0207 0"]),
        ("mlp(4, [0, 3])", ["MTL0207 [0, 3]"]),
        ("mlp([])", ["MTL0207 []"]),
        ("mlp(4, act: nowhere)", ["MTL0208 nowhere"]),
        ("mlp(4, last: nowhere)", ["MTL0207 last: nowhere"]),
        ("dropout(1)", ["MTL0207 1"]),
        ("dropout(-0.1)", ["MTL0207 -0.1"]),
        ("linear(4 / 0)", ["MTL0307 4 / 0"]),
        ("lin(4)", ["MTL0201 lin"]),
        ("nowhere", ["MTL0201 nowhere"]),
        ("64", ["MTL0303 64"]),
        ("age", ["MTL0303 age"]),
    ],
)
def test_an_option_that_does_not_fit_is_marked_and_nothing_else_is_said(
    recipe: str, marks: list[str]
):
    found = said(f"layer h = features -> {recipe}\nlayer k = h -> linear(2)\nhead[task] = k")
    assert found == marks


def test_all_mistakes_of_one_call_are_said():
    found = said("layer h = features -> dense(0, dropouts: 1)\nhead[task] = h")
    assert sorted(found) == ["MTL0206 dropouts", "MTL0207 0"]


def test_all_values_that_do_not_fit_are_said():
    found = said("layer h = features -> dense(0, dropout: 2, bias: 3)\nhead[task] = h")
    assert found == ["MTL0207 0", "MTL0207 bias: 3", "MTL0207 dropout: 2"]


def test_a_guess_is_offered():
    found = one("MTL0206", program("layer h = age -> dense(4, dropuot: 0.1)\nhead[task] = h"))
    assert found.primary is not None
    assert found.primary.text == "did you mean `dropout`?"
    found = one("MTL0201", program("layer h = age -> lineer(4)\nhead[task] = h"))
    assert found.primary is not None
    assert found.primary.text == "did you mean `linear`?"


@pytest.mark.parametrize(
    ("recipe", "needed"),
    [
        ("linear(0)", "`n` of `linear` takes a number from 1"),
        ("linear(2.5)", "`n` of `linear` takes a whole number"),
        ("dropout(1)", "`p` of `dropout` takes a number below 1.0"),
        ("mlp([])", "`widths` of `mlp` takes at least one"),
        ("linear(4, bias: 3)", "`bias` of `linear` takes `yes` or `no`"),
    ],
)
def test_what_is_needed_is_said_in_words(recipe: str, needed: str):
    text = program(f"layer h = features -> {recipe}\nhead[task] = h")
    assert one("MTL0207", text).headline() == needed


def test_a_choice_is_named_in_words():
    text = program("layer h = features -> mlp(4, last: relu)\nhead[task] = h")
    assert "pattern" not in one("MTL0207", text).headline()


def test_a_misspelt_param_in_an_option_is_an_unknown_name():
    text = program("layer h = features -> mlp(towre)\nhead[task] = h", before="param tower = 8")
    assert one("MTL0201", text).labels()[0].text == "did you mean `tower`?"


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "marks"),
    [
        ("mlp(4)", ["MTL0301 mlp(4)"]),
        ("relu", ["MTL0301 relu"]),
        ("3", ["MTL0301 3"]),
        ('"age"', ['MTL0301 "age"']),
        ("yes", ["MTL0301 yes"]),
        ("[age]", ["MTL0301 [age]"]),
        ("task", ["MTL0301 task"]),
        ("click", ["MTL0301 click"]),
        ("ages", ["MTL0201 ages"]),
        ("Age", ["MTL0201 Age"]),
        ("3 -> relu", ["MTL0301 3"]),
        ("sum(age, job)", ["MTL0302 job"]),
        ("mean(features, age)", ["MTL0302 age"]),
        ("linear(age, 3, wage)", ["MTL0220 wage"]),
        ("relu(age, wage)", ["MTL0302 relu(age, wage)"]),
    ],
)
def test_where_a_value_is_needed_nothing_else_will_do(value: str, marks: list[str]):
    assert said(f"layer h = {value}\nhead[task] = h") == marks


def test_a_value_that_does_not_fit_is_told_with_both_types():
    found = one("MTL0302", program("layer h = sum(age, job)\nhead[task] = h"))
    assert found.primary is not None
    assert found.primary.text == "f32[4], where f32[2] is expected"


def test_values_come_first_then_options():
    assert widths(build("layer h = linear(features, 4)\nhead[task] = h"), "h") == [4]
    graph = build("layer h = age -> concat(wage, job) -> linear(4)\nhead[task] = h")
    assert [f.name for f in graph.features] == ["age", "wage", "job"]


def test_an_own_name_hides_an_op():
    assert said("layer relu = features -> linear(3)\nhead[task] = relu") == []


# --- fields --------------------------------------------------------------------------------------

MODEL = "model m { head[task] = features }\n"


def fields(features: str, tasks: str = "click : binary", train: str = "") -> list[str]:
    text = f"features {{ {features} }}\ntasks {{ {tasks} }}\n{MODEL}train {{ {train} }}"
    return said_of(text)


@pytest.mark.parametrize(
    ("field", "mark"),
    [
        ("age : numerical", "MTL0208 numerical"),
        ("age : category(dims: 4)", "MTL0206 dims"),
        ("age : category(0)", "MTL0207 0"),
        ("age : category(oov: 0)", "MTL0207 oov: 0"),
        ("age : category(4, dim: 4)", "MTL0221 dim: 4"),
        ("age : numeric(normal)", "MTL0208 normal"),
        ("age : numeric(piecewise(0))", "MTL0207 0"),
        ("age : numeric(piecewise(4), log1p)", "MTL0207 piecewise(4)"),
        ("age : numeric(column: 3)", "MTL0207 column: 3"),
        ("age : 3", "MTL0208 3"),
        ("age : numeric, category", "MTL0253 category"),
    ],
)
def test_a_feature_that_does_not_fit_is_marked_and_nothing_else_is_said(field: str, mark: str):
    assert fields(field) == [mark]


@pytest.mark.parametrize(
    ("field", "mark"),
    [
        ("click : binery", "MTL0208 binery"),
        ("click : binary(weight: 0)", "MTL0207 weight: 0"),
        ("click : binary(lable: x)", "MTL0206 lable"),
    ],
)
def test_a_task_that_does_not_fit_is_marked_and_nothing_else_is_said(field: str, mark: str):
    assert fields("age : numeric", field) == [mark]


@pytest.mark.parametrize("option", ["label", "where"])
def test_a_condition_reads_columns(option: str):
    assert fields("age : numeric", f"click : binary({option}: relu(x))") == ["MTL0622 relu(x)"]


@pytest.mark.parametrize(
    ("field", "mark"),
    [
        ("epoch : 3", "MTL0206 epoch"),
        ("epochs : 0", "MTL0207 epochs : 0"),
        ("patience : 1.5", "MTL0207 patience : 1.5"),
        ("valid : 1", "MTL0207 valid : 1"),
        ("batch : no", "MTL0207 batch : no"),
        ("clip : 0", "MTL0207 clip : 0"),
        ("seed : -1", "MTL0207 seed : -1"),
        ("optimizer : adm", "MTL0208 adm"),
        ("optimizer : adam(lr: 0)", "MTL0207 lr: 0"),
        ("balance : nobody", "MTL0208 nobody"),
        ("epochs : 1  epochs : 2", "MTL0202 epochs"),
        ("epochs : 1, 2", "MTL0253 2"),
        ("select : clik.auc", "MTL0261 clik"),
        ("select : click.acu", "MTL0262 acu"),
        ("select : click", "MTL0361 click"),
        ("stage warm { epochs : 2 }", "MTL0214 stage warm { epochs : 2 }"),
    ],
)
def test_a_field_of_train_that_does_not_fit_is_marked(field: str, mark: str):
    assert fields("age : numeric", train=field) == [mark]


def test_all_fields_of_train_that_do_not_fit_are_said():
    found = fields("age : numeric", train="epochs : 0  patience : 0  batch : 0")
    assert found == ["MTL0207 batch : 0", "MTL0207 epochs : 0", "MTL0207 patience : 0"]


def test_one_type_serves_several_names():
    graph = graph_of(
        'features { age, "years worked" : numeric(log1p)  job : category }\n'
        f"tasks {{ click, buy : binary(weight: 2) }}\n{MODEL}"
    )
    schema = graph.schema
    assert [f.name for f in schema.features] == ["age", "years worked", "job"]
    assert [t.options.weight for t in schema.tasks] == [2.0, 2.0]
