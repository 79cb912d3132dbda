"""What a safetensors file holds, from its header alone: 8 bytes of its length, then JSON.

A checkpoint of mtlspec says in its header which weights lie side by side in an array; they are
found by their logical names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from mtlspec.diagnostics import Error, Label, closest
from mtlspec.source import Peek, Span
from mtlspec.words.features import Table
from mtlspec.words.initialisers.from_file import FromFileOptions

LONGEST_HEADER = 100_000_000
"""The most bytes of a header, as the format has it."""
FLOATS = frozenset({"F16", "BF16", "F32", "F64"})
"""The types of numbers that weights may have in a file; they become f32."""


@dataclass(frozen=True, slots=True)
class Array:
    """An array of a file: the tensor that it is, or the `member` of it."""

    tensor: str
    member: int | None
    shape: tuple[int, ...]
    dtype: str


Arrays = Mapping[str, Array]
"""What a file holds, by name."""


class _Tensor(BaseModel):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


class _Checkpoint(BaseModel):
    names: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class _Metadata(BaseModel):
    mtlspec: Annotated[_Checkpoint, BeforeValidator(from_json)]


_ENTRIES = TypeAdapter(dict[str, object])
_TENSORS = TypeAdapter(dict[str, _Tensor])


def read_arrays(path: str, peek: Peek, span: Span | None) -> Arrays | Error:
    """What a file holds; an error where it is no whole safetensors file."""
    try:
        return _read(path, peek)
    except OSError as error:
        return WeightsUnreadable(path, (error.strerror or str(error)).lower(), span)
    except ValueError:
        return WeightsUnreadable(path, "it is no whole safetensors file", span)


def _read(path: str, peek: Peek) -> Arrays:
    """Raises `ValueError` for what is no safetensors file, or was cut short."""
    start = peek(path, 0, 8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or not 2 <= length <= LONGEST_HEADER:
        raise ValueError
    content = _ENTRIES.validate_json(peek(path, 8, length))
    metadata = content.pop("__metadata__", None)
    tensors = _TENSORS.validate_python(content)
    last = max((tensor.data_offsets[1] for tensor in tensors.values()), default=0)
    if last and not peek(path, 8 + length + last - 1, 1):
        raise ValueError
    names = _names(metadata)
    return dict(_by_logical_name(tensors, names) if names else _by_name(tensors))


def _names(metadata: object) -> Mapping[str, tuple[str, ...]]:
    """The logical names of each tensor of a checkpoint; none for other files."""
    try:
        return _Metadata.model_validate(metadata).mtlspec.names
    except ValidationError:
        return {}


def _by_name(tensors: Mapping[str, _Tensor]) -> Iterator[tuple[str, Array]]:
    for name, tensor in tensors.items():
        yield name, Array(name, None, tensor.shape, tensor.dtype)


def _by_logical_name(
    tensors: Mapping[str, _Tensor], names: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, Array]]:
    for own, members in names.items():
        tensor = tensors.get(own)
        if tensor is None or not tensor.shape:
            continue
        if len(members) == 1:
            yield members[0], Array(own, None, tensor.shape, tensor.dtype)
        for place, name in enumerate(members[: tensor.shape[0]] if len(members) > 1 else ()):
            yield name, Array(own, place, tensor.shape[1:], tensor.dtype)


def find_array(
    arrays: Arrays, path: str, name: str, shape: tuple[int, ...], span: Span | None
) -> Array | Error:
    """The array of a name, which fits a shape; the only one, where no name is given."""
    if not name and len(arrays) == 1:
        (name,) = arrays
    found = arrays.get(name)
    if found is None:
        return NoSuchArray(path, (name,) if name else (), tuple(arrays), span)
    if found.dtype not in FLOATS:
        return ArrayDoesNotFit(path, name, found.dtype.lower(), _shown(shape), span)
    if found.shape not in (shape, (1, *shape)):
        return ArrayDoesNotFit(path, name, _shown(found.shape), _shown(shape), span)
    return found


def find_rows(
    arrays: Arrays, options: FromFileOptions, table: Table, span: Span | None
) -> Array | Error:
    """The array that a table begins as: all of its rows, or those of its known values."""
    rows, known = table.rows or 0, len(table.known or ())
    found = find_array(arrays, options.path, options.array, (known, table.width), span)
    if known and isinstance(found, Array):
        return found
    whole = find_array(arrays, options.path, options.array, (rows, table.width), span)
    return found if known and isinstance(whole, ArrayDoesNotFit) else whole


def _shown(shape: Sequence[int]) -> str:
    return f"f32[{', '.join(map(str, shape))}]"


# --- what may be wrong ---------------------------------------------------------------------------


class WeightsUnreadable(Error):
    """Weights come from a whole safetensors file.

    What it means: there is no such file, or it is of another format, or was cut short.

    Example:
        layer h = features -> linear(64, load: "encoder.pt")

    Instead:
        layer h = features -> linear(64, load: "encoder.safetensors")

    Why: the path is relative to the file of the spec. Only safetensors is read: formats that may
    hold code (pickle) are never opened. `safetensors.torch.save_file(module.state_dict(), path)`
    writes one.
    """

    id = "MTL0680"
    title = "weights come from a whole safetensors file"
    path: str
    reason: str
    span: Span | None

    def headline(self) -> str:
        return f"weights cannot be read from `{self.path}`: {self.reason}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)] if self.span else []

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        return "the path is relative to the file of the spec; only safetensors is read"


class NoSuchArray(Error):
    """Every weight that begins as in a file is an array of the file.

    What it means: the file has no array of that name. Behind the prefix, weights have the names
    that they have inside of the call: `0.weight`, `0.bias` for the first op.

    Example:
        layer h = features -> mlp(64, 32, load: "encoder.safetensors#tower")

    Instead: name the prefix under which the file has `0.weight`, `0.bias`, `1.weight` and
    `1.bias`.

    Why: a weight that is silently drawn would look as if it had been loaded.
    """

    id = "MTL0681"
    title = "every weight that begins as in a file is an array of the file"
    path: str
    names: tuple[str, ...]
    known: tuple[str, ...]
    span: Span | None

    def headline(self) -> str:
        if not self.names:
            return f"which array of `{self.path}` is meant is not said"
        return f"`{self.path}` has no {_listed(self.names)}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)] if self.span else []

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        meant = closest(self.names[0], self.known) if len(self.names) == 1 else None
        if meant:
            return f"did you mean `{meant}`?"
        return f"it has {_listed(self.known)}" if self.known else "it has no arrays"


class ArrayDoesNotFit(Error):
    """An array of a file has the shape of the weight that begins as it.

    What it means: the array has another shape, or holds no floating-point numbers.

    Example:
        layer h = features -> linear(64, load: "encoder.safetensors")     # f32[32, 10] there

    Instead:
        layer h = features -> linear(32, load: "encoder.safetensors")

    Why: numbers would have to be dropped or made up. The matrix of an op is [out, in], as that of
    `torch.nn.Linear`.
    """

    id = "MTL0682"
    title = "an array of a file has the shape of the weight that begins as it"
    path: str
    name: str
    kept: str
    own: str
    span: Span | None

    def headline(self) -> str:
        return f"`{self.name}` of `{self.path}` does not fit the weight"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)] if self.span else []

    def place(self) -> str:
        return self.path

    def found(self) -> str:
        return f"{self.kept}, in the file"

    def expected(self) -> str:
        return f"{self.own}, as the weight is"


def _listed(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
