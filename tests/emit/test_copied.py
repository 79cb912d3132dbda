"""Torch code of ours that is copied into emitted files as it stands."""

import ast
from pathlib import Path

import pytest

import mtlspec
from mtlspec.emit.copied import copied

ROOT = Path(mtlspec.__file__).parent
FILES = sorted(
    path
    for path in (
        *(ROOT / "emit" / "lowerings").glob("*.py"),
        *(ROOT / "words").rglob("module.py"),
    )
    if path.name != "__init__.py"
)
each_file = pytest.mark.parametrize(
    "path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}"
)


def definitions(path: Path) -> list[ast.ClassDef | ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]


def test_there_is_something_to_copy():
    assert {"mix", "wide_linear", "bank_linear", "module"} <= {path.stem for path in FILES}


@each_file
def test_a_copied_text_keeps_the_width_of_the_emitted_file(path: Path):
    module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    assert definitions(path)
    for definition in definitions(path):
        text = copied(module, definition.name).text
        assert max(map(len, text.splitlines())) <= 88
        assert ast.get_docstring(definition)


@each_file
def test_a_copied_text_needs_only_what_the_emitted_file_imports(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = {"torch", "nn", "F", "Tensor", "Linears"}
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= known


@each_file
def test_a_copied_text_names_nothing_that_a_fresh_file_lacks(path: Path):
    for definition in definitions(path):
        used = {n.id for n in ast.walk(definition) if isinstance(n, ast.Name)}
        assert "mtlspec" not in used


def test_a_name_that_is_not_there_is_a_mistake_of_ours():
    with pytest.raises(LookupError, match="Nobody"):
        copied("mtlspec.emit.lowerings.mix", "Nobody")
