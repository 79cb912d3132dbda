"""The corpus: specs that compile, and specs with exactly what is said of them.

An invalid spec ends in comments that are the output at 80 columns. A new one is written without
them, under the code that it is for, and `pytest tests/corpus --rewrite` adds them; whoever does
so reads every file that changed.
"""

import re
from pathlib import Path

import pytest

import mtlspec
from mtlspec import pipeline
from mtlspec.cli.check import is_part
from mtlspec.cli.explain import error_pages
from mtlspec.diagnostics import Diagnostic
from mtlspec.diagnostics.terminal import render
from mtlspec.files import read_part, read_text
from mtlspec.graph.build import OneModel

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

    def peek(name: str, first: int, count: int) -> bytes:
        return read_part(str(path.parent / name), first, count)

    return pipeline.run(path.name, read=read, peek=peek, upto=upto)


def said_by_check(outcome: pipeline.Outcome) -> list[Diagnostic]:
    """What `mtlspec check` says: a part of a program needs no model."""
    part = is_part(outcome.program)
    return [d for d in outcome.report.found if not (part and isinstance(d, OneModel))]


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
    found = said_by_check(run(path, spec, "graph"))
    assert path.parent.name in {d.id for d in found}
    said = "\n".join(line.rstrip() for line in output(found).splitlines())
    if request.config.getoption("--rewrite"):
        path.write_text(written(spec, said), encoding="utf-8")
        return
    assert said == expected
    assert all(len(line) <= WIDTH for line in said.splitlines())


ELSEWHERE = {
    "MTL0133": "a value of `--set`: tests/syntax/test_mistakes.py",
    "MTL0134": "a value of `--set`: tests/syntax/test_mistakes.py",
    "MTL0152": "a line of a megabyte: tests/syntax/test_recovery.py",
    "MTL0251": "thousands of lines: tests/graph/test_limits.py",
    "MTL0210": "a key of `--set`: tests/graph/test_overlays.py",
    "MTL0311": "a task that is not binary: until one is built",
}
"""Errors that no spec has, or none yet, and where they are shown."""

OF_DATA_AND_RUNS = ("data", "training", "export", "studies")
"""Rooms whose errors take a data set or a run: shown by the tests of those rooms."""


def codes_of_specs() -> set[str]:
    """The codes of errors that a spec alone can have."""
    root = Path(mtlspec.__file__).parent
    found: set[str] = set()
    for path in root.rglob("*.py"):
        if path.name != "run.py" and path.relative_to(root).parts[0] not in OF_DATA_AND_RUNS:
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r'^    id = "(MTL\d+)"', text, re.MULTILINE))
    return found


NOTES_OF_SPECS = {
    *("dead-statement", "empty-repeat", "gate-of-one", "number-picks-one", "outside-domain"),
    *("idle-experts", "one-value-reduced", "output-layer-twice", "stitch-of-one"),
    "task-without-head",
}


def test_each_folder_of_the_corpus_is_a_code() -> None:
    assert len(VALID) >= 60
    assert len(INVALID) >= 120
    assert {path.parent.name for path in INVALID} <= {page.id for page in error_pages()}


def test_every_error_of_a_spec_has_a_mistake() -> None:
    shown = {path.parent.name for path in INVALID}
    left = codes_of_specs() - shown - set(ELSEWHERE)
    assert left == set(), "write a mistake to tests/corpus/invalid/CODE, see the head of this file"
    assert shown >= NOTES_OF_SPECS
