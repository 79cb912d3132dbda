"""From a trained module and fitted features to an ONNX file that is found to be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
from torch import nn

from mtlspec.data import Fitted
from mtlspec.diagnostics import SpecError
from mtlspec.emit.compiled import Compiled
from mtlspec.export.interface import Input, Output, read_interface
from mtlspec.export.join import annotate, check_size, join_graphs
from mtlspec.export.network import Served, write_network
from mtlspec.export.pair import Pair, open_session
from mtlspec.export.place import check_place, write_whole
from mtlspec.export.preprocess import write_preprocess
from mtlspec.export.probes import list_changes
from mtlspec.export.speed import Speed, measure_speed
from mtlspec.export.verify import ExportDiffers, NothingToVerifyWith, Verification, verify
from mtlspec.words.serving import ColumnKind


@dataclass(frozen=True, slots=True)
class ExportReport:
    """An exported file: its place, its size in bytes, what it takes and gives, what was found."""

    path: Path
    size: int
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    verification: Verification
    speed: Speed


def export(
    compiled: Compiled,
    fitted: Fitted,
    module: nn.Module,
    rows: pa.Table,
    out: Path,
    *,
    provenance: Mapping[str, str],
) -> ExportReport:
    """Writes `module` with its features' encodings to `out`, after comparing both on `rows`.

    `rows` are real rows with the columns that the features read; `provenance` goes into the
    metadata beside the version of mtlspec and the hash of the spec. `module` is left as it is.
    Raises `SpecError` where the file cannot be written or serves something else than `module`;
    what was at `out` is then untouched.
    """
    check_place(out)
    if rows.num_rows == 0:
        raise SpecError([NothingToVerifyWith()])
    schema = compiled.schema
    kinds: dict[str, ColumnKind] = {name: column.kind for name, column in fitted.columns.items()}
    interface = read_interface(schema, kinds, fitted.tasks)
    preprocess = write_preprocess(schema, fitted.features, interface)
    check_size(module, preprocess)
    served = Served(module, schema)
    network = write_network(served, schema, interface)
    model = join_graphs(preprocess, network, interface)
    spec_hash = sha256(compiled.spec_text.encode()).hexdigest()
    annotate(model, interface, compiled.class_name, {"spec_sha256": spec_hash, **provenance})
    pair = Pair(schema, fitted, served, open_session(model))
    changes = list_changes(schema, fitted.features, interface)
    verification = verify(pair, rows, interface, changes)
    if not verification.passed:
        raise SpecError([ExportDiffers(verification)])
    speed = measure_speed(pair, open_session(network), rows, interface)
    content = model.SerializeToString()
    write_whole(out, content)
    return ExportReport(out, len(content), interface.inputs, interface.outputs, verification, speed)
