"""The app itself: what it loads, its help, its exit codes, and what happens when it fails."""

import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from mtlspec import __version__
from mtlspec.cli import check as check_module
from mtlspec.cli.app import COMMANDS
from tests.cli.conftest import SPEC, RunCommand

HEAVY = {"torch", "torchmetrics", "onnx", "onnxruntime", "pyarrow", "numpy", "safetensors"}
LOADED = "; import sys; sys.stderr.write('\\n'.join({m.partition('.')[0] for m in sys.modules}))"


def loaded_by(*tokens: str, folder: Path) -> set[str]:
    """The packages that a fresh process has imported after a command."""
    code = f"from mtlspec.cli.app import main; assert main({list(tokens)}) == 0{LOADED}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_help_loads_no_command(tmp_path: Path) -> None:
    assert loaded_by("--help", folder=tmp_path).isdisjoint(HEAVY | {"networkx", "pydantic", "lark"})


def test_check_loads_no_numeric_library(tmp_path: Path) -> None:
    (tmp_path / "two.mtl").write_text(SPEC, encoding="utf-8")
    assert loaded_by("check", "two.mtl", folder=tmp_path).isdisjoint(HEAVY)


def test_help_lists_every_command(mtlspec: RunCommand) -> None:
    ran = mtlspec("--help")
    assert (ran.code, ran.err) == (0, "")
    assert all(f"│ {name} " in ran.out and line in ran.out for name, line in COMMANDS.items())


def test_a_line_of_help_is_the_first_of_the_commands_docstring() -> None:
    for name, line in COMMANDS.items():
        command = getattr(import_module(f"mtlspec.cli.{name}"), name)
        assert (inspect.getdoc(command) or "").partition("\n")[0] == line


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_an_example_and_fits_80_columns(
    mtlspec: RunCommand, name: str
) -> None:
    ran = mtlspec(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"Example: mtlspec {name} " in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_can_be_called(
    name: str, monkeypatch: pytest.MonkeyPatch, mtlspec: RunCommand
) -> None:
    module = import_module(f"mtlspec.cli.{name}")
    command = getattr(module, name)
    line = next(
        line for line in (inspect.getdoc(command) or "").splitlines() if line.startswith("Example:")
    )
    from mtlspec.cli.app import build_app

    tokens = line.split()[2:]
    found, bound, ignored = build_app(tokens).parse_args(tokens)
    assert found is command
    assert bound.args or bound.kwargs
    assert not ignored


def test_version(mtlspec: RunCommand) -> None:
    assert mtlspec("--version").out == f"mtlspec {__version__}\n"


def test_without_a_command_the_help_is_shown(mtlspec: RunCommand) -> None:
    assert mtlspec().out == mtlspec("--help").out


def fail(*_: object, **__: object) -> None:
    raise ZeroDivisionError("a slip")


def test_a_fault_leaves_its_traceback_in_a_file_and_asks_for_a_report(
    mtlspec: RunCommand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check_module, "run", fail)
    with pytest.raises(SystemExit) as stopped:
        mtlspec("check", "two.mtl")
    assert stopped.value.code == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error[internal]: mtlspec failed: ZeroDivisionError: a slip\n")
    assert "Traceback" not in err
    file = Path(next(line for line in err.splitlines() if "traceback" in line).split()[-1])
    text = file.read_text(encoding="utf-8")
    file.unlink()
    assert text.startswith("Traceback")
    assert text.endswith("ZeroDivisionError: a slip\n")
    assert "mtlspec check two.mtl" in err


def test_an_interrupt_is_quiet(mtlspec: RunCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check_module, "run", interrupt)
    ran = mtlspec("check", "two.mtl")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "two.mtl").write_text(SPEC, encoding="utf-8")
    code = "import sys; from mtlspec.cli.app import main; sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen(
        [sys.executable, "-c", code, "compile", "two.mtl", "--emit", "plan"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141
