"""Data made ready: read, checked, split, fitted on the training rows alone, encoded."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import torch
from numpy.typing import NDArray

from mtlspec.data import (
    Fitted,
    Rows,
    check_fitted,
    check_labels,
    data_files,
    encode,
    fit,
    load_table,
    split_rows,
)
from mtlspec.diagnostics import Diagnostic, Error, Report, SpecError
from mtlspec.graph.schema import Schema
from mtlspec.training.info import DataSet, describe_data


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows to train and to validate on, and where they are from."""

    fitted: Fitted
    train: Rows
    valid: Rows
    data: DataSet
    valid_data: DataSet | float
    """A data set of its own, or the share that was held out."""
    fit_seconds: float
    warnings: tuple[Diagnostic, ...]


def prepare(schema: Schema, data: str, valid: str | float, seed: int) -> Prepared:
    """Reads `data` and validates on another data set, or on a share of `data`.

    Raises `SpecError` with all that is wrong with files, columns, values and labels.
    """
    if not isinstance(valid, str):
        return _hold_out(schema, data, valid, seed)
    table = load_table(schema, data)
    other = load_table(schema, valid)
    fitted, seconds = _fit(schema, table, data)
    rows = encode(schema, fitted, table, data)
    return Prepared(
        fitted=fitted,
        train=rows,
        valid=encode(schema, fitted, other, valid, served=True),
        data=describe_data(data, data_files(schema, data), table),
        valid_data=describe_data(valid, data_files(schema, valid), other),
        fit_seconds=seconds,
        warnings=_check(schema, fitted, rows, data),
    )


def _hold_out(schema: Schema, data: str, share: float, seed: int) -> Prepared:
    table = load_table(schema, data)
    train, valid = split_rows(table, schema, share, seed)
    if not len(train) or not len(valid):
        grouped = bool(schema.groups)
        raise SpecError([NothingOnOneSide(data, table.num_rows, share, len(valid), grouped)])
    fitted, seconds = _fit(schema, table.take(pa.array(train)), data)
    rows = encode(schema, fitted, table, data)
    train_rows = rows.take(torch.as_tensor(train))
    return Prepared(
        fitted=fitted,
        train=train_rows,
        valid=_judged(schema, fitted, table, rows, valid, data),
        data=describe_data(data, data_files(schema, data), table),
        valid_data=share,
        fit_seconds=seconds,
        warnings=_check(schema, fitted, train_rows, data),
    )


def _judged(
    schema: Schema,
    fitted: Fitted,
    table: pa.Table,
    rows: Rows,
    index: NDArray[np.int64],
    path: str,
) -> Rows:
    """The rows that a model is judged on: as it is served, without what it does not get there."""
    if all(feature.served for feature in schema.features):
        return rows.take(torch.as_tensor(index))
    return encode(schema, fitted, table.take(pa.array(index)), path, served=True)


def _fit(schema: Schema, table: pa.Table, path: str) -> tuple[Fitted, float]:
    began = time.perf_counter()
    fitted = fit(schema, table, path)
    return fitted, time.perf_counter() - began


def _check(schema: Schema, fitted: Fitted, rows: Rows, path: str) -> tuple[Diagnostic, ...]:
    """Warnings about what training would learn from; raises `SpecError` for a task without rows."""
    report = Report()
    report.extend(check_fitted(schema, fitted))
    report.extend(check_labels(schema, rows, path=path))
    report.stop_on_errors()
    return tuple(report.found)


class NothingOnOneSide(Error):
    """Both training and validation need rows.

    What it means: a share of the rows is held out for validation, and it is so small or so large
    (or the data so few) that one side is left without any.

    Example:
        mtlspec train ple.mtl --data three_rows.csv --valid 0.1

    Instead:
        mtlspec train ple.mtl --data three_rows.csv --valid other_rows.csv

    Why: equal rows, or those of one group where a task has groups, always stay on one side, so that
    none is both learned and judged; a data set of a few distinct rows cannot be shared out.
    """

    id = "MTL0711"
    title = "both training and validation need rows"
    path: str
    rows: int
    share: float
    valid: int
    grouped: bool

    def headline(self) -> str:
        side = "training" if self.valid else "validation"
        return f"a share of {self.share:g} leaves no rows for {side}"

    def place(self) -> str:
        return self.path

    def found(self) -> str:
        return f"{self.rows:,} rows, {self.valid:,} of them for validation"

    def notes(self) -> Sequence[str]:
        kept = "one group" if self.grouped else "equal features"
        return (f"rows of {kept} are never divided between the two",)

    def help(self) -> str:
        return "name a file of its own with `--valid`, or another share"
