"""The comparison of an exported model with the trained one sees every kind of row."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest

from mtlspec.export.interface import read_interface
from mtlspec.export.probes import list_changes
from mtlspec.export.raw import RawRows
from mtlspec.export.verify import ExportDiffers, Verification, verify
from mtlspec.graph.schema import Schema
from tests.export.fields import binary, category, numeric, place

SCHEMA = Schema((numeric("age"), category("town")), (binary("buy"), binary("click")))
TABLE = pa.table({"age": [30.0, 40.0, 50.0], "town": ["Ulm", "Bonn", "Ulm"]})
INTERFACE = read_interface(SCHEMA, {"age": "float32", "town": "string"})
FITTED = {
    field.name: field.word.part("run").fit(
        [(TABLE.column(field.name), place(field))], field.options
    )
    for field in SCHEMA.features
}
Wrong = Callable[[RawRows], np.ndarray]


@dataclass(frozen=True)
class Models:
    """Two models that agree on 0.5 but for what `wrong` adds to the second task when served."""

    wrong: Wrong

    def run_torch(self, table: pa.Table) -> list[np.ndarray]:
        return [np.full((table.num_rows, 1), 0.5, np.float32)] * 2

    def run_onnx(self, raw: RawRows) -> list[np.ndarray]:
        half = np.full((len(raw["age"]), 1), 0.5, np.float32)
        return [half, (half + self.wrong(raw)).astype(np.float32)]


def compare(wrong: Wrong) -> Verification:
    return verify(Models(wrong), TABLE, INTERFACE, list_changes(SCHEMA, FITTED, INTERFACE))


def test_models_that_agree_pass_on_batches_of_1_7_and_1000() -> None:
    found = compare(lambda raw: np.zeros_like(raw["age"]))
    assert found.passed
    assert found.difference == 0
    assert found.batches[:3] == (1, 7, 1000)
    assert found.rows == sum(found.batches)


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        ("a batch of 1", lambda raw: np.full_like(raw["age"], len(raw["age"]) == 1)),
        ("a batch of 7", lambda raw: (raw["age"] == 50) * (len(raw["age"]) == 7)),
        ("a batch of 1,000", lambda raw: np.full_like(raw["age"], len(raw["age"]) == 1000)),
        ("`age` null", lambda raw: np.isnan(raw["age"]) * (raw["town"] != "")),
        ("`town` null", lambda raw: (raw["town"] == "") * ~np.isnan(raw["age"])),
        ("all columns null", lambda raw: (raw["town"] == "") * np.isnan(raw["age"])),
        ("`town` unknown", lambda raw: ~np.isin(raw["town"], ["Ulm", "Bonn", ""])),
    ],
)
def test_the_message_says_on_which_rows_they_differ(where: str, wrong: Wrong) -> None:
    found = compare(lambda raw: wrong(raw) * np.float32(0.25))
    assert not found.passed
    assert (found.difference, found.task, found.place) == (0.25, "click", where)
    assert ExportDiffers(found).found() == f"a difference of 2.5e-01 in task `click`, {where}"


def test_what_is_not_a_number_differs() -> None:
    found = compare(lambda raw: np.where(raw["town"] == "", np.nan, 0))
    assert not found.passed
    assert ExportDiffers(found).found() == "not a number in task `click`, `town` null"


def test_a_difference_above_the_tolerance_is_refused() -> None:
    assert compare(lambda raw: np.full_like(raw["age"], 0.9e-5)).passed
    assert not compare(lambda raw: np.full_like(raw["age"], 1.1e-5)).passed
