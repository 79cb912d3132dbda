"""The options of an op that owns weights: its own, and those that every such op takes."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.options import read_model
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.ops import Op
from mtlspec.words.owning import OwnerOptions
from mtlspec.words.word import Options


def read_op_options(
    b: Builder, op: Op, args: Sequence[tree.Arg], where: Where, span: Span
) -> tuple[Options, OwnerOptions] | None:
    """Both from an op's arguments; None after an error."""
    common = op.owner_options.model_fields if op.owns else {}
    own = [arg for arg in args if arg.name is None or arg.name.name not in common]
    others = [arg for arg in args if arg not in own]
    besides = tuple(common)
    options = read_model(b, op.name, type(op).takes_options, own, where, span, besides=besides)
    owning = read_model(b, op.name, op.owner_options, others, where, span)
    if options is None or not isinstance(owning, OwnerOptions):
        return None
    return options, owning


def place_of_load(args: Sequence[tree.Arg], span: Span) -> Span:
    """Where a call names the file that its weights begin as; the call where it names none."""
    named = (arg.value.span for arg in args if arg.name is not None and arg.name.name == "load")
    return next(named, span)
