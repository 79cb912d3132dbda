"""The padding masks of token axes, as values."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.graph.builder import Builder, Owner
from mtlspec.graph.node import MASK, RAW, Column, Mask, Node, RawColumn, Statement
from mtlspec.types import Axis, Tensor


def masks(b: Builder, types: Sequence[Tensor]) -> tuple[Node, ...]:
    """The padding masks of the token axes of values, each once, in the order of the values."""
    axes = dict.fromkeys(axis for found in types for axis in found.tokens)
    return tuple(_mask(b, axis) for axis in axes)


def _mask(b: Builder, axis: Axis) -> Node:
    """The node of a token axis' mask, made once."""
    name = f"{MASK}{axis.column}"
    if f"{name}:0" not in b.nodes:
        known = b.nodes.get(f"{axis.column}:0") or b.nodes[f"{RAW}{axis.column}:0"]
        assert isinstance(known.role, Column | RawColumn)
        statement = Statement("features", name, (), False, (), known.span)
        owner = Owner(statement, (), may_own=True)
        b.add(Mask(known.role.field), Tensor((axis,)), (), owner, known.span)
    return b.nodes[f"{name}:0"]
