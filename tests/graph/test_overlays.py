"""`--set`: params, fields of `train`, options of fields."""

import pytest

from mtlspec.words.train import Train
from tests.graph.programs import SCHEMA, program, run, said_of

SPEC = program(
    "head[task] = features -> mlp(n)",
    before="param n = 3\n",
) + ("train { optimizer : adam(1e-3, weight_decay: 0.1)   epochs : 4 }")


def train_of(text: str = SPEC, **overlays: str) -> Train:
    outcome = run(text, overlays={f"train.{key}": value for key, value in overlays.items()})
    assert not outcome.report.errors
    assert outcome.built is not None
    return outcome.built.train


def fields_of(text: str, overlays: dict[str, str]):
    outcome = run(text, overlays=overlays)
    assert not outcome.report.errors
    assert outcome.graph is not None
    schema = outcome.graph.schema
    return {f.name: f for f in (*schema.features, *schema.tasks)}


def test_a_field_of_train_is_replaced():
    assert train_of(epochs="7").epochs == 7


def test_a_field_of_train_that_the_spec_leaves_out_is_given():
    assert train_of(batch="64").batch == 64
    assert train_of(clip="0.5").clip == 0.5
    assert str(train_of(optimizer="sgd(lr: 0.5)").optimizer) == "sgd(lr: 0.5)"


def test_a_field_of_train_is_given_without_a_train_block():
    assert train_of(program("head[task] = features"), epochs="7").epochs == 7


def test_an_option_of_a_field_of_train_is_replaced_and_the_others_stand():
    options = train_of(**{"optimizer.weight_decay": "0.2"}).optimizer.options
    assert options.model_dump()["weight_decay"] == 0.2
    assert options.model_dump()["lr"] == 1e-3


def test_an_option_that_was_given_by_place_is_replaced():
    options = train_of(**{"optimizer.lr": "0.5"}).optimizer.options
    assert options.model_dump()["lr"] == 0.5
    assert fields_of(SPEC, {"features.job.dim": "6"})["job"].options.dim == 6


def test_an_option_that_the_spec_leaves_out_is_given():
    found = fields_of(SPEC, {"features.age.column": '"age in years"', "tasks.buy.weight": "0.5"})
    assert found["age"].column == "age in years"
    assert found["buy"].options.weight == 0.5
    assert found["cart"].options.weight == 1.0


def test_encodings_stand_when_another_option_is_given():
    text = program("head[task] = features", before="features { x : numeric(log1p, normalize) }\n")
    field = fields_of(text, {"features.x.column": "y"})["x"]
    assert (field.column, str(field.type)) == ("y", "f32[2]")
    assert len(field.options.encodings) == 2


def test_one_of_several_names_of_a_field_is_changed_and_the_order_stands():
    text = program("head[task] = features", before="features { p, q, r : numeric }\n")
    found = fields_of(text, {"features.q.column": "other"})
    assert list(found)[:6] == ["age", "wage", "job", "p", "q", "r"]
    assert [found[name].column for name in "pqr"] == ["p", "other", "r"]


def test_a_condition_is_replaced():
    found = fields_of(SPEC, {"tasks.buy.label": "bought > 3", "tasks.buy.where": "carted == 1"})
    assert found["buy"].options.label.tree.span.text == "bought > 3"
    assert found["buy"].options.where.tree.span.text == "carted == 1"


def test_a_name_in_quotes_is_meant_without_them():
    text = program("head[task] = features", before='features { "zip code" : category }\n')
    assert fields_of(text, {"features.zip code.dim": "3"})["zip code"].options.dim == 3


@pytest.mark.parametrize(
    ("key", "value", "marks"),
    [
        ("m", "3", ["MTL0210 3"]),
        ("", "3", ["MTL0210 3"]),
        ("train.epoch", "3", ["MTL0210 3"]),
        ("train", "3", ["MTL0210 3"]),
        ("features.age", "numeric", ["MTL0210 numeric"]),
        ("features.zip.dim", "3", ["MTL0210 3"]),
        ("tasks.bye.weight", "3", ["MTL0210 3"]),
        ("n.m", "3", ["MTL0210 3"]),
        ("n", "3 4", ["MTL0133 4"]),
        ("n", "", ["MTL0134"]),
        ("train.epochs", "0", ["MTL0207 0"]),
        ("train.epochs", "many", ["MTL0207 many"]),
        ("train.optimizer", "adm", ["MTL0208 adm"]),
        ("train.optimizer.rate", "3", ["MTL0206 3"]),
        ("features.job.dims", "3", ["MTL0206 3"]),
        ("features.job.dim", "0", ["MTL0207 0"]),
        ("tasks.buy.weight", "-1", ["MTL0207 -1"]),
    ],
)
def test_what_cannot_be_set_is_an_error_that_marks_the_value(
    key: str, value: str, marks: list[str]
):
    assert said_of(SPEC, overlays={key: value}) == marks


def test_the_place_of_a_value_is_its_flag():
    (error,) = run(SPEC, overlays={"train.epochs": "0"}).report.errors
    assert error.primary is not None
    assert error.primary.span.place == "--set train.epochs:1:1"


def test_every_key_that_the_spec_lacks_is_named_in_one_run():
    assert said_of(SPEC, overlays={"m": "1", "train.epoch": "2", "tasks.bye.weight": "3"}) == [
        "MTL0210 1",
        "MTL0210 2",
        "MTL0210 3",
    ]


def test_an_unknown_key_gets_a_guess():
    (error,) = run(SPEC, overlays={"train.epoch": "2"}).report.errors
    assert error.primary is not None
    assert error.primary.text == "did you mean `train.epochs`?"


def test_a_program_from_which_nothing_was_set_is_as_it_was():
    assert said_of(SPEC) == []
    assert SCHEMA in SPEC
