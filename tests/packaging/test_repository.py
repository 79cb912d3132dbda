"""What the files at the top level promise each other."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MACHINE_PATH = re.compile(r"(?<![\w.~/])/(?:work|root|home|opt|Users|mnt)/\w")


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {r.name: str(r.specifier).removeprefix("==") for r in requirements}


def direct_dependencies() -> list[Requirement]:
    extras = PROJECT["optional-dependencies"].values()
    return [Requirement(r) for r in [*PROJECT["dependencies"], *(r for e in extras for r in e)]]


def tracked_files() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("needed", direct_dependencies(), ids=lambda r: r.name)
def test_a_direct_dependency_is_pinned_within_its_range(needed: Requirement) -> None:
    assert pins()[needed.name] in needed.specifier


def test_what_is_pinned_is_a_direct_dependency() -> None:
    assert set(pins()) <= {r.name for r in direct_dependencies()}


def test_the_changelog_names_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{PROJECT['version']}]" in changelog


def test_every_file_of_data_is_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    data = [path for path in tracked_files() if path.suffix in {".parquet", ".csv"}]
    assert data
    assert [path for path in data if path.relative_to(ROOT).as_posix() not in notice] == []


def test_no_file_names_a_place_on_one_machine() -> None:
    found: list[str] = []
    for path in tracked_files():
        if path.suffix in {".parquet", ".onnx", ".safetensors", ".png"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if MACHINE_PATH.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []
