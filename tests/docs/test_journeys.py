"""The pages that train a model, followed to the letter: each in order, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.commands import JOURNEYS, commands_of, compare, lay_out
from tests.docs.pages import DOCS, all_pages, blocks_of

ENVIRONMENT = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "OMP_NUM_THREADS": "1"}


def _run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a command of a page with the Python and the mtlspec that run the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**ENVIRONMENT, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("journey", JOURNEYS, ids=[journey[0] for journey in JOURNEYS])
def test_a_journey_prints_what_its_pages_show(journey: tuple[str, ...], tmp_path: Path) -> None:
    pages = [DOCS / name for name in journey]
    lay_out(tmp_path, pages)
    for page in pages:
        for block in blocks_of(page, "console"):
            for command, shown in commands_of(block):
                done = _run(command, tmp_path)
                compare(done.stdout + done.stderr, shown)
                assert (done.returncode == 0) == ("error[" not in shown), done.stderr
    if (tmp_path / "load.py").exists():
        _load_without_mtlspec(tmp_path)


def _load_without_mtlspec(folder: Path) -> None:
    """The emitted source and the weights need PyTorch and safetensors, and nothing of ours."""
    hidden = "import sys; sys.modules['mtlspec'] = None; exec(open('load.py').read())"
    done = _run(f'python -c "{hidden}"', folder)
    assert done.returncode == 0, done.stderr


def test_every_page_that_trains_is_on_a_journey() -> None:
    on_the_way = {DOCS / name for journey in JOURNEYS for name in journey}
    assert all(path.exists() for path in on_the_way)
    training = {
        page
        for page in all_pages()
        for block in blocks_of(page, "console")
        if "mtlspec train" in block.text or "$ python" in block.text
    }
    assert training <= on_the_way
