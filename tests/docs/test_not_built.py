"""What the documentation calls not built is refused as such, and what is refused so is there."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import mtlspec
from mtlspec.diagnostics import Diagnostic
from mtlspec.words import registry
from mtlspec.words.later import later
from tests.docs.checking import see
from tests.docs.pages import DOCS, Block

PAGE = DOCS / "language" / "not-built.md"
NOT_BUILT = "MTL0214"
ROW = re.compile(r"^\| (?P<part>[^|]+) \| `(?P<example>[^`]+)` \| (?P<preamble>\w+) \|$")


@dataclass(frozen=True, slots=True)
class Row:
    part: str
    example: str
    preamble: str


def _rows() -> list[Row]:
    found = map(ROW.match, PAGE.read_text(encoding="utf-8").splitlines())
    return [Row(row["part"], row["example"], row["preamble"]) for row in found if row]


ROWS = _rows()
WORDS = {
    "ops": ("statements", "let x = {word}(features)"),
    "losses": ("statements", "loss x = {word}(features)"),
    "routers": ("statements", "stitch({word}) x = age, hours"),
    "features": ("features", "x : {word}"),
    "encodings": ("features", "x : numeric({word})"),
    "tasks": ("tasks", "x : {word}"),
    "balance": ("train", "balance : {word}"),
}
"""How a word of each kind is written, where there is a place for one to be written."""


def _errors(preamble: str, text: str, monkeypatch: pytest.MonkeyPatch) -> list[Diagnostic]:
    whole, _ = Block(PAGE, 0, "mtl", f"{text}\n", preamble).completed()
    seen = see("this.mtl", whole, {}, monkeypatch)
    return [found for found in seen.found if found.severity == "error"]


@pytest.mark.parametrize("row", ROWS, ids=[row.part for row in ROWS])
def test_each_line_of_the_table_is_refused_and_for_no_other_reason(
    row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {e.id for e in _errors(row.preamble, row.example, monkeypatch)} == {NOT_BUILT}


LATER = [(kind, word) for kind in WORDS for word in later(kind)]


@pytest.mark.parametrize(("kind", "word"), LATER, ids=[f"{k}-{w}" for k, w in LATER])
def test_each_word_that_is_still_to_come_is_refused(
    kind: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    preamble, example = WORDS[kind]
    assert {e.id for e in _errors(preamble, example.format(word=word), monkeypatch)} == {NOT_BUILT}


def test_a_word_is_either_built_or_still_to_come() -> None:
    for kind in registry.kinds():
        assert not set(later(kind)) & set(registry.names(kind))


def test_all_that_is_refused_as_not_built_is_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [
        error.headline()
        for row in ROWS
        for error in _errors(row.preamble, row.example, monkeypatch)
    ]
    missing = [p for p in _refusals() if not any(re.search(p, headline) for headline in said)]
    assert not missing


def _refusals() -> Iterator[str]:
    """What `NotBuilt` is called with anywhere in the package, as patterns."""
    for path in sorted(Path(mtlspec.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NotBuilt":
                yield _pattern(node.args[0])


def _pattern(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return re.escape(text)
        case ast.JoinedStr(values=values):
            return "".join(_pattern(value) for value in values)
        case _:
            return ".+"
