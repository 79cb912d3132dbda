"""Diagnostics for programs: dicts that JSON can hold, lines and columns counted from 1."""

from __future__ import annotations

from typing import TypedDict

from mtlspec.diagnostics.base import Diagnostic, Fix, Label
from mtlspec.source import Span


class Place(TypedDict):
    """A stretch of a file; `end_column` is the one after its last character."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class Mark(TypedDict):
    """A marked place."""

    place: Place
    text: str
    primary: bool


class Replacement(TypedDict):
    """A fix: what to put in place of a stretch."""

    place: Place
    replacement: str
    safe: bool


class Structured(TypedDict):
    """A diagnostic.

    `place` is the primary mark's; where there is none, `about` says what the message is about.
    """

    severity: str
    id: str
    message: str
    place: Place | None
    about: str
    found: str
    expected: str
    marks: list[Mark]
    notes: list[str]
    help: str
    fix: Replacement | None


def to_dict(diagnostic: Diagnostic) -> Structured:
    """Everything that a diagnostic says."""
    primary, fix = diagnostic.primary, diagnostic.fix()
    return {
        "severity": diagnostic.severity,
        "id": diagnostic.id,
        "message": diagnostic.headline(),
        "place": _place(primary.span) if primary else None,
        "about": diagnostic.place(),
        "found": diagnostic.found(),
        "expected": diagnostic.expected(),
        "marks": [_mark(label) for label in diagnostic.marks()],
        "notes": list(diagnostic.notes()),
        "help": diagnostic.help(),
        "fix": _replacement(fix) if fix else None,
    }


def _place(span: Span) -> Place:
    file = span.file
    return {
        "file": file.path,
        "line": span.line,
        "column": span.column,
        "end_line": file.line_of(span.stop),
        "end_column": file.column_of(span.stop),
    }


def _mark(label: Label) -> Mark:
    return {"place": _place(label.span), "text": label.text, "primary": label.primary}


def _replacement(fix: Fix) -> Replacement:
    return {"place": _place(fix.span), "replacement": fix.replacement, "safe": fix.safe}
