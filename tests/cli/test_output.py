"""What is written where: files whole or not at all, colour only where it is wanted."""

import io
import os
import stat
from pathlib import Path

import pytest

from mtlspec.cli.output import count, has_color, width_of, write_text
from mtlspec.diagnostics import SpecError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "painted"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_is_coloured_unless_it_asks_not_to_be(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], painted: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_color(Terminal(), "auto") is painted
    assert has_color(Terminal(), "always")
    assert not has_color(Terminal(), "never")


def test_a_file_is_not_coloured() -> None:
    assert not has_color(io.StringIO(), "auto")


@pytest.mark.parametrize(("columns", "width"), [("60", 60), ("200", 80)])
def test_lines_are_never_longer_than_80_columns(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width_of(Terminal()) == width
    assert width_of(io.StringIO()) == 80


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    place = tmp_path / "out.py"
    place.write_text("old", encoding="utf-8")
    place.chmod(0o640)
    write_text(str(place), "new\n")
    assert place.read_bytes() == b"new\n"
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["out.py"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.py", tmp_path / "link.py"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    write_text(str(link), "new")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new"


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_text(os.devnull, "gone")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("name", ["no folder/out.py", "file/out.py", "."])
def test_what_cannot_be_written_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("a file", encoding="utf-8")
    with pytest.raises(SpecError, match="cannot be written"):
        write_text(name, "text")
    assert os.listdir(tmp_path) == ["file"]


def test_counts_are_words() -> None:
    assert [count(0, "note"), count(1, "note"), count(1234, "note")] == [
        "0 notes",
        "1 note",
        "1,234 notes",
    ]
