"""Checkpoints: a module's weights as safetensors, under the attributes of the emitted class.

The header's `mtlspec` entry is JSON: the format's version, where in training it was, the logical
names of every attribute, and the state of the balancing method. Nothing is ever unpickled.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from torch import Tensor, nn

from mtlspec.diagnostics import Error, SpecError
from mtlspec.training.files import write_bytes

FORMAT_VERSION = 1
_HEADER = "mtlspec"


class Header(BaseModel):
    """What a checkpoint says of itself."""

    model_config = ConfigDict(frozen=True)
    format_version: int = FORMAT_VERSION
    epoch: int
    step: int
    """Steps taken since the start of training."""
    names: Mapping[str, tuple[str, ...]]
    """Attribute of the emitted class → logical names of its members, in order."""
    balance: Mapping[str, Mapping[str, float]] = Field(default_factory=dict)
    """What the balancing method has to remember: quantity → task → value."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights by attribute, and their header."""

    header: Header
    weights: Mapping[str, Tensor]


def save_checkpoint(path: Path, module: nn.Module, header: Header) -> None:
    """Writes the module's weights in one stroke; raises `SpecError` where that fails."""
    # a clone each: attributes that share storage are legal in a module, not in the format
    weights = {name: value.detach().clone() for name, value in module.state_dict().items()}
    content = safetensors.torch.save(weights, metadata={_HEADER: header.model_dump_json()})
    write_bytes(path, content)


def load_checkpoint(path: Path) -> Checkpoint:
    """Reads a checkpoint; raises `SpecError` where it is missing, damaged or too new."""
    try:
        content = path.read_bytes()
        weights = safetensors.torch.load(content)
        header = Header.model_validate_json(_metadata(content))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SpecError([CheckpointUnreadable(str(path), reason)]) from error
    except (SafetensorError, KeyError, ValidationError) as error:
        raise SpecError([CheckpointUnreadable(str(path), _reason(error))]) from error
    if header.format_version > FORMAT_VERSION:
        raise SpecError([CheckpointTooNew(str(path), header.format_version)])
    return Checkpoint(header, weights)


def restore(module: nn.Module, checkpoint: Checkpoint, path: Path) -> None:
    """Puts the weights into a module; raises `SpecError` where names or shapes differ."""
    own = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    kept = {name: tuple(value.shape) for name, value in checkpoint.weights.items()}
    if own != kept:
        name = min(n for n in {*own, *kept} if own.get(n) != kept.get(n))
        raise SpecError([CheckpointDoesNotFit(str(path), name, kept.get(name), own.get(name))])
    module.load_state_dict(dict(checkpoint.weights))


def _metadata(content: bytes) -> str:
    """Our entry of a file that safetensors has read: its length in 8 bytes, then JSON."""
    stop = 8 + int.from_bytes(content[:8], "little")
    entry: str = json.loads(content[8:stop])["__metadata__"][_HEADER]
    return entry


def _reason(error: Exception) -> str:
    if isinstance(error, SafetensorError):
        return "it is damaged or cut short"
    return "it is not a checkpoint of mtlspec"


# --- what may be wrong ---------------------------------------------------------------------------


class CheckpointUnreadable(Error):
    """A checkpoint must be a complete safetensors file.

    What it means: the file is missing, was cut short or changed, or another program wrote it.

    Example:
        cp model.pt runs/ple-1/checkpoints/best.safetensors

    Instead: take the run's other checkpoint: `checkpoints/` holds `best` and `last`. If both are
    lost, train again: the same spec, data and seed give the same weights.

    Why: only safetensors is read. Formats that may hold code (pickle) are never opened.
    """

    id = "MTL0705"
    title = "a checkpoint must be a complete safetensors file"
    path: str
    reason: str

    def headline(self) -> str:
        return f"the checkpoint cannot be read: {self.reason}"

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        return "the folder `checkpoints` of the run holds `best` and `last`; try the other one"


class CheckpointTooNew(Error):
    """A checkpoint must be of a format that this version knows.

    What it means: a later version of mtlspec wrote the file.

    Instead:
        pip install --upgrade mtlspec

    Why: what a later format means cannot be guessed.
    """

    id = "MTL0706"
    title = "a checkpoint must be of a format that this version knows"
    path: str
    version: int

    def place(self) -> str:
        return self.path

    def found(self) -> str:
        return f"format {self.version}"

    def expected(self) -> str:
        return f"format {FORMAT_VERSION} or earlier"

    def help(self) -> str:
        return "upgrade mtlspec"


class CheckpointDoesNotFit(Error):
    """A checkpoint must hold the weights of its model, in their shapes.

    What it means: the weights and the model of the run are not of one spec: a file of the run was
    changed, or the checkpoint was copied from another run.

    Example:
        cp runs/mmoe-1/checkpoints/best.safetensors runs/ple-1/checkpoints/

    Instead: keep a run's folder as it was written.

    Why: weights that do not fit would have to be dropped or made up.
    """

    id = "MTL0707"
    title = "a checkpoint must hold the weights of its model, in their shapes"
    path: str
    name: str
    kept: tuple[int, ...] | None
    own: tuple[int, ...] | None

    def headline(self) -> str:
        return f"the checkpoint does not fit the model at `{self.name}`"

    def place(self) -> str:
        return self.path

    def found(self) -> str:
        return _shape(self.kept)

    def expected(self) -> str:
        return _shape(self.own)


def _shape(shape: tuple[int, ...] | None) -> str:
    return "no such weight" if shape is None else f"f32[{', '.join(str(n) for n in shape)}]"
