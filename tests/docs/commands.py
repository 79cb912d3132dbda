"""The commands of the documentation: which there are, and whether they print what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.docs.pages import DOCS, ROOT, Block, files_of

JOURNEYS = (
    (
        "how-to/train-on-your-own-data.md",
        "how-to/export-and-serve.md",
        "how-to/reproduce-a-run.md",
        "how-to/read-the-pytorch.md",
    ),
    ("how-to/balance-the-tasks.md",),
    ("language/first-spec.md",),
    ("tutorial/from-hard-sharing-to-ple.md",),
)
"""Pages that train: those of one journey follow one another in one folder."""

_NOT_QUICK = re.compile(r"^\$ (?!mtlspec (check|compile|explain|fmt)\b)", re.MULTILINE)
_TIME = re.compile(r"\d+(\.\d+)? m?s\b")


def needs_a_run(page: Path, block: Block) -> bool:
    """Whether a block is left to the slow tests, which run whole journeys."""
    name = page.relative_to(DOCS).as_posix()
    shared = any(name in journey for journey in JOURNEYS if len(journey) > 1)
    return shared or _NOT_QUICK.search(block.text) is not None


def lay_out(folder: Path, pages: Iterable[Path]) -> None:
    """Puts the pages' files into a folder, and what a checkout has beside them."""
    for name in ("specs", "examples"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    for page in pages:
        for name, text in files_of(page).items():
            (folder / name).write_text(text, encoding="utf-8")


def commands_of(block: Block) -> Iterator[tuple[str, str]]:
    """Each command, on one line, with the output shown below it."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.replace("\\\n", " ").partition("\n")
        yield command, shown


def compare(printed: str, shown: str) -> None:
    """What is shown is what is printed, but for times; `…` stands for what is left out.

    On a line of its own it is any number of lines, within a line a part of that line.
    """
    printed, shown = (_TIME.sub("<time>", text).rstrip() for text in (printed, shown))
    if "…" not in shown:
        assert printed == shown
    lines = [r"(?:.*\n)*" if x.strip() == "…" else _pattern(x) for x in shown.splitlines()]
    assert re.fullmatch("".join(lines), f"{printed}\n" if printed else ""), printed


def _pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("…")) + "\n"
