"""The generated pages, and parts of pages, are what words, errors and specs say now."""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

import pytest

from mtlspec.words import registry
from tests.docs.pages import DOCS, ROOT


def _generated() -> Mapping[Path, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        generate = import_module("generate")
        for name in ("generate", "reference_pages", "spec_pages", "markdown_parts"):
            sys.modules.pop(name, None)
    return cast("Mapping[Path, str]", generate.generated())


PAGES = _generated()
EVERY = sorted({*PAGES, *(DOCS / "reference").glob("*.md")})


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_generated_page_is_what_its_source_says(path: Path) -> None:
    written = path.read_text(encoding="utf-8") if path.exists() else None
    assert written == PAGES.get(path), "run `make docs`"


@pytest.mark.parametrize("kind", registry.kinds())
def test_each_word_has_a_section(kind: str) -> None:
    sections = PAGES[DOCS / "reference" / f"{kind}.md"].splitlines()
    assert [name for name in registry.names(kind) if f"## `{name}`" not in sections] == []
