"""Joins the graph of the raw columns and the network into one model, with its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Final

from onnx import ModelProto, checker, compose, helper
from torch import nn

from mtlspec.diagnostics import Error, SpecError
from mtlspec.export.interface import Interface

_MOST_BYTES: Final = 2**31 - 2**20
"""What one ONNX file may hold, less some for the nodes and the metadata."""


class ModelTooLarge(Error):
    """An ONNX file holds at most 2 GiB.

    What it means: the weights and the vocabularies of the run together are larger than one ONNX
    file may be. Nearly always it is the table of a category with very many values.

    Example:
        user_id : category(dim: 64)     # ten million values: a table of 2.4 GiB

    Instead: make the table smaller and train again: a larger `min_count:` with some more rows for
    unknown values (`oov:`), or a smaller `dim:`.

    Why: the format is a protocol buffer, whose size is a signed number of 32 bits. Weights in a
    second file would make two files of one, which can be parted.
    """

    id = "MTL0804"
    title = "an ONNX file holds at most 2 GiB"
    size: int

    def found(self) -> str:
        return f"{self.size / 2**30:.1f} GiB of weights and vocabularies"

    def help(self) -> str:
        return "give the largest category a larger `min_count:` or a smaller `dim:`"


def check_size(module: nn.Module, preprocess: ModelProto) -> None:
    """Raises `SpecError` where the model cannot be one file."""
    tensors = (*module.parameters(), *module.buffers())
    size = preprocess.ByteSize() + sum(tensor.nbytes for tensor in tensors)
    if size > _MOST_BYTES:
        raise SpecError([ModelTooLarge(size)])


def join_graphs(preprocess: ModelProto, network: ModelProto, interface: Interface) -> ModelProto:
    """One model; the outputs of `preprocess` are the inputs of `network`, in this order.

    What is named inside the network gets a prefix that no input and no output has.
    """
    prefix = interface.free_prefix("network")
    apart = compose.add_prefix(network, prefix, rename_inputs=False, rename_outputs=False)
    values = [value.name for value in preprocess.graph.output]
    wires = zip(values, (value.name for value in network.graph.input), strict=True)
    merged = compose.merge_models(preprocess, apart, io_map=list(wires))
    opsets = {opset.domain: opset.version for opset in merged.opset_import}
    del merged.opset_import[:]
    merged.opset_import.extend(helper.make_opsetid(*opset) for opset in opsets.items())
    return merged


def annotate(
    model: ModelProto, interface: Interface, title: str, provenance: Mapping[str, str]
) -> None:
    """Writes into the model what it takes and gives and where it comes from, and checks it."""
    release = version("mtlspec")
    model.producer_name, model.producer_version = "mtlspec", release
    model.graph.name = title
    for port, value in zip(interface.inputs, model.graph.input, strict=True):
        value.doc_string = f"null is {port.null}"
    for value in model.graph.output:
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    facts = {"version": release, **provenance, **interface.as_metadata()}
    helper.set_model_props(model, {f"mtlspec.{key}": text for key, text in facts.items()})
    checker.check_model(model, full_check=True)  # pyright: ignore[reportUnknownMemberType]
