"""A trained module and its fitted features as one ONNX file that reads raw columns."""

from mtlspec.export.file import ExportReport, export
from mtlspec.export.summary import describe

__all__ = ["ExportReport", "describe", "export"]
