"""The names of an exported file's inputs and outputs."""

import json

import pytest

from mtlspec.diagnostics import SpecError
from mtlspec.export.interface import Interface, read_interface
from mtlspec.graph.schema import Schema
from tests.export.fields import binary, category, numeric


def interface(columns: list[str], tasks: list[str]) -> Interface:
    features = tuple(category(f"f{i}", column=column) for i, column in enumerate(columns))
    schema = Schema(features, tuple(binary(task) for task in tasks))
    return read_interface(schema, dict.fromkeys(columns, "string"))


def outputs(columns: list[str], tasks: list[str]) -> list[str]:
    return [port.name for port in interface(columns, tasks).outputs]


def test_inputs_and_outputs_stand_in_the_order_of_the_schema() -> None:
    found = interface(["z", "a", "z", "m"], ["buy", "click"])
    assert found.names == ("z", "a", "m", "buy", "click")


def test_an_output_has_the_name_of_its_task() -> None:
    assert outputs(["income_50k"], ["income", "marital"]) == ["income", "marital"]


def test_a_column_keeps_its_name_where_a_task_has_the_same() -> None:
    found = interface(["sex", "age"], ["sex"])
    assert found.names == ("sex", "age", "sex.prob")
    assert found.outputs[0].task == "sex"


def test_another_name_for_a_task_is_free_too() -> None:
    assert outputs(["sex", "sex.prob"], ["sex"]) == ["sex.prob.prob"]


def test_names_inside_the_file_cannot_meet_those_of_columns() -> None:
    assert interface(["age"], []).free_prefix("network") == "network/"
    assert interface(["network/x", "_network/"], []).free_prefix("network") == "__network/"


def test_metadata_say_what_a_null_is() -> None:
    schema = Schema((category("a"), category("b"), numeric("c")), (binary("buy"),))
    found = read_interface(schema, {"a": "string", "b": "int64", "c": "float32"})
    metadata = found.as_metadata()
    assert json.loads(metadata["inputs"]) == {
        "a": {"type": "string", "null": ""},
        "b": {"type": "int64", "null": -(2**63)},
        "c": {"type": "float32", "null": "NaN"},
    }
    assert json.loads(metadata["outputs"]) == {"buy": {"task": "buy"}}
    assert [port.null for port in found.inputs] == ["the empty string", "-2**63", "NaN"]


def test_a_model_that_would_be_given_nothing_is_not_exported() -> None:
    with pytest.raises(SpecError) as caught:
        read_interface(Schema((category("position", serving=None),), ()), {"position": "int64"})
    assert [error.id for error in caught.value.diagnostics] == ["MTL0645"]
