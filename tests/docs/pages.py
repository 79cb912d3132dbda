"""The pages of the documentation as blocks that can be run.

A fenced block is what a page says in a language: `mtl`, `console`, `python`. Comments of the page
direct what is made of it:

    <!-- preamble: NAME -->   completes the `mtl` blocks that follow, up to the next such comment,
                              by `docs/language/preambles/NAME.mtl`, whose line `# here` they
                              replace; one that begins with `mtl 1` is a whole file
    <!-- file: NAME -->       the next block is a file of that name, for the rest of the page

In an `mtl` block a comment at the end of a line says what is to be found there: `# : f32[64]` the
type of what the statement that ends on the line defines, `# error: MTL0304`, `# warning: NAME` and
`# note: NAME` a message that stands on the line. Where members or iterations differ in type, these
are joined by `then`. What follows a semicolon is for the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PREAMBLES = DOCS / "language" / "preambles"
SPECS = tuple(sorted((ROOT / "specs").glob("*.mtl")))
"""The library's specs, which tests/models compile."""
HERE = "# here"

_FENCE = re.compile(r"^```(\w*)\s*$")
_COMMENT = re.compile(r"^<!-- (preamble|file): (\S+) -->$")
_MARK = re.compile(r"#\s*(:|error:|warning:|note:)\s*([^;#]+?)\s*(?:;.*)?$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `line` is the page's line of its first one, from 1."""

    page: Path
    line: int
    language: str
    text: str
    preamble: str | None = None
    file: str | None = None

    @property
    def title(self) -> str:
        return f"{self.page.relative_to(DOCS).as_posix()}:{self.line}"

    @property
    def is_shipped(self) -> bool:
        """Whether it is a spec of the library, as it stands."""
        return self.text in _shipped()

    def completed(self) -> tuple[str, int]:
        """The whole file, and how many lines of it stand before the block."""
        if self.preamble is None:
            return self.text, 0
        template = (PREAMBLES / f"{self.preamble}.mtl").read_text(encoding="utf-8")
        lines = template.splitlines(keepends=True)
        place = next(n for n, line in enumerate(lines) if line.strip() == HERE)
        whole = "".join([*lines[:place], self.text, *lines[place + 1 :]])
        return whole, place


@dataclass(frozen=True, slots=True)
class Mark:
    """What a comment says of its line: `kind` is `type`, or a severity; lines count from 1."""

    line: int
    kind: str
    said: str


@cache
def _shipped() -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8") for path in SPECS)


@cache
def all_pages() -> tuple[Path, ...]:
    """Every Markdown file of the documentation, and those beside it that lead there."""
    return tuple(sorted(DOCS.rglob("*.md")))


def blocks_of(page: Path, language: str | None = None) -> Iterator[Block]:
    """The blocks of a page, in order; those of one language, where one is named."""
    preamble = file = None
    lines = enumerate(page.read_text(encoding="utf-8").splitlines(), start=1)
    for _, line in lines:
        comment = _COMMENT.match(line)
        if comment and comment[1] == "preamble":
            preamble = comment[2]
        elif comment:
            file = comment[2]
        fence = _FENCE.match(line)
        if fence is None:
            continue
        block = _read_block(lines)
        first = block[0][0] if block else 0
        text = "".join(f"{line}\n" for _, line in block)
        if language in (None, fence[1]):
            yield Block(page, first, fence[1], text, _preamble(fence[1], text, preamble), file)
        file = None


def _preamble(language: str, text: str, current: str | None) -> str | None:
    """What completes a block: nothing, where it is a whole file."""
    return None if language != "mtl" or text.startswith("mtl ") else current


def _read_block(lines: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for number, line in lines:
        if line.rstrip() == "```":
            return found
        found.append((number, line))
    raise AssertionError("a fence is not closed")


def files_of(page: Path) -> dict[str, str]:
    """The files that a page writes, by name."""
    return {block.file: block.text for block in blocks_of(page) if block.file}


def marks_of(text: str) -> Iterator[Mark]:
    """What the comments of an `mtl` text say is to be found."""
    for number, line in enumerate(text.splitlines(), start=1):
        found = _MARK.search(line)
        if found and found[1] == ":":
            yield Mark(number, "type", found[2])
        elif found:
            for said in found[2].split(","):
                yield Mark(number, found[1].rstrip(":"), said.strip())
