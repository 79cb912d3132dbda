"""An exported file serves what the module predicts, from raw columns."""

import json
import logging
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import mmh3
import numpy as np
import onnx
import onnxruntime as ort
import pyarrow as pa
import pytest
import torch
from torch import nn

from mtlspec.data import Fitted, fit
from mtlspec.diagnostics import SpecError
from mtlspec.export import ExportReport, export
from tests.export.by_hand import SCHEMA, ByHand, Compiled, rows
from tests.export.fields import place

TRAIN = rows(0, 2000)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(SCHEMA, TRAIN)


@pytest.fixture(scope="module")
def module(fitted: Fitted) -> ByHand:
    torch.manual_seed(0)
    return ByHand(dict(fitted.sizes))


@dataclass(frozen=True)
class Exported:
    """What export reports, and the file opened."""

    report: ExportReport
    session: ort.InferenceSession

    def serve(self, **columns: object) -> list[np.ndarray]:
        """The outputs for these columns; the others are null in every row."""
        nulls = {"tensor(string)": "", "tensor(int64)": -(2**63), "tensor(float)": np.nan}
        dtypes = {"tensor(string)": object, "tensor(int64)": np.int64, "tensor(float)": np.float32}
        ports = self.session.get_inputs()
        count = max(len(values) for values in columns.values())
        return self.session.run(
            None,
            {
                port.name: np.array(
                    columns.get(port.name, [nulls[port.type]] * count), dtypes[port.type]
                )[:, None]
                for port in ports
            },
        )


def export_to(
    out: Path, fitted: Fitted, module: nn.Module, table: pa.Table = TRAIN
) -> ExportReport:
    return export(Compiled(), fitted, module, table, out, provenance={"run": "by-hand-1"})


