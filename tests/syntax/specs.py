"""The specs that the tests of this room read: those of the repository and, where it is, the zoo."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtlspec.source import SourceFile

ROOT = Path(__file__).parents[2]
ZOO = ROOT.parent / "shared" / "design" / "zoo"

OWN = sorted((ROOT / "specs").rglob("*.mtl"))
VALID = sorted((ROOT / "tests" / "corpus" / "valid").rglob("*.mtl"))
DESIGNED = sorted(ZOO.rglob("*.mtl"))

needs_zoo = pytest.mark.skipif(not DESIGNED, reason="the design's zoo is not beside this checkout")


def parameters(*groups: list[Path]) -> list[object]:
    """Paths as parameters of a test, named by what they are."""
    return [pytest.param(path, id=path.stem) for group in groups for path in group]


def read(path: Path) -> SourceFile:
    return SourceFile(path.name, path.read_text(encoding="utf-8"))


def in_model(body: str) -> str:
    """Statements inside of a model that starts on the first line."""
    return f"model m {{\n{body}\n}}\n"
