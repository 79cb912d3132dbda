"""What the README shows is what happens; `--rewrite` writes its excerpts anew."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mtlspec

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    text = README.read_text(encoding="utf-8")
    return [block for found, block in BLOCK.findall(text) if found == kind]


def untimed(text: str) -> str:
    return re.sub(r"\d+ ms", "… ms", text)


def checks() -> list[str]:
    return [block for block in blocks("console") if block.startswith("$ mtlspec check ")]


@pytest.fixture
def agree(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Asserts that a block of the README is what it should be, or makes it so."""

    def agree_or_rewrite(block: str, now: str) -> None:
        if untimed(now) != untimed(block) and request.config.getoption("--rewrite", default=False):
            text = README.read_text(encoding="utf-8")
            README.write_text(text.replace(block, now), encoding="utf-8")
        else:
            assert untimed(now) == untimed(block)

    return agree_or_rewrite


def test_the_spec_is_that_of_the_library(agree: Callable[[str, str], None]) -> None:
    agree(blocks("mtl")[0], (ROOT / "specs/ple.mtl").read_text(encoding="utf-8"))


@pytest.mark.parametrize("transcript", checks(), ids=lambda block: block.partition("\n")[0])
def test_check_prints_what_the_readme_shows(
    transcript: str, agree: Callable[[str, str], None], tmp_path: Path
) -> None:
    (tmp_path / "wide.mtl").write_text(blocks("mtl")[1], encoding="utf-8")
    command = transcript.partition("\n")[0]
    done = subprocess.run(
        [sys.executable, "-m", *command.removeprefix("$ ").split()],
        cwd=tmp_path,
        env=os.environ | {"COLUMNS": "80", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    agree(transcript, f"{command}\n{done.stdout}")


def test_the_excerpt_of_mmoe_is_compiled_from_it(agree: Callable[[str, str], None]) -> None:
    source = mtlspec.compile("mtl:mmoe.mtl").source
    model = source[source.index("class Mmoe(") :]
    method = model[model.index("    def forward(") : model.index("    def serve(")]
    unindented = "\n".join(line[4:] for line in method.rstrip().splitlines())
    agree(blocks("python")[0], unindented + "\n")
