"""Raw rows, by the fitted state, into the tensors that a model reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray
from torch import Tensor

from mtlspec.data.alignment import check_aligned
from mtlspec.data.fitting import Fitted, input_kinds, place_of
from mtlspec.data.grouping import read_groups
from mtlspec.data.label_reading import Labels, read_labels
from mtlspec.data.rows import Rows
from mtlspec.data.schema_check import check_schema
from mtlspec.data.together import number_groups
from mtlspec.diagnostics import Error, Label, Report, SpecError
from mtlspec.graph.schema import FeatureField, Schema
from mtlspec.source import Span
from mtlspec.words.serving import ColumnKind


class ColumnChanged(Error):
    """A column is of the kind that it was in training.

    What it means: strings stand where training had integers, or the other way round. Every value
    would be unknown to the model.

    Example: `zip` was read from Parquet as strings, and now from CSV, where `04109` is an integer

    Instead: write the column as it was in the training data

    Why: predictions from nothing but unknown values look like predictions.
    """

    id = "MTL0617"
    title = "a column is of the kind that it was in training"
    column: str
    now: ColumnKind
    before: ColumnKind
    span: Span
    path: str

    def headline(self) -> str:
        return f"`{self.column}` of `{self.path}` is {_SAID[self.now]}"

    def labels(self) -> Sequence[Label]:
        text = f"fitted on {_SAID[self.before]}"
        return [Label(self.span, text, primary=True)]

    def place(self) -> str:
        return self.path

    def expected(self) -> str:
        return f"{_SAID[self.before]}, as in training"


_SAID = {"string": "strings", "int64": "integers", "float32": "numbers"}


def encode(
    schema: Schema,
    fitted: Fitted,
    table: pa.Table,
    path: str = "the table",
    *,
    served: bool = False,
) -> Rows:
    """All rows with their labels, `served` as the served model gets them.

    Raises `SpecError` with all that is wrong (MTL06).
    """
    report = Report()
    report.extend(check_schema(schema, table.schema, path))
    report.stop_on_errors()
    features = _encode(schema, fitted, table, path, report, served=served)
    report.extend(check_aligned(schema, features, table, path))
    groups = number_groups(schema, table)
    labels = read_labels(schema, fitted.tasks, table, groups, path, report)
    report.stop_on_errors()
    return _rows(schema, features, labels, read_groups(schema, table), groups)


def encode_features(
    schema: Schema, fitted: Fitted, table: pa.Table, path: str = "the table"
) -> Rows:
    """All rows without labels: for prediction, where the labels' columns may be absent."""
    report = Report()
    report.extend(check_schema(schema, table.schema, path, labels=False))
    report.stop_on_errors()
    features = _encode(schema, fitted, table, path, report, served=True)
    report.stop_on_errors()
    labels = Labels((), (), np.zeros((table.num_rows, 0), dtype=np.float32))
    return _rows(schema, features, labels, {})


Array = NDArray[np.int64] | NDArray[np.float32]


def _encode(
    schema: Schema, fitted: Fitted, table: pa.Table, path: str, report: Report, *, served: bool
) -> dict[str, Array]:
    """Each feature's array; those with errors, which are reported, are left out."""
    given = [feature for feature in schema.features if feature.served or not served]
    kinds = input_kinds(given, table.schema)
    found: dict[str, Array] = {}
    for feature in schema.features:
        if feature not in given:
            found[feature.name] = _of_nulls(feature, fitted, table, path)
            continue
        now, before = kinds[feature.column], fitted.columns[feature.column].kind
        column = table.column(feature.column)
        if not pa.types.is_null(column.type) and (now == "string") != (before == "string"):
            error = ColumnChanged(feature.column, now, before, feature.span, path)
            report.add(error)
            continue
        place, state = place_of(feature, table, path), fitted.features[feature.state]
        try:
            encoded = feature.word.part("run").encode(column, feature.options, state, place)
            found[feature.name] = encoded
        except SpecError as error:
            report.extend(error.diagnostics)
    return found


def _of_nulls(feature: FeatureField, fitted: Fitted, table: pa.Table, path: str) -> Array:
    """A feature that is null in every row, which is what the served model makes of it."""
    nulls = pa.chunked_array([pa.nulls(table.num_rows)])
    place, state = place_of(feature, table, path), fitted.features[feature.state]
    encoded: Array = feature.word.part("run").encode(nulls, feature.options, state, place)
    return encoded


def _rows(
    schema: Schema,
    features: Mapping[str, Array],
    labels: Labels,
    groups: Mapping[str, NDArray[np.int64]],
    together: NDArray[np.int64] | None = None,
) -> Rows:
    reads_ids = [feature for feature in schema.features if feature.word.reads == "ids"]
    ids = [feature for feature in reads_ids if feature.entries is None]
    lists = [feature for feature in reads_ids if feature.entries is not None]
    numbers = [feature for feature in schema.features if feature.word.reads == "values"]
    count = len(labels.values)
    empty = np.zeros((count, 0), dtype=np.int64)
    return Rows(
        ids=_side_by_side(ids, features, empty),
        lists=_side_by_side(lists, features, empty),
        numbers=_side_by_side(numbers, features, np.zeros((count, 0), dtype=np.float32)),
        labels=torch.as_tensor(labels.values),
        groups=torch.as_tensor(np.stack([*groups.values()], axis=1) if groups else empty),
        id_names=tuple(feature.name for feature in ids),
        list_names=tuple(feature.name for feature in lists),
        lengths=tuple(feature.entries or 0 for feature in lists),
        number_names=tuple(feature.name for feature in numbers),
        widths=tuple(feature.given for feature in numbers),
        label_names=labels.names,
        label_widths=labels.widths,
        group_names=tuple(groups),
        together=None if together is None else torch.tensor(together),
    )


def _side_by_side(
    fields: Sequence[FeatureField], arrays: Mapping[str, Array], empty: Array
) -> Tensor:
    """The features' columns, [N, all widths]."""
    found = [arrays[field.name] for field in fields]
    columns = [array if array.ndim == 2 else array[:, None] for array in found]
    return torch.as_tensor(np.concatenate([empty, *columns], axis=1))
