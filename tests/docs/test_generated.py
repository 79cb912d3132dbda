"""The generated pages are what the words say now."""

import importlib.util
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from mtlspec.words import registry
from tests.docs.pages import DOCS

REFERENCE = DOCS / "reference"


def _reference() -> Callable[[], Iterator[tuple[str, str]]]:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Callable[[], Iterator[tuple[str, str]]]", module.reference)


PAGES = dict(_reference()())


@pytest.mark.parametrize("name", sorted({*PAGES, *(path.name for path in REFERENCE.glob("*.md"))}))
def test_a_generated_page_is_what_the_words_say(name: str) -> None:
    path = REFERENCE / name
    written = path.read_text(encoding="utf-8") if path.exists() else None
    assert written == PAGES.get(name), "run `make docs`"


@pytest.mark.parametrize("kind", registry.kinds())
def test_each_word_has_a_section(kind: str) -> None:
    sections = PAGES[f"{kind}.md"].splitlines()
    assert [name for name in registry.names(kind) if f"## `{name}`" not in sections] == []
