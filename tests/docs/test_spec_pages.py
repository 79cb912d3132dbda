"""Each spec of the library has a page that says what it is and what to expect of it."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, SPECS, blocks_of

FOLDER = DOCS / "specs"
HEADINGS = ("## Equations", "## The spec", "## What to expect")


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_a_spec_has_a_page(spec: Path) -> None:
    page = FOLDER / f"{spec.stem}.md"
    text = page.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == list(HEADINGS)
    shown = [block.text for block in blocks_of(page, "mtl")]
    assert shown[0] == spec.read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```|^\|.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert 100 < len(prose.split()) < 500


def test_no_page_is_left_of_a_spec_that_is_gone() -> None:
    pages = {page.stem for page in FOLDER.glob("*.md")} - {"index"}
    assert pages == {spec.stem for spec in SPECS}


@pytest.mark.parametrize("path", [FOLDER / "index.md", FOLDER.parents[1] / "specs" / "README.md"])
def test_the_tables_of_all_specs_name_each_once(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"^\| \[`(\w+)(?:\.mtl)?`\]", text, flags=re.MULTILINE)
    assert sorted(named) == [spec.stem for spec in SPECS]
