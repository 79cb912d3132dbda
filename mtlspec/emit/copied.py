"""Torch code of ours that is copied into emitted files as text; it is read, never imported."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from mtlspec import pysource as py


@cache
def copied(module: str, name: str) -> py.Copied:
    """The text of a class or function at the top level of one of our modules."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    for item in ast.parse(text).body:
        if isinstance(item, ast.ClassDef | ast.FunctionDef) and item.name == name:
            lines = text.splitlines()[item.lineno - 1 : item.end_lineno]
            return py.Copied(name, "\n".join(lines))
    raise LookupError(f"{module} has no {name}")
