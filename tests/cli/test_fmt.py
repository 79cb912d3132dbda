"""`mtlspec fmt`: specs in their canonical form, in place or shown."""

import io
from pathlib import Path

import pytest

from tests.cli.conftest import RunCommand

LOOSE = """\
mtl 1
param own=3    # how many
model m {
  layer a=features->mlp( 8,own )
}
"""
BROKEN = "mtl 1\nmodel m {\n    layer a = features ->\n}\n"


@pytest.fixture
def tight(mtlspec: RunCommand) -> str:
    """The canonical form of LOOSE, which lies in `loose.mtl`."""
    Path("loose.mtl").write_text(LOOSE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO(LOOSE))
        ran = mtlspec("fmt", "-")
    assert (ran.code, ran.err) == (0, "")
    return ran.out


def test_stdin_is_formatted_to_stdout(tight: str) -> None:
    assert tight != LOOSE
    assert "param own = 3" in tight
    assert "# how many" in tight


def test_a_file_is_formatted_in_place_once(mtlspec: RunCommand, tight: str) -> None:
    ran = mtlspec("fmt", "loose.mtl")
    assert (ran.code, ran.out, ran.err) == (0, "", "formatted loose.mtl\n")
    assert Path("loose.mtl").read_text(encoding="utf-8") == tight
    again = mtlspec("fmt", "loose.mtl")
    assert (again.code, again.out, again.err) == (0, "", "")


def test_check_names_what_would_change_and_writes_nothing(mtlspec: RunCommand, tight: str) -> None:
    Path("tight.mtl").write_text(tight, encoding="utf-8")
    ran = mtlspec("fmt", "loose.mtl", "tight.mtl", "--check")
    assert (ran.code, ran.out, ran.err) == (1, "loose.mtl\n", "")
    assert Path("loose.mtl").read_text(encoding="utf-8") == LOOSE
    assert mtlspec("fmt", "tight.mtl", "--check").code == 0


def test_diff_shows_what_would_change_and_writes_nothing(mtlspec: RunCommand, tight: str) -> None:
    ran = mtlspec("fmt", "loose.mtl", "--diff")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("--- loose.mtl\n+++ loose.mtl (formatted)\n@@ ")
    assert "\n-  layer a=features->mlp( 8,own )\n" in ran.out
    assert Path("loose.mtl").read_text(encoding="utf-8") == LOOSE


def test_with_a_syntax_error_no_file_is_written(mtlspec: RunCommand, tight: str) -> None:
    Path("broken.mtl").write_text(BROKEN, encoding="utf-8")
    ran = mtlspec("fmt", "loose.mtl", "broken.mtl", "nowhere.mtl")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("error[MTL01") == 1
    assert "error[MTL0205]: `nowhere.mtl` cannot be read" in ran.err
    assert Path("loose.mtl").read_text(encoding="utf-8") == LOOSE
    assert Path("broken.mtl").read_text(encoding="utf-8") == BROKEN


def test_a_spec_of_the_library_is_not_rewritten(mtlspec: RunCommand) -> None:
    ran = mtlspec("fmt", "mtl:ple.mtl")
    assert (ran.code, ran.out) == (2, "")
    assert [path.name for path in Path.cwd().iterdir()] == ["two.mtl"]
