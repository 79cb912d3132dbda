"""Links of the documentation lead somewhere: to a file that is there, and a heading of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, all_pages

LINK = re.compile(r"\]\(([^)\s]+)\)")
TARGET = re.compile(r"(?P<path>[^#]*)(?:#(?P<anchor>.*))?")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def _prose(page: Path) -> str:
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


def _broken(page: Path) -> Iterator[str]:
    for link in LINK.findall(_prose(page)):
        if link.startswith("https://"):
            continue
        found = TARGET.fullmatch(link)
        assert found is not None
        path = (page.parent / found["path"]).resolve() if found["path"] else page
        if not path.exists() or (found["anchor"] and found["anchor"] not in _anchors(path)):
            yield link


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert list(_broken(page)) == []


def test_every_page_is_reached_from_the_index() -> None:
    reached, todo = set[Path](), [DOCS / "index.md"]
    while todo:
        page = todo.pop()
        if page in reached:
            continue
        reached.add(page)
        links = (link.partition("#")[0] for link in LINK.findall(_prose(page)))
        found = ((page.parent / link).resolve() for link in links if link.endswith(".md"))
        todo += [path for path in found if path.exists() and path.is_relative_to(ROOT)]
    assert [page for page in all_pages() if page not in reached] == []
