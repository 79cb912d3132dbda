"""Schemas from the text of a spec, and small tables, for tests of reading data."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from mtlspec import pipeline
from mtlspec.diagnostics import Diagnostic, SpecError
from mtlspec.graph.schema import Schema
from mtlspec.source import SourceFile
from mtlspec.syntax import parse_value
from mtlspec.syntax.tree import Expr, Range

MODEL = "model m { head[task] = features -> mlp(4) }"


def schema(fields: str, model: str = MODEL) -> Schema:
    """The schema of `features { … } tasks { … }`; mistakes about data (MTL06) are let pass."""
    texts = {"spec.mtl": f"mtl 1\n{fields}\n{model}\n"}
    outcome = pipeline.run("spec.mtl", read=texts.__getitem__, upto="graph")
    others = [error for error in outcome.report.errors if not error.id.startswith("MTL06")]
    assert not others, SpecError(others)
    assert outcome.built is not None
    return outcome.built.used


def condition(text: str) -> Expr:
    found, mistakes = parse_value(SourceFile("spec.mtl", text))
    assert found is not None
    assert not isinstance(found, Range)
    assert not mistakes
    return found


def table(**columns: Sequence[object]) -> pa.Table:
    return pa.table(columns)


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def told(diagnostics: Sequence[Diagnostic]) -> str:
    """All that a person would read of these, in one text."""
    parts = [
        part
        for d in diagnostics
        for part in (
            d.id,
            d.headline(),
            d.place(),
            d.found(),
            d.expected(),
            *d.notes(),
            d.help(),
            *(f"{label.span.text} <- {label.text}" for label in d.labels()),
        )
    ]
    return "\n".join(part for part in parts if part)
