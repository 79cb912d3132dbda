"""What is told to a person: errors with codes, warnings and notes with names."""

from mtlspec.diagnostics.base import (
    Diagnostic,
    Error,
    Fix,
    Label,
    Note,
    Report,
    SpecError,
    Warn,
    catalogue,
    closest,
)

__all__ = [
    "Diagnostic",
    "Error",
    "Fix",
    "Label",
    "Note",
    "Report",
    "SpecError",
    "Warn",
    "catalogue",
    "closest",
]
