"""The survey's script: it trains what is missing and makes its table of the runs' files."""

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import pytest

from mtlspec.resources import sample

PATH = Path(__file__).parents[2] / "benchmarks" / "survey.py"


@pytest.fixture(scope="module")
def survey():
    spec = importlib.util.spec_from_file_location("survey", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules["survey"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["survey"]


def words(runs: Path, *more: str) -> list[str]:
    data = str(sample("census_4k_valid.parquet"))
    return ["--data", data, "--epochs", "1", "--runs", str(runs), "--seeds", "0", "1", *more]


@pytest.mark.slow
def test_what_has_finished_is_skipped_and_what_was_broken_off_is_trained_anew(
    survey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = words(tmp_path, "--specs", "hard_sharing", "single_task", "--balance", "equal",
                  "gradnorm(alpha: 0.5)")  # fmt: skip
    assert survey.main(asked) == 0
    first = capsys.readouterr()
    assert first.err.count("MTL0721") == 2  # nothing is shared in `single_task`
    lines = first.out.splitlines()
    assert (
        lines[0]
        == "| spec | balance | seeds | `income.auc` | `marital.auc` | parameters | rows/s |"
    )
    assert [line.split(" | ")[0] for line in lines[2:5]] == [
        "| `hard_sharing.mtl`", "| `hard_sharing.mtl`", "| `single_task.mtl`"
    ]  # fmt: skip
    assert all("±" in line for line in lines[2:5])

    broken = tmp_path / "hard_sharing/gradnorm-alpha-0.5/seed-1/run.json"
    broken.write_text(broken.read_text().replace('"finished"', '"running"'))
    again = [word for word in asked if word != "single_task"]
    survey.main(again)
    said = capsys.readouterr()
    assert said.err.count(" … ") == 1
    assert said.out.splitlines()[2].rpartition("|")[0] == lines[2].rpartition("|")[0]
    assert (tmp_path / "table.md").read_text() == said.out

    shutil.rmtree(broken.parent)
    survey.main([*again, "--only-table"])
    assert "| 1 |" in capsys.readouterr().out


def test_runs_of_another_setting_are_not_mixed_in(survey, tmp_path: Path) -> None:
    survey.main(words(tmp_path, "--only-table"))
    assert json.loads((tmp_path / "setting.json").read_text())["epochs"] == "1"
    with pytest.raises(SystemExit, match="another batch; name other --runs"):
        survey.main(words(tmp_path, "--only-table", "--batch", "512"))


def test_specs_of_other_data_are_left_out(survey) -> None:
    assert {"mmoe", "ple", "single_task"} <= set(survey.census_specs())
    assert "esmm" not in survey.census_specs()


def test_a_spread_needs_two_values(survey) -> None:
    spreads = [survey.show_spread(values) for values in ([], [0.5], [0.9, 0.92])]
    assert spreads == ["—", ".5000", ".9100 ±.0141"]
