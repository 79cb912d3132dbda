"""The command `train`, as it is typed: what goes where, and exit codes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mtlspec.cli.app import main
from mtlspec.resources import sample

SMALL = ("--set", "experts=2", "--set", "expert_widths=[16]", "--threads", "1")
DATA = str(sample("census_16k_train.parquet"))
VALID = str(sample("census_4k_valid.parquet"))


def command(*changes: str) -> list[str]:
    return ["train", "mtl:mmoe.mtl", "--data", DATA, "--valid", VALID, *SMALL, *changes]


@pytest.mark.slow
def test_the_sample_is_trained_and_both_streams_have_their_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command("--set", "train.epochs=3", "--set", "train.batch=128")) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("best   epoch ")
    assert out.splitlines()[-1] == "next   mtlspec export runs/mmoe-1 -o mmoe.onnx"
    events = [line.split()[1] for line in err.splitlines()]
    assert events == ["start", "epoch", "epoch", "epoch", "done"]
    done = dict(pair.split("=") for pair in err.splitlines()[-1].split() if "=" in pair)
    assert float(done["income.auc"]) > 0.9
    assert float(done["marital.auc"]) > 0.98


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_is_saved_and_says_so(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    settings = ("--set", "train.epochs=500", "--set", "train.patience=500")
    process = subprocess.Popen(
        [sys.executable, "-m", "mtlspec", *command(*settings)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    metrics = tmp_path / "runs/mmoe-1/metrics.jsonl"
    until = time.monotonic() + 300
    while not metrics.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err
    assert [line.split()[1] for line in err.splitlines()][-3:] == ["stop", "saved", "done"]
    assert (tmp_path / "runs/mmoe-1/checkpoints/last.safetensors").exists()
    assert "run    runs/mmoe-1" in out.splitlines()


def test_without_data_the_command_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "mtl:mmoe.mtl"]) == 2
    assert "--data" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [("--threads", "0"), ("--seed", "-1"), ("--progress", "loud")])
def test_options_out_of_their_range_are_misuse(
    wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "mtl:mmoe.mtl", "--data", DATA, *wrong]) == 2
    assert f"`{wrong[0]}` cannot be" in capsys.readouterr().err


def test_data_that_is_not_there_is_wrong_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "mtl:mmoe.mtl", "--data", "nowhere.parquet"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "MTL0601" in err
    assert list(tmp_path.iterdir()) == []


def test_the_command_is_read_without_torch() -> None:
    code = "import mtlspec.cli.train, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
