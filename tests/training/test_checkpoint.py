"""Checkpoints: whole or not at all, never unpickled, refused where they do not fit."""

import errno
import json
import pickle
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import nn

from mtlspec.diagnostics import SpecError
from mtlspec.training import files
from mtlspec.training.checkpoint import Header, load_checkpoint, restore, save_checkpoint

HEADER = Header(epoch=2, step=148, names={"weight": ("mine[income, 1]", "mine[income, 2]")})


def saved(folder: Path, module: nn.Module | None = None) -> Path:
    path = folder / "best.safetensors"
    save_checkpoint(path, module or nn.Linear(3, 2), HEADER)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SpecError) as raised:
        load_checkpoint(path)
    (error,) = raised.value.diagnostics
    assert error.place() == str(path)
    return error.id


def test_weights_come_back_bit_for_bit_with_their_logical_names(tmp_path: Path) -> None:
    module = nn.Linear(3, 2)
    path = saved(tmp_path, module)
    checkpoint = load_checkpoint(path)
    other = nn.Linear(3, 2)
    restore(other, checkpoint, path)
    assert torch.equal(other.weight, module.weight)
    assert torch.equal(other.bias, module.bias)
    assert checkpoint.header == HEADER


def test_the_file_is_plain_safetensors_that_the_emitted_class_can_load(tmp_path: Path) -> None:
    module = nn.Linear(3, 2)
    nn.Linear(3, 2).load_state_dict(safetensors.torch.load_file(saved(tmp_path, module)))


def test_weights_that_share_memory_are_each_saved(tmp_path: Path) -> None:
    module = nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.Linear(2, 2)})
    module["b"].weight = module["a"].weight
    weights = load_checkpoint(saved(tmp_path, module)).weights
    assert torch.equal(weights["a.weight"], weights["b.weight"])


@pytest.mark.parametrize(("owner", "call"), [(files.os, "fsync"), (Path, "replace")])
def test_a_failing_write_leaves_the_old_checkpoint_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, call: str
) -> None:
    module = nn.Linear(3, 2)
    path = saved(tmp_path, module)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(
        *((files.os, "fsync", full) if call == "fsync" else (Path, "replace", full))
    )
    with pytest.raises(SpecError) as raised:
        saved(tmp_path, nn.Linear(3, 2))
    monkeypatch.undo()
    (error,) = raised.value.diagnostics
    assert error.id == "MTL0702"
    assert error.headline() == f"`{path}` cannot be written: no space left on device"
    assert torch.equal(load_checkpoint(path).weights["weight"], module.weight)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kept", [0, 7, 40, -1])
def test_a_checkpoint_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    path = saved(tmp_path)
    path.write_bytes(path.read_bytes()[:kept])
    assert refusal(path) == "MTL0705"


def test_a_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "best.safetensors"
    path.write_bytes(pickle.dumps(Trap()))
    assert refusal(path) == "MTL0705"
    assert not (tmp_path / "ran").exists()


def test_safetensors_of_another_program_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    safetensors.torch.save_file({"weight": torch.zeros(2)}, path)
    assert refusal(path) == "MTL0705"


def test_a_missing_checkpoint_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "best.safetensors") == "MTL0705"


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "best.safetensors"
    header = json.dumps({"format_version": 99, "epoch": 1, "step": 1, "names": {}})
    safetensors.torch.save_file({"weight": torch.zeros(2)}, path, metadata={"mtlspec": header})
    assert refusal(path) == "MTL0706"


def test_weights_of_another_model_are_refused_with_the_first_that_differs(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with pytest.raises(SpecError) as raised:
        restore(nn.Linear(4, 2), load_checkpoint(path), path)
    (error,) = raised.value.diagnostics
    assert (error.id, error.found(), error.expected()) == ("MTL0707", "f32[2, 3]", "f32[2, 4]")
