"""A wheel, built from the source distribution, works far from the checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

ROOT = Path(__file__).parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"


@dataclass(frozen=True)
class Installed:
    """A fresh environment that holds the wheel, and an empty folder to work in."""

    wheel: Path
    environment: Path
    folder: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a program of the environment; PYTHONPATH and the checkout are out of its sight."""
        program = self.environment / BIN / command[0]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [program, *command[1:]],
            cwd=self.folder,
            env=kept | {"COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=False,
        )

    def python(self, code: str) -> str:
        """What that code prints."""
        done = self.run("python", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def run_here(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    dist = tmp_path_factory.mktemp("dist")
    run_here("build", "--no-isolation", "--outdir", str(dist))
    (wheel,) = dist.glob("*.whl")

    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=True, with_pip=False)
    python = environment / BIN / "python"
    run_here("pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    # the dependencies are those of the environment that runs the tests; its .pth files, and with
    # them an editable mtlspec, are not read
    paths = sysconfig.get_paths(vars={"base": str(environment), "platbase": str(environment)})
    (Path(paths["purelib"]) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(wheel, environment, tmp_path_factory.mktemp("elsewhere"))


def test_the_wheel_holds_grammar_tables_specs_sample_and_licence(installed: Installed) -> None:
    held = set(zipfile.ZipFile(installed.wheel).namelist())
    shipped = {f"mtlspec/_shipped/grammar/{f.name}" for f in (ROOT / "grammar").iterdir()}
    shipped |= {
        f"mtlspec/_shipped/specs/{f.relative_to(ROOT / 'specs').as_posix()}"
        for f in (ROOT / "specs").rglob("*.mtl")
    }
    shipped |= {f"mtlspec/_shipped/data/{f.name}" for f in (ROOT / "examples/data").iterdir()}
    assert {"mtlspec/py.typed", "mtlspec/_shipped/tables.json", *shipped} <= held
    assert {name.rpartition("/")[2] for name in held} >= {"LICENSE", "NOTICE"}
    assert not [name for name in held if name.startswith(("tests/", "specs/", "grammar/"))]


def test_the_wheel_is_what_gets_imported(installed: Installed) -> None:
    where = installed.python("import mtlspec; print(mtlspec.__file__)")
    assert Path(where).is_relative_to(installed.environment)


def test_check_reads_the_library_in_the_wheel(installed: Installed) -> None:
    done = installed.run("mtlspec", "check", "mtl:mmoe.mtl")
    assert done.returncode == 0, done.stderr
    assert "mmoe.mtl" in done.stdout
    assert "2 tasks" in done.stdout


def test_train_and_export_on_the_sample_in_the_wheel(installed: Installed) -> None:
    name = "census_4k_valid.parquet"
    data = installed.python(f"from mtlspec.resources import sample; print(sample({name!r}))")
    assert Path(data).is_relative_to(installed.environment)
    trained = installed.run(
        "mtlspec",
        "train",
        "mtl:mmoe.mtl",
        "--data",
        data,
        "--set",
        "train.epochs=1",
        "--out",
        "run",
    )
    assert trained.returncode == 0, trained.stderr
    exported = installed.run("mtlspec", "export", "run", "-o", "mmoe.onnx")
    assert exported.returncode == 0, exported.stderr
    assert (installed.folder / "mmoe.onnx").stat().st_size > 0
