"""An exported file is written whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from mtlspec.diagnostics import SpecError
from mtlspec.export.place import check_place, write_whole


def message(raised: pytest.ExceptionInfo[SpecError]) -> str:
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.id == "MTL0802"
    return diagnostic.headline()


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "model.onnx"
    place.write_bytes(b"old")
    write_whole(place, b"new")
    assert place.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [place]


def test_a_folder_that_does_not_exist_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as raised:
        check_place(tmp_path / "models" / "model.onnx")
    assert "its folder does not exist" in message(raised)
    assert not (tmp_path / "models").exists()


def test_a_folder_is_no_place_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as raised:
        check_place(tmp_path)
    assert "it is a folder" in message(raised)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "model.onnx"
    place.write_bytes(b"old")

    def fill_the_disk(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fill_the_disk)
    with pytest.raises(SpecError) as raised:
        write_whole(place, b"new")
    assert "no space left on device" in message(raised)
    assert place.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [place]
