"""Names of the emitted file: the spec's, as far as Python and torch allow them."""

import keyword

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import mtlspec
from mtlspec.names import RESERVED, class_name, fresh, identifier
from tests.graph.programs import program
from tests.plan.plans import banks, plan_of

quick = settings(max_examples=100, derandomize=True, deadline=None, database=None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mine", "mine"),
        ("mine_1", "mine_1"),
        ("Mine", "Mine"),
        ("marital status", "marital_status"),
        ("größe", "gr_e"),
        ("_x", "x"),
        ("_", "value"),
        ("class", "class_"),
        ("forward", "forward_"),
        ("train", "train_"),
        ("self", "self_"),
    ],
)
def test_a_name_is_an_identifier(text: str, expected: str):
    assert identifier(text) == expected


@quick
@given(st.text(max_size=20))
def test_every_text_has_an_identifier_that_torch_and_python_leave_free(text: str):
    for name in (identifier(text), class_name(text)):
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert name not in RESERVED


def test_no_attribute_of_a_module_is_taken():
    assert not [name for name in dir(nn.Module()) if identifier(name) == name]


def test_two_of_one_name_are_numbered():
    taken = {"mine"}
    assert [fresh("mine", taken) for _ in range(3)] == ["mine_2", "mine_3", "mine_4"]
    assert fresh("ours", taken) == "ours"


def test_iterations_are_part_of_a_name():
    plan = plan_of(
        """
        stream h = features
        repeat 2 {
            layer f = h -> linear(3)
            repeat 2 { layer h <- concat(h, f) -> linear(3) }
        }
        head[task] = h
        """
    )
    assert list(banks(plan)) == ["f_1", "h_1_1", "h_1_2", "f_2", "h_2_1", "h_2_2", "head"]


def test_names_that_would_be_equal_are_told_apart():
    plan = plan_of(
        """
        stream h = features
        layer h_1 = features -> linear(3)
        repeat 1 { layer h <- h -> linear(3) }
        head[task] = concat(h, h_1)
        """
    )
    assert list(banks(plan)) == ["h_1", "h_1_2", "head"]
    assert len({bank.class_name for bank in plan.banks}) == 3


COMPONENTS = """
component scaled(x, n = 4) {
    layer y = x -> linear(n) -> sigmoid
    return 2 * y
}
component plain(x, n = 4) {
    layer y = x -> linear(n)
    return y
}
component twice(x, n = 4) { return scaled(x -> linear(n), n: n) }
"""


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("layer h = concat(age, job) -> scaled(n: 4)", ["h_concat", "h_y", "h"]),
        (
            "layer h = concat(age, job) -> scaled(n: 4) -> relu",
            ["h_concat", "h_y", "h_scaled", "h"],
        ),
        ("layer h = concat(age, job) -> plain(n: 4)", ["h_concat", "h"]),
        ("layer h = age -> scaled(n: 4) -> scaled(n: 3)", ["h_y", "h_scaled", "h_0_y", "h"]),
        ("layer h = age -> twice(n: 4)", ["h_linear", "h_y", "h"]),
        (
            "stream h = age\nrepeat 2 { layer h <- h -> scaled(n: 4) }",
            ["h_1_y", "h_1", "h_2_y", "h_2"],
        ),
    ],
)
def test_a_name_holds_the_value_that_the_spec_calls_by_it(statements: str, expected: list[str]):
    plan = plan_of(f"{statements}\nhead[task] = h", before=COMPONENTS)
    assert list(banks(plan))[:-1] == expected


# --- a whole model under every name that could do harm -------------------------------------------

NAMES = """
a a_ b B F M Tensor T nn torch x y z u v w x1 self cls super list dict len range int float str bool
print type object batch columns Columns table tables Tables mix blend binary_error labels
predictions loss_ forward train_ eval sizes rows width members ins outs made logit label present
target each weights values WideLinear wide_linear BankLinear GroupedLinear Linears Head Gate Model
m layers out gate_ weight_ bias parameters modules children buffers state_dict _parameters __init__
_ __ class def lambda None True import return_ global assert match case async await yield_ nonlocal
in_ is not_ head_1 e_1 h_1 stack cat softmax losses terms evaluate serve row_mean error known
"""


