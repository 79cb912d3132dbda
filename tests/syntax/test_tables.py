"""The parser's tables are the same bytes for the same grammar, and are used if they fit."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from lark.parsers.lalr_analysis import LALR_Analyzer

from mtlspec import resources
from mtlspec.syntax import tables

SOURCE = Path(tables.__file__)


@pytest.fixture(scope="module")
def grammar() -> str:
    return resources.grammar_text()


@pytest.fixture(scope="module")
def built(grammar: str) -> str:
    return tables.build(grammar)


def _by_path() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables_by_path", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_file_can_be_loaded_by_its_path(grammar: str, built: str) -> None:
    assert _by_path().build(grammar) == built


def test_it_imports_the_standard_library_and_lark_alone() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    roots = {str(name).partition(".")[0] for name in names}
    assert roots <= {*sys.stdlib_module_names, "lark"}


def test_tables_do_not_depend_on_the_order_of_hashes(built: str) -> None:
    code = (
        "import sys; from mtlspec import resources; from mtlspec.syntax import tables; "
        "sys.stdout.write(tables.build(resources.grammar_text()))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": str(SOURCE.parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == built


def _no_building(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: object) -> None:
        raise AssertionError("a table was built")

    monkeypatch.setattr(LALR_Analyzer, "compute_lalr", fail)


def test_loading_builds_no_table(monkeypatch: pytest.MonkeyPatch, grammar: str, built: str) -> None:
    _no_building(monkeypatch)
    parser = tables.load(built, grammar)
    assert parser.parse("mtl 1", start="file").data == "file"


@pytest.mark.parametrize("text", [None, ""])
def test_without_tables_the_parser_is_built(grammar: str, text: str | None) -> None:
    assert tables.load(text, grammar).parse("3", start="value").data == "int"


@pytest.mark.parametrize("key", ["grammar", "lark"])
def test_tables_of_another_grammar_or_lark_are_not_used(
    monkeypatch: pytest.MonkeyPatch, grammar: str, built: str, key: str
) -> None:
    other = json.dumps({**json.loads(built), key: "another"})
    _no_building(monkeypatch)
    with pytest.raises(AssertionError, match="a table was built"):
        tables.load(other, grammar)
