"""The command line, run in this process: what it prints where, and its exit code."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mtlspec.cli.app import main

SPECS = Path(__file__).parents[2] / "specs"

SPEC = """\
mtl 1
features {
    age  : numeric(normalize)
    city : category(dim: 4)
}
tasks {
    click, buy : binary
}
model two {
    layer bottom = features -> mlp(8)
    head[task] = bottom -> mlp(4)
}
"""
"""A spec without errors and without notes."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished command."""

    code: int
    out: str
    err: str


RunCommand = Callable[..., Ran]


@pytest.fixture
def mtlspec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> RunCommand:
    """Runs `mtlspec …` in an empty folder that holds `two.mtl`, off a terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "two.mtl").write_text(SPEC, encoding="utf-8")

    def run(*tokens: str) -> Ran:
        capsys.readouterr()
        code = main(tokens)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run
