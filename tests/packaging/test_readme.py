"""What the README shows is what happens.

`python -m tests.packaging.test_readme` writes the README's excerpts anew.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MILLISECONDS = re.compile(r"\d+ ms")


def blocks(kind: str) -> list[str]:
    return [
        text for found, text in BLOCK.findall(README.read_text(encoding="utf-8")) if found == kind
    ]


def checks() -> list[str]:
    return [text for text in blocks("console") if text.startswith("$ mtlspec check ")]


def shown(transcript: str, folder: Path) -> str:
    """The transcript's command with what it prints now, in a folder that holds `wide.mtl`."""
    command = transcript.partition("\n")[0]
    (folder / "wide.mtl").write_text(blocks("mtl")[1], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", *command.removeprefix("$ ").split()],
        cwd=folder,
        env=os.environ | {"COLUMNS": "80", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return f"{command}\n{done.stdout}"


def forward_of_mmoe() -> str:
    """The `forward` of the whole model, without its first and last lines' common indent."""
    import mtlspec

    source = mtlspec.compile("mtl:mmoe.mtl").source
    model = source[source.index("class Mmoe(") :]
    method = model[model.index("    def forward(") : model.index("    def loss(")]
    return "\n".join(line[4:] for line in method.rstrip().splitlines()) + "\n"


def test_the_spec_is_that_of_the_library() -> None:
    assert blocks("mtl")[0] == (ROOT / "specs/ple.mtl").read_text(encoding="utf-8")


@pytest.mark.parametrize("transcript", checks(), ids=lambda t: t.partition("\n")[0])
def test_check_prints_what_the_readme_shows(transcript: str, tmp_path: Path) -> None:
    now = shown(transcript, tmp_path)
    assert MILLISECONDS.sub("… ms", now) == MILLISECONDS.sub("… ms", transcript)


def test_the_excerpt_of_mmoe_is_compiled_from_it() -> None:
    assert blocks("python") == [forward_of_mmoe()]


def rewrite(folder: Path) -> None:
    text = README.read_text(encoding="utf-8")
    new = {transcript: shown(transcript, folder) for transcript in checks()}
    new[blocks("python")[0]] = forward_of_mmoe()
    new[blocks("mtl")[0]] = (ROOT / "specs/ple.mtl").read_text(encoding="utf-8")
    for before, after in new.items():
        text = text.replace(before, after)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        rewrite(Path(temporary))
