"""What pages say by hand is what there is: reserved words, fields of `train`, words of a kind."""

import re
from pathlib import Path

import pytest

from mtlspec import resources
from mtlspec.words import registry
from mtlspec.words.train import Train
from tests.docs.pages import DOCS, all_pages, blocks_of, marks_of

LANGUAGE = DOCS / "language"
NAMED = {
    "ops": LANGUAGE / "values.md",
    "routers": LANGUAGE / "mixing.md",
    "features": LANGUAGE / "data.md",
    "encodings": LANGUAGE / "data.md",
    "tasks": LANGUAGE / "data.md",
    "metrics": LANGUAGE / "train.md",
    "optimisers": LANGUAGE / "train.md",
    "balance": LANGUAGE / "train.md",
    "losses": LANGUAGE / "statements.md",
}
"""The page that names the words of a kind."""


def test_the_reserved_words_are_those_of_the_grammar() -> None:
    block = next(b for b in blocks_of(LANGUAGE / "files.md", "text") if b.text.startswith("mtl "))
    quoted = re.findall(r'"([a-z]+)"', resources.grammar_text())
    assert sorted(block.text.split()) == sorted(set(quoted))


def test_the_page_on_training_explains_every_field() -> None:
    text = (LANGUAGE / "train.md").read_text(encoding="utf-8")
    table = text.partition("| field | meaning |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == list(Train.model_fields)


@pytest.mark.parametrize("kind", NAMED)
def test_a_page_names_every_word_of_its_kind(kind: str) -> None:
    text = NAMED[kind].read_text(encoding="utf-8")
    assert [word for word in registry.names(kind) if not re.search(rf"\b{word}\b", text)] == []


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_comment_that_looks_like_a_mark_is_one(page: Path) -> None:
    for block in blocks_of(page, "mtl"):
        alike = [n for n, x in enumerate(block.text.splitlines(), 1) if _LIKE_A_MARK.search(x)]
        assert sorted({mark.line for mark in marks_of(block.text)}) == alike, block.title


_LIKE_A_MARK = re.compile(r"#\s*(:|errors?\b|warnings?\b|notes?\b|f32\[|logit\[|MTL\d)")