@pytest.fixture(scope="module")
def exported(fitted: Fitted, module: ByHand, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    out = tmp_path_factory.mktemp("export") / "by hand.onnx"
    report = export_to(out, fitted, module, rows(1, 300))
    return Exported(report, ort.InferenceSession(out))


def test_the_file_is_sound_and_reported(exported: Exported) -> None:
    report = exported.report
    onnx.checker.check_model(report.path, full_check=True)
    assert report.size == report.path.stat().st_size
    assert report.verification.difference <= 1e-5
    assert report.verification.rows > 1 + 7 + 1000
    assert report.speed.p50 <= report.speed.p99
    domains = [opset.domain for opset in onnx.load(report.path).opset_import]
    assert sorted(domains) == ["", "ai.onnx.ml", "com.microsoft"]
    assert min(report.speed.rows_per_second, report.speed.network_rows_per_second) > 0


def test_inputs_are_the_raw_columns_under_their_names(exported: Exported) -> None:
    assert [(port.name, port.type) for port in exported.session.get_inputs()] == [
        ("age", "tensor(float)"),
        ("batch", "tensor(int64)"),
        ("marital status", "tensor(string)"),
        ("Größe", "tensor(string)"),
        ("wage", "tensor(int64)"),
        ("sex", "tensor(int64)"),
    ]
    assert [port.name for port in exported.report.inputs] == [
        port.name for port in exported.session.get_inputs()
    ]


def test_outputs_are_named_after_their_tasks(exported: Exported) -> None:
    names = [port.name for port in exported.session.get_outputs()]
    assert names == ["income", "sex.prob"]
    assert [(port.name, port.task) for port in exported.report.outputs] == [
        ("income", "income"),
        ("sex.prob", "sex"),
    ]


def test_the_batch_axis_is_free(exported: Exported) -> None:
    ports = (*exported.session.get_inputs(), *exported.session.get_outputs())
    assert {tuple(port.shape) for port in ports} == {("batch", 1)}
    for count in (1, 2, 7, 1000):
        assert [x.shape for x in exported.serve(age=[40] * count)] == [(count, 1)] * 2


def by_ids(module: ByHand, fitted: Fitted, **ids: int) -> list[float]:
    """What the module serves for one row with these rows of its tables, its numbers null."""
    batch = {name: torch.tensor([row]) for name, row in ids.items()}
    for field in SCHEMA.features:
        if field.word.reads == "values":
            null = pa.chunked_array([pa.nulls(1, pa.float64())])
            run = field.word.part("run")
            encoded = run.encode(null, field.options, fitted.features[field.state], place(field))
            batch[field.name] = torch.from_numpy(encoded)
    with torch.no_grad():
        return [torch.sigmoid(x).item() for x in module.eval()(batch).values()]


def served(outputs: list[np.ndarray]) -> list[float]:
    return [output.item() for output in outputs]


def test_a_null_has_row_0_of_its_table(exported: Exported, module: ByHand, fitted: Fitted) -> None:
    expected = by_ids(module, fitted, batch=0, marital=0, size=0, wage_kind=0, sex=0)
    assert served(exported.serve(batch=[-(2**63)])) == pytest.approx(expected, abs=1e-6)


def test_an_unknown_category_has_its_oov_row(
    exported: Exported, module: ByHand, fitted: Fitted
) -> None:
    row = 1 + mmh3.hash("widowed", 0, signed=False) % 3
    expected = by_ids(module, fitted, batch=1, marital=row, size=1, wage_kind=0, sex=0)
    outputs = exported.serve(**{"batch": [99], "marital status": ["widowed"], "Größe": ["XXL"]})
    assert served(outputs) == pytest.approx(expected, abs=1e-6)


def test_a_known_category_has_its_own_row(
    exported: Exported, module: ByHand, fitted: Fitted
) -> None:
    # after null and the unknown ones: divorced, married, single · S, größer · no, yes
    expected = by_ids(module, fitted, batch=2, marital=5, size=3, wage_kind=0, sex=3)
    outputs = exported.serve(
        **{"batch": [0], "marital status": ["married"], "Größe": ["größer"], "sex": [1]}
    )
    assert served(outputs) == pytest.approx(expected, abs=1e-6)


def test_metadata_say_where_the_file_comes_from(exported: Exported) -> None:
    metadata = exported.session.get_modelmeta().custom_metadata_map
    assert metadata["mtlspec.run"] == "by-hand-1"
    assert metadata["mtlspec.version"] == version("mtlspec")
    assert metadata["mtlspec.spec_sha256"] == sha256(Compiled().spec_text.encode()).hexdigest()
    assert json.loads(metadata["mtlspec.inputs"])["Größe"] == {"type": "string", "null": ""}
    assert json.loads(metadata["mtlspec.outputs"])["sex.prob"] == {"task": "sex"}
    inputs = onnx.load(exported.report.path).graph.input
    assert inputs[0].doc_string == "null is NaN"


def test_the_file_tells_nothing_of_the_machine(exported: Exported) -> None:
    content = exported.report.path.read_bytes()
    assert b"site-packages" not in content
    assert b".py" not in content
    assert b"pkg.torch" not in content


def test_exporting_is_quiet_and_repeatable_and_leaves_the_module_alone(
    exported: Exported,
    fitted: Fitted,
    module: ByHand,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    recwarn: pytest.WarningsRecorder,
) -> None:
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    module.train()
    export_to(tmp_path / "again.onnx", fitted, module, rows(1, 300))
    assert module.training
    assert all(p.requires_grad for p in module.parameters())
    assert all(torch.equal(before[name], x) for name, x in module.state_dict().items())
    assert (tmp_path / "again.onnx").read_bytes() == exported.report.path.read_bytes()
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not recwarn.list


def test_a_file_that_would_serve_something_else_is_not_written(
    fitted: Fitted, module: ByHand, tmp_path: Path
) -> None:
    out = tmp_path / "model.onnx"
    out.write_bytes(b"the one before")
    broken = deepcopy(module)
    with torch.no_grad():
        broken.heads["sex"].bias.fill_(torch.nan)
    with pytest.raises(SpecError) as raised:
        export_to(out, fitted, broken)
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.id == "MTL0801"
    assert diagnostic.found() == "not a number in task `sex`, a batch of 1"
    assert out.read_bytes() == b"the one before"
    assert list(tmp_path.iterdir()) == [out]


def test_without_rows_nothing_is_exported(fitted: Fitted, module: ByHand, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as raised:
        export_to(tmp_path / "model.onnx", fitted, module, TRAIN.slice(0, 0))
    assert [diagnostic.id for diagnostic in raised.value.diagnostics] == ["MTL0803"]


def test_a_model_beyond_2_gib_is_told_before_it_is_copied(fitted: Fitted, tmp_path: Path) -> None:
    huge = nn.Embedding(10_000_000, 64, device="meta")
    with pytest.raises(SpecError) as raised:
        export_to(tmp_path / "model.onnx", fitted, huge)
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.id == "MTL0804"
    assert diagnostic.found() == "2.4 GiB of weights and vocabularies"
