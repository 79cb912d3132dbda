"""The documentation's specs compile to what the pages say, and its commands print it."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from mtlspec.cli.app import main
from tests.docs.checking import Seen, see
from tests.docs.commands import commands_of, compare, lay_out, needs_a_run
from tests.docs.modules import run_once
from tests.docs.pages import Block, Mark, all_pages, blocks_of, files_of, marks_of

MTL = [block for page in all_pages() for block in blocks_of(page, "mtl") if not block.is_shipped]
CONSOLE = [
    block
    for page in all_pages()
    for block in blocks_of(page, "console")
    if not needs_a_run(page, block)
]


def _ids(blocks: list[Block]) -> list[str]:
    return [block.title for block in blocks]


@pytest.fixture
def seen(block: Block, monkeypatch: pytest.MonkeyPatch) -> Seen:
    text, _ = block.completed()
    others = files_of(block.page)
    return see(block.file or "this.mtl", text, others, monkeypatch)


def _marks(block: Block, kind: str) -> Iterator[Mark]:
    """The marks of a block, by the lines of its completed text."""
    _, before = block.completed()
    for mark in marks_of(block.text):
        if mark.kind == kind:
            yield Mark(mark.line + before, mark.kind, mark.said)


@pytest.mark.parametrize("block", MTL, ids=_ids(MTL))
def test_a_spec_gives_the_errors_that_its_page_shows_and_no_other(block: Block, seen: Seen) -> None:
    marked = sorted((mark.line, mark.said) for mark in _marks(block, "error"))
    assert sorted(set(seen.places("error"))) == marked


@pytest.mark.parametrize("block", MTL, ids=_ids(MTL))
def test_a_note_that_a_page_shows_is_given(block: Block, seen: Seen) -> None:
    marked = {(mark.line, mark.said) for mark in _marks(block, "note")}
    assert marked <= set(seen.places("note"))


@pytest.mark.parametrize("block", MTL, ids=_ids(MTL))
def test_a_spec_gives_the_warnings_that_its_page_shows(block: Block, seen: Seen) -> None:
    marked = sorted((mark.line, mark.said) for mark in _marks(block, "warning"))
    assert sorted(set(seen.places("warning"))) == marked


@pytest.mark.parametrize("block", MTL, ids=_ids(MTL))
def test_a_statement_has_the_type_that_its_page_shows(block: Block, seen: Seen) -> None:
    marked = [(mark.line, mark.said) for mark in _marks(block, "type")]
    assert [(line, seen.type_on(line)) for line, _ in marked] == marked


@pytest.mark.parametrize("block", MTL, ids=_ids(MTL))
def test_a_spec_without_errors_runs(block: Block, seen: Seen) -> None:
    if seen.outcome.code is not None:
        run_once(seen.outcome.code)


@pytest.mark.parametrize("block", CONSOLE, ids=_ids(CONSOLE))
def test_a_command_prints_what_its_page_shows(
    block: Block,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    lay_out(tmp_path, [block.page])
    for command, shown in commands_of(block):
        program, *words = shlex.split(command)
        assert program == "mtlspec"
        capsys.readouterr()
        main(words)
        captured = capsys.readouterr()
        compare(captured.out + captured.err, shown)
