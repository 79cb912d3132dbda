"""The trained model and the exported one, fed with the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import pyarrow as pa
import torch
from onnx import ModelProto
from torch import Tensor

from mtlspec.data import Fitted, encode_features
from mtlspec.export.network import Served
from mtlspec.export.raw import RawRows
from mtlspec.graph.schema import Schema

Predictions = list[npt.NDArray[np.float32]]
"""One array [rows, width] per task, in the order of the schema."""

_ERRORS_ONLY: Final = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """PyTorch reads tables through `data`, ONNX Runtime the raw rows."""

    schema: Schema
    fitted: Fitted
    served: Served
    session: ort.InferenceSession

    def encode(self, table: pa.Table) -> tuple[Tensor, ...]:
        """What the network reads of a table, feature by feature."""
        batch, _ = encode_features(self.schema, self.fitted, table).batch(slice(None))
        return tuple(batch[name] for name in self.served.features)

    def run_torch(self, table: pa.Table) -> Predictions:
        with torch.inference_mode():
            return [prediction.numpy() for prediction in self.served(*self.encode(table))]

    def run_onnx(self, raw: RawRows) -> Predictions:
        return [np.asarray(output, np.float32) for output in self.session.run(None, raw)]


def open_session(model: ModelProto) -> ort.InferenceSession:
    """ONNX Runtime on the CPU, quiet about anything but errors."""
    options = ort.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    return ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