def hostile(name: str) -> str:
    """A model in which one name is a family, in the reach of gates, lets and repeats."""
    return program(
        f"""
        expert {name}[3] = features -> mlp(4)
        layer {name}_more = features -> linear(4)
        gate of_{name}[task] = {name}, {name}_more by features
        stream s = {name}_more
        repeat 2 {{
            layer inner = s -> linear(4)
            let s <- sum(inner, {name}[1], {name}_more) -> relu -> tanh
        }}
        let l = concat({name}, age) -> relu -> tanh -> sigmoid -> gelu
        head[task] = concat(of_{name}[task], l, s, age)
        """
    )


def runs(text: str) -> list[str]:
    """The logical names of a compiled model, after a forward and a backward pass."""
    compiled = mtlspec.compile(mtlspec.Text("hostile.mtl", text), sizes={"job": 3})
    module = compiled.module()
    batch = {f.name: torch.randn(2, f.type.width) for f in compiled.schema.features}
    batch["job"] = torch.tensor([0, 1])
    labels = {t.name: torch.ones(2, 1) for t in compiled.schema.tasks}
    sum(module.loss(batch, labels).values()).backward()
    assert all(p.grad is not None for p in module.parameters())
    return list(compiled.weights(module))


@pytest.fixture(scope="module")
def plain() -> list[str]:
    return runs(hostile("plain"))


HOSTILE = NAMES.split()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_model_computes_under_any_name(name: str, plain: list[str]):
    assert runs(hostile(name)) == [n.replace("plain", name) for n in plain]


def test_a_model_computes_whatever_its_features_are_called():
    listed = ", ".join(HOSTILE)
    schema = f"features {{ {listed} : numeric   job : category }}\ntasks {{ click : binary }}\n"
    body = f"""
        layer more = concat({listed}) -> linear(4)
        let l = concat({listed}, job) -> relu -> tanh -> sigmoid -> gelu
        head[task] = concat(more, l, features, {listed})
    """
    assert "more.0.weight" in runs(program(body, schema=schema))


@pytest.mark.parametrize("name", ["Columns", "Linears", "Head", "m", "Binary", "table", "F", "mix"])
def test_a_model_may_be_called_anything(name: str, plain: list[str]):
    assert runs(hostile("plain").replace("model m", f"model {name}")) == plain


def test_a_column_may_begin_with_a_digit():
    schema = 'features { "1st" : category(2) }\ntasks { click : binary }\n'
    compiled = mtlspec.compile(
        mtlspec.Text("first.mtl", schema + "model m { head[task] = features }")
    )
    assert "1st.weight" in compiled.weights(compiled.module(sizes={"1st": 3}))


def test_columns_tasks_and_members_may_have_any_text():
    schema = """
    features {
        "marital status", "a \\"b\\" \\\\ c", "größe", "forward", "x.y", "{x}" : category(2)
        "a b", "a-b" : numeric
    }
    tasks { "on time", "class", "größe?", "\\"q\\"" : binary(label: z) }
    """.replace('"", ', "")
    text = f"""{schema}
    set place = {{"search page", "home \\"2\\"", "größe!"}}
    model m {{
        layer h[place] = features -> linear(3)
        head[task] = concat(h["search page"], h["größe!"])
    }}
    """
    compiled = mtlspec.compile(mtlspec.Text("texts.mtl", text))
    module = compiled.module(sizes=dict.fromkeys(compiled.sizes, 2))
    batch = {
        f.name: torch.zeros(2, dtype=torch.long)
        if f.word.reads == "ids"
        else torch.randn(2, f.type.width)
        for f in compiled.schema.features
    }
    assert list(module(batch)) == ["on time", "class", "größe?", '"q"']
    assert "h[größe!].0.weight" in compiled.weights(module)
    assert "größe.weight" in compiled.weights(module)
