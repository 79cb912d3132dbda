"""Where runs go and how they are found again."""

import os
from pathlib import Path

import pytest

from mtlspec.diagnostics import SpecError
from mtlspec.training.run_directory import claim, find_run


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run_named(out: str | None = None, spec: str = "specs/ple.mtl") -> Path:
    with claim(out, spec) as directory:
        directory.info.write_text("{}")
    return directory.path


def refusal(out: str) -> str:
    with pytest.raises(SpecError) as raised, claim(out, "ple.mtl"):
        pass
    return raised.value.diagnostics[0].id


def test_runs_are_numbered_by_spec() -> None:
    assert [str(run_named()) for _ in range(2)] == ["runs/ple-1", "runs/ple-2"]
    assert str(run_named(spec="mtl:mmoe.mtl")) == "runs/mmoe-1"
    assert str(run_named(spec="<stdin>")) == "runs/stdin-1"


def test_a_number_is_above_the_highest_one_taken() -> None:
    Path("runs/ple-9").mkdir(parents=True)
    Path("runs/ple-old").mkdir()
    assert str(run_named()) == "runs/ple-10"


def test_an_empty_folder_is_taken() -> None:
    Path("here").mkdir()
    assert run_named("here") == Path("here")


def test_a_folder_that_holds_something_is_refused_and_left_alone() -> None:
    run_named("here")
    assert refusal("here") == "MTL0701"
    assert Path("here/run.json").read_text() == "{}"


def test_a_file_in_the_way_is_refused() -> None:
    Path("here").write_text("x")
    assert refusal("here") == "MTL0702"
    assert refusal("here/below") == "MTL0702"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_protected_folder_is_refused() -> None:
    Path("locked").mkdir(mode=0o500)
    assert refusal("locked") == refusal("locked/run") == "MTL0702"


def test_a_run_that_fails_before_it_begins_leaves_nothing_behind() -> None:
    for out in (None, "some/where"):
        with pytest.raises(ZeroDivisionError), claim(out, "ple.mtl"):
            raise ZeroDivisionError
    assert list(Path().iterdir()) == []


def test_a_run_is_found_by_path_by_name_and_as_the_newest() -> None:
    first, second = run_named(), run_named()
    os.utime(first / "run.json", ns=(0, 10**18))
    assert find_run("runs/ple-1").path == find_run("ple-1").path == first
    os.utime(second / "run.json", ns=(0, 10**17))
    assert find_run("@last").path == first


@pytest.mark.parametrize("name", ["runs/ple-11", "ple", "@last", "."])
def test_what_is_no_run_is_refused(name: str) -> None:
    with pytest.raises(SpecError) as raised:
        find_run(name)
    assert raised.value.diagnostics[0].id == "MTL0708"


def test_a_misspelt_run_is_answered_with_what_was_meant() -> None:
    run_named()
    with pytest.raises(SpecError) as raised:
        find_run("runs/plee-1")
    assert raised.value.diagnostics[0].help() == "did you mean `runs/ple-1`?"
