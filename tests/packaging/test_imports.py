"""What is imported when: `check` and `--help` are quick because of what they do not load."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
(FORBIDDEN,) = (contract for contract in CONTRACTS if contract["type"] == "forbidden")
NUMERIC = set(FORBIDDEN["forbidden_modules"])
OWN_PARTS = {line.split(" -> ")[0].rpartition(".")[2] for line in FORBIDDEN["ignore_imports"]}
"""The modules of a word that may load numeric libraries: `run`, `module`, `serve`."""


def modules_of(room: str) -> list[str]:
    path = ROOT / room.replace(".", "/")
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    names = [file.relative_to(ROOT).with_suffix("").parts for file in files]
    return [".".join(parts).removesuffix(".__init__") for parts in names]


def loaded_by(code: str) -> set[str]:
    """The names of the top-level packages that a fresh interpreter has loaded after that code."""
    report = "import sys; print(); print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_the_rooms_up_to_the_plan_load_no_numeric_library() -> None:
    modules = [
        module
        for room in FORBIDDEN["source_modules"]
        for module in modules_of(room)
        if not (room == "mtlspec.words" and module.rpartition(".")[2] in OWN_PARTS)
    ]
    assert len(modules) > len(FORBIDDEN["source_modules"])
    assert loaded_by("\n".join(f"import {module}" for module in modules)) & NUMERIC == set()


def test_check_loads_no_numeric_library() -> None:
    loaded = loaded_by(
        "from mtlspec.cli.app import main; assert main(['check', 'mtl:ple.mtl']) == 0"
    )
    assert {"lark", "networkx"} <= loaded
    assert loaded & NUMERIC == set()


def test_check_builds_no_parser_table() -> None:
    loaded_by("""
from lark import Lark
from lark.parsers.lalr_analysis import LALR_Analyzer

class Built(BaseException):
    pass

def refuse(self):
    raise Built

LALR_Analyzer.compute_lalr = refuse
try:
    Lark('start: "a"', parser="lalr")
except Built:
    from mtlspec.cli.app import main
    assert main(["check", "mtl:ple.mtl"]) == 0
else:
    raise AssertionError("Lark builds its tables in another place now")
""")


def test_help_loads_neither_the_language_nor_a_numeric_library() -> None:
    loaded = loaded_by("from mtlspec.cli.app import main; main(['--help'])")
    assert "cyclopts" in loaded
    assert loaded & (NUMERIC | {"lark", "networkx", "pydantic"}) == set()
