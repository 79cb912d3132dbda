"""What a word of the language is: a declaration that needs no torch.

A word lives in one file (or folder) of its own name, `mtlspec/words/<kind>/<name>.py`, which
ends in `WORD = TheClass()`. Its options are a frozen pydantic model. Where it needs torch,
pyarrow or onnx, that code stands in sibling modules of its folder which are imported only when
a run needs them.
"""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Annotated, ClassVar, cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema
from pydantic_core.core_schema import is_instance_schema

from mtlspec.source import Span
from mtlspec.syntax import tree


@dataclass(frozen=True, slots=True)
class OfKind:
    """Marks an option that is filled by words of a kind: `optimizer : adam(lr: 1e-3)`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Raw:
    """Marks an option that is kept as written, such as a condition on columns."""


@dataclass(frozen=True, slots=True)
class AsWritten:
    """Marks an option in which a bare word that is no param is a text, whatever else it names."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Marks an option that takes values of a column: a list of them, a range or a set."""


@dataclass(frozen=True, slots=True)
class FilePath:
    """Marks an option that names a file: what is read is its path, from the spec's file on."""


@dataclass(frozen=True, slots=True)
class DataPath:
    """Marks an option that names a data set: a path in the folder of `--data`."""


class Opaque:
    """A value that pydantic passes through as it is: only its class is checked."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[object], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        del handler
        return is_instance_schema(source)


@dataclass(frozen=True)
class Condition(Opaque):
    """An expression kept as written: over the columns of a raw row, or over metrics."""

    tree: tree.Expr


ConditionOption = Annotated[Condition, Raw()]
"""The type of an option such as `label:` or `where:`."""


ColumnOption = Annotated[str, AsWritten()]
"""The type of an option that names a column: columns do not belong to the spec's namespace."""


FileOption = Annotated[str, FilePath()]
"""The type of an option that names a file, or `"file#name"`, something in a file."""


@dataclass(frozen=True, slots=True)
class OfCategory:
    """Marks an option that names a category whose values are known."""


@dataclass(frozen=True)
class Groups(Opaque):
    """Rows told apart by the value of a category."""

    column: str
    values: tuple[str | int, ...]

    def __str__(self) -> str:
        return self.column


GroupsOption = Annotated[Groups, OfCategory()]
"""The type of an option such as `by:`."""


class Options(BaseModel):
    """The options of a word: names, types, defaults, ranges.

    `by_place` are those that may be given without their names, in order; `variadic` is one that
    takes all remaining arguments by place, as a tuple; `named` one that takes all arguments whose
    names are no options, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    by_place: ClassVar[tuple[str, ...]] = ()
    variadic: ClassVar[str | None] = None
    named: ClassVar[str | None] = None
    excludes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The options that say nothing, and so may not stand, beside a given one."""
    needs: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The options that a given one cannot stand without."""
    either: ClassVar[tuple[str, ...]] = ()
    """The options of which one has to be given."""

    @classmethod
    def spelled(cls) -> Mapping[str, FieldInfo]:
        """The options by their names in a spec: an alias, where Python has reserved the name."""
        return {info.alias or name: info for name, info in cls.model_fields.items()}


class NoOptions(Options):
    """A word that takes none."""


class Word(ABC):
    """A word: `kind` is its folder, `name` its file."""

    kind: ClassVar[str]
    takes_options: ClassVar[type[Options]] = NoOptions
    also: ClassVar[tuple[str, ...]] = ()
    """What other languages and frameworks call it, for whoever writes that."""
    used: ClassVar[str] = ""
    """How a spec uses a word of its kind, with `{}` for the word; empty if specs never name it."""

    @property
    def name(self) -> str:
        return self._module_path.rpartition(".")[2]

    def __repr__(self) -> str:
        return f"<{self.kind}: {self.name}>"

    def usage(self, written: str) -> str:
        """How a spec uses it, for whoever has written it, with options or without, elsewhere."""
        return self.used.format(written)

    @property
    def _module_path(self) -> str:
        return type(self).__module__

    @property
    def module(self) -> str:
        """The import path of its torch part."""
        return f"{self._module_path}.module"

    def part(self, name: str) -> ModuleType:
        """A sibling module of the word's folder, such as `run`, imported now."""
        return import_module(f"{self._module_path}.{name}")

    def bind(self, **options: object) -> "Bound":
        """The word with these options, validated."""
        return Bound(self, type(self).takes_options.model_validate(options))


@dataclass(frozen=True)
class Bound(Opaque):
    """A word with its options: `mlp(128, 64)`, `adam(lr: 1e-3)`, `piecewise(16)`.

    `span` is where it was written and `names` where its arguments' names were, if it was.
    """

    word: Word
    options: Options
    span: Span | None = field(default=None, compare=False, repr=False)
    names: Mapping[str, Span] = field(default_factory=dict[str, Span], compare=False, repr=False)

    def __str__(self) -> str:
        given = self.options.model_dump(exclude_defaults=True, by_alias=True)
        given |= given.pop(self.options.named, {}) if self.options.named else {}
        shown = ", ".join(f"{key}: {_show(value)}" for key, value in given.items())
        return f"{self.word.name}({shown})" if shown else self.word.name


def _show(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return f"[{', '.join(_show(item) for item in cast('tuple[object, ...]', value))}]"
    if isinstance(value, str) and not value.isidentifier():
        return f'"{value}"'
    return str(value)
