"""A compiled model: its source, the module that is that source executed, and names of weights."""

import linecache
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from mtlspec.emit.columns import column_slots, module_attributes, shared_tables
from mtlspec.emit.draw import draw
from mtlspec.graph.graph import Graph
from mtlspec.graph.schema import Schema
from mtlspec.graph.sharing import last_shared, weight_names
from mtlspec.plan.plan import Plan, Slot
from mtlspec.words.initialisers import Parameter, from_file
from mtlspec.words.train import Train

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class Compiled:
    """What a spec became. `spec_text` is the effective spec, whole, in one file."""

    source: str
    graph: Graph
    plan: Plan
    train: Train
    spec_text: str

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def class_name(self) -> str:
        return self.plan.class_name

    @property
    def schema(self) -> Schema:
        """The features that the model reads and the tasks that have a head."""
        return Schema(self.graph.features, self.graph.tasks, self.graph.aligned)

    @property
    def sizes(self) -> tuple[str, ...]:
        """The tables that need `sizes` when a module is made."""
        return self.plan.unsized

    def module(self, seed: int | None = 0, sizes: Mapping[str, int] | None = None) -> "nn.Module":
        """The emitted class, made. Initial values are drawn per logical name from (seed, name).

        `sizes` gives the rows of the tables named in `self.sizes`; with `seed=None` the file's
        own initialisation stands.
        """
        made = self._class(dict(sizes or {})) if self.sizes else self._class()
        if seed is not None:
            for name, tensor, parameter in self._members(made):
                draw(tensor, parameter, seed, name)
            self._load_tables(made)
        return made

    def weights(self, module: "nn.Module") -> "dict[str, Tensor]":
        """Every weight of a module by logical name; the tensors share its memory."""
        return {name: tensor for name, tensor, _ in self._members(module)}

    def set_weights(self, module: "nn.Module", values: "Mapping[str, Tensor]") -> None:
        """Writes weights by logical name. Raises `KeyError` for a name that the model lacks."""
        own = self.weights(module)
        for name, value in values.items():
            own[name].copy_(value)

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """The logical names of the members of each of the module's parameters."""
        return {slot.attribute: slot.names for slot in self._slots}

    @cached_property
    def rates(self) -> Mapping[str, float]:
        """The factor on the learning rate of each tensor that has one, by attribute."""
        factors = {slot.attribute: slot.parameters[0].lr for slot in self._slots}
        return {attribute: lr for attribute, lr in factors.items() if lr != 1.0}

    @cached_property
    def last_shared(self) -> Mapping[str, tuple[int, ...] | None]:
        """The tensors of the last layers that all tasks share, by attribute.

        Of a stack of members, those that are; None for a tensor that is no stack.
        """
        names = {name for node in last_shared(self.graph) for name in weight_names(node)}
        found: dict[str, tuple[int, ...] | None] = {}
        for slot in self._slots:
            members = tuple(place for place, name in enumerate(slot.names) if name in names)
            if members:
                found[slot.attribute] = members if slot.stacked else None
        return found

    @cached_property
    def _slots(self) -> tuple[Slot, ...]:
        return (*column_slots(self.plan), *self.plan.slots)

    def _members(self, module: "nn.Module") -> "Iterator[tuple[str, Tensor, Parameter]]":
        state = dict(module.named_parameters())
        for slot in self._slots:
            tensor = state[slot.attribute].data
            parts = tensor.unbind(0) if slot.stacked else (tensor,)
            yield from zip(slot.names, parts, slot.parameters, strict=True)

    def _load_tables(self, module: "nn.Module") -> None:
        """Writes the rows that files have into the shared tables."""
        attributes = module_attributes(self.plan.columns)
        for table in shared_tables(self.plan.columns):
            if table.load is not None:
                weight = module.get_parameter(f"columns.{attributes[table.name]}.weight")
                from_file.WORD.part("run").fill_table(weight.data, table)

    @cached_property
    def _class(self) -> "type[nn.Module]":
        """The source, executed; a traceback through it shows its lines."""
        path = f"<mtlspec {self.plan.name}>"
        lines = self.source.splitlines(keepends=True)
        linecache.cache[path] = (len(self.source), None, lines, path)
        names: dict[str, object] = {"__name__": f"mtlspec_{self.plan.name}"}
        exec(compile(self.source, path, "exec"), names)
        return cast("type[nn.Module]", names[self.class_name])
