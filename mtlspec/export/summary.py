"""What came of an export, for stdout: the file, what it takes and gives, what was measured."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from mtlspec.export.file import ExportReport
from mtlspec.export.interface import Input, Output
from mtlspec.export.speed import BATCH, Speed
from mtlspec.export.verify import BATCHES, Verification

_LABEL: Final = 9
_WIDTH: Final = 80
_CLASSES: Final = 12
"""How many classes of an output are listed."""


def describe(report: ExportReport) -> str:
    """Several lines of at most 80 columns, for names of usual length."""
    entries = {
        "file": [f"{report.path}, {_size(report.size)}"],
        "inputs": _inputs(report.inputs),
        "outputs": [_output(port) for port in report.outputs],
        "check": [_check(report.verification)],
        "speed": _speed(report.speed),
    }
    return "".join(f"{line}\n" for label, texts in entries.items() for line in _entry(label, texts))


def _inputs(ports: tuple[Input, ...]) -> Iterator[str]:
    """The columns of each kind, with what is a null among them."""
    for kind, width in sorted({(port.kind, port.width or 0) for port in ports}):
        found = [port for port in ports if (port.kind, port.width or 0) == (kind, width)]
        names = ", ".join(port.name for port in found)
        yield f"{kind} [batch, {width or 'entries'}], null is {found[0].null}: {names}"


def _output(port: Output) -> str:
    note = "" if port.name == port.task else f", of task {port.task}, whose name a column has"
    if port.classes:
        shown = ", ".join(map(str, port.classes[:_CLASSES]))
        note += f": {shown}" + (", …" if len(port.classes) > _CLASSES else "")
    return f"{port.name} float32 [batch, {port.width}]{note}"


def _check(it: Verification) -> str:
    *first, last = (f"{size:,}" for size in BATCHES)
    return (
        f"largest difference from PyTorch {it.difference:.1e} ({it.task}, {it.place}) over "
        f"{it.rows:,} rows: batches of {', '.join(first)} and {last}, each column null, each "
        "category unknown"
    )


def _speed(it: Speed) -> tuple[str, ...]:
    return (
        f"one row {it.p50 * 1e3:.2f} ms (median), {it.p99 * 1e3:.2f} ms (99th percentile)",
        f"{it.rows_per_second:,.0f} rows/s from raw columns at batch {BATCH:,}",
        f"{it.network_rows_per_second:,.0f} rows/s of the network alone",
    )


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _entry(label: str, texts: Iterable[str]) -> Iterator[str]:
    """A word in the margin and paragraphs beside it."""
    margin = " " * _LABEL
    for place, text in enumerate(texts):
        start = margin if place else f"{label:<{_LABEL}}"
        yield from textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=start,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
