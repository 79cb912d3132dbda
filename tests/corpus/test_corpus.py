"""The corpus: specs that compile, and specs with exactly what is said of them.

An invalid spec ends in comments that are the output at 80 columns. A new one is written without
them, under the code that it is for, and `pytest tests/corpus --rewrite` adds them; whoever does
so reads every file that changed.
"""

from pathlib import Path

import pytest

from mtlspec import pipeline
from mtlspec.diagnostics import Diagnostic
from mtlspec.diagnostics.terminal import render
from mtlspec.files import read_text

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid" / "models").glob("*.mtl"))
INVALID = sorted((HERE / "invalid").rglob("*.mtl"))
WIDTH = 80


def parts(path: Path) -> tuple[str, str]:
    """The spec, and what its trailing comments say."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = len(lines)
    while start and lines[start - 1].startswith("#"):
        start -= 1
    said = "\n".join(line[2:] for line in lines[start:])
    return "\n".join(lines[:start]).rstrip("\n") + "\n", said


def run(path: Path, text: str, upto: pipeline.Stage) -> pipeline.Outcome:
    def read(wanted: str) -> str:
        if wanted == path.name:
            return text
        return read_text(wanted if wanted.startswith("mtl:") else str(path.parent / wanted))

    return pipeline.run(path.name, read=read, upto=upto)


def output(found: list[Diagnostic]) -> str:
    return render(found, width=WIDTH)


def written(spec: str, said: str) -> str:
    comments = "\n".join(f"# {line}".rstrip() for line in said.splitlines())
    return f"{spec}\n{comments}\n" if said else spec


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_spec_compiles(path: Path):
    outcome = run(path, path.read_text(encoding="utf-8"), "python")
    assert output([*outcome.report.errors]) == ""
    assert outcome.code is not None
    compile(outcome.code.source, path.name, "exec")


@pytest.mark.parametrize("path", INVALID, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_is_said_of_an_invalid_spec(path: Path, request: pytest.FixtureRequest):
    spec, expected = parts(path)
    found = run(path, spec, "graph").report.found
    assert path.parent.name in {d.id for d in found}
    said = "\n".join(line.rstrip() for line in output(found).splitlines())
    if request.config.getoption("--rewrite"):
        path.write_text(written(spec, said), encoding="utf-8")
        return
    assert said == expected
    assert all(len(line) <= WIDTH for line in said.splitlines())


def test_each_folder_of_the_corpus_is_a_code():
    assert VALID
    assert INVALID
    assert all(path.parent.name.startswith("MTL") for path in INVALID)
