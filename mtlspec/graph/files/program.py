"""A program: the declarations of a file and of all that it uses, each file taken once."""

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mtlspec import resources
from mtlspec.diagnostics import Report
from mtlspec.graph.files.uses import (
    LIBRARY,
    FileCannotBeRead,
    PrefixHides,
    UsedWithOtherParams,
    UseInACircle,
    UseTakesParams,
)
from mtlspec.graph.naming.names import UnknownName
from mtlspec.source import Read, SourceFile, Span
from mtlspec.syntax import parse_file, tree


@dataclass(frozen=True, slots=True)
class Unit:
    """A file with the units that it uses and the params that it was given."""

    file: tree.File
    given: dict[str, tree.Arg]
    used: tuple["Unit", ...]
    prefixed: tuple[tuple[tree.Ident, "Unit"], ...] = ()
    """The units that it uses under a prefix."""

    @property
    def has_model(self) -> bool:
        own = any(isinstance(item, tree.Model) for item in self.file.items)
        return own or any(unit.has_model for unit in self.used)

    def params(self) -> Iterator[str]:
        """The names of the params that a use may give."""
        yield from (i.name.name for i in self.file.items if isinstance(i, tree.Param))
        for unit in self.used:
            yield from unit.params()

    @property
    def is_schema(self) -> bool:
        kinds = (tree.Features, tree.Tasks)
        return not self.has_model and any(isinstance(i, kinds) for i in self.file.items)


@dataclass(slots=True)
class Program:
    """All declarations, in the order in which they are taken in (used files first).

    A file that is used under a prefix is a program of its own, of components, params and sets.
    """

    files: list[SourceFile] = field(default_factory=list[SourceFile])
    params: list[tree.Param] = field(default_factory=list[tree.Param])
    given: dict[str, tree.Arg] = field(default_factory=dict[str, tree.Arg])
    sets: list[tree.SetDecl] = field(default_factory=list[tree.SetDecl])
    features: list[tree.Field | tree.Broken] = field(default_factory=list[tree.Field | tree.Broken])
    tasks: list[tree.Field | tree.Broken] = field(default_factory=list[tree.Field | tree.Broken])
    train: list[tree.Field | tree.Stage | tree.Broken] = field(
        default_factory=list[tree.Field | tree.Stage | tree.Broken]
    )
    models: list[tree.Model] = field(default_factory=list[tree.Model])
    components: list[tree.Component] = field(default_factory=list[tree.Component])
    broken: list[tree.Broken] = field(default_factory=list[tree.Broken])
    prefixed: list["Prefixed"] = field(default_factory=list["Prefixed"])
    unknown: frozenset[str] = frozenset()
    """The files that the one with the model does not use: it was not written for them."""


@dataclass(frozen=True, slots=True)
class Prefixed:
    """A file that is used under a prefix; `given` are the params that the use gives it."""

    alias: tree.Ident
    program: Program
    given: dict[str, tree.Arg]


def resolve(target: str, base: str) -> str:
    """The path of a used file as a person would write it; `base` is the file that uses it."""
    if target.startswith(LIBRARY):
        return LIBRARY + posixpath.normpath(target.removeprefix(LIBRARY))
    if base.startswith(LIBRARY):
        inner = posixpath.join(posixpath.dirname(base.removeprefix(LIBRARY)), target)
        return LIBRARY + posixpath.normpath(inner)
    return os.path.normpath(os.path.join(os.path.dirname(base), target))


def identity(path: str) -> str:
    """What tells whether two paths are one file."""
    library = path.startswith(LIBRARY)
    place = resources.specs() / path.removeprefix(LIBRARY) if library else path
    try:
        return os.path.realpath(place)
    except ValueError:  # no file can have such a name
        return path


@dataclass(slots=True)
class Loader:
    """Follows `use` from file to file; keeps each file once, and once more for each prefix."""

    read: Read
    report: Report
    parsed: dict[str, tree.File] = field(default_factory=dict[str, tree.File])
    units: dict[str, Unit] = field(default_factory=dict[str, Unit])
    first_use: dict[str, Span | None] = field(default_factory=dict[str, Span | None])
    chain: list[str] = field(default_factory=list[str])

    def load(self, path: str, span: Span | None, given: Mapping[str, tree.Arg]) -> Unit | None:
        """The unit of a file; None, with a diagnostic, where it cannot be had."""
        key = identity(path)
        if path in self.chain:
            assert span is not None
            self.report.add(UseInACircle(path, span, tuple(self.chain[self.chain.index(path) :])))
            return None
        if key in self.units:
            return self._again(key, path, span, given)
        file = self._parse(key, path, span)
        if file is None:
            return None
        self.chain.append(path)
        uses = [item for item in file.items if isinstance(item, tree.Use)]
        used = [self._use(use, path) for use in uses if use.alias is None]
        prefixed = [
            (use.alias, self._beside()._use(use, path)) for use in uses if use.alias is not None
        ]
        self.chain.pop()
        self.units[key] = Unit(
            file,
            dict(given),
            tuple(unit for unit in used if unit),
            tuple((alias, unit) for alias, unit in prefixed if unit),
        )
        self.first_use[key] = span
        return self.units[key]

    def _beside(self) -> "Loader":
        """A loader for a file that is used under a prefix: what it takes in is apart."""
        return Loader(self.read, self.report, self.parsed, chain=self.chain)

    def _parse(self, key: str, path: str, span: Span | None) -> tree.File | None:
        if key not in self.parsed:
            source = self._source(path, span)
            if source is None:
                return None
            self.parsed[key], diagnostics = parse_file(source)
            self.report.extend(diagnostics)
        return self.parsed[key]

    def _use(self, use: tree.Use, base: str) -> Unit | None:
        given: dict[str, tree.Arg] = {}
        for arg in use.args:
            if arg.name is None or arg.name.name in given:
                self.report.add(UseTakesParams(arg.span))
            else:
                given[arg.name.name] = arg
        unit = self.load(resolve(use.path.value, base), use.path.span, given)
        if unit is not None:
            self._check_given(unit, given)
        return unit

    def _check_given(self, unit: Unit, given: Mapping[str, tree.Arg]) -> None:
        """A use gives params of the used file, or of those that it uses itself."""
        known = tuple(unit.params())
        for name, arg in given.items():
            if name not in known and arg.name is not None:
                role = f"a param of `{unit.file.source.path}`"
                self.report.add(UnknownName(name, arg.name.span, role, known))

    def _again(self, key: str, path: str, span: Span | None, given: Mapping[str, tree.Arg]) -> Unit:
        unit, first = self.units[key], self.first_use[key]
        same = {k: a.value for k, a in unit.given.items()} == {k: a.value for k, a in given.items()}
        if given and unit.given and not same and span is not None and first is not None:
            self.report.add(UsedWithOtherParams(path, first, span))
        unit.given.update(given)
        return unit

    def _source(self, path: str, span: Span | None) -> SourceFile | None:
        try:
            return SourceFile(path, self.read(path))
        except UnicodeDecodeError:
            self._refuse(FileCannotBeRead(path, "it is not UTF-8 text", span))
        except OSError as error:
            self._refuse(FileCannotBeRead(path, (error.strerror or str(error)).lower(), span))
        except ValueError:
            self._refuse(FileCannotBeRead(path, "no file can have such a name", span))
        return None

    def _refuse(self, error: FileCannotBeRead) -> None:
        """Reports a file, unless its path was already found to be written wrongly."""
        path = error.span
        found = [error.primary.span for error in self.report.errors if error.primary]
        if path is None or not any(span.within(path) for span in found):
            self.report.add(error)


def load_program(path: str, read: Read, report: Report, schema: str | None = None) -> Program:
    """Reads a file and all that it uses. With `schema`, the file's own schema is a sample.

    Whatever cannot be read or parsed is reported; the program holds the rest.
    """
    loader = Loader(read, report)
    brought = loader.load(schema, None, {}) if schema else None
    root = loader.load(path, None, {})
    program = Program(files=[file.source for file in loader.parsed.values()])
    roots = [(brought, False), (root, bool(schema))]
    gathering = Gathering(program, report)
    for unit, sample in roots:
        gathering.mark(unit, sample)
    for unit, sample in roots:
        gathering.take(unit, sample)
    gathering.finish()
    known = {path for unit in (brought, root) if unit for path in _of_model(unit)}
    if known:
        program.unknown = frozenset(file.path for file in program.files) - known
    return program


def _of_model(unit: Unit) -> Iterator[str]:
    """The files that have a model, and all that these use."""
    if any(isinstance(item, tree.Model) for item in unit.file.items):
        yield from _reached(unit)
    for used in unit.used:
        yield from _of_model(used)


def _reached(unit: Unit) -> Iterator[str]:
    """A file, and all that it uses."""
    yield unit.file.source.path
    for used in unit.used:
        yield from _reached(used)


@dataclass(slots=True)
class Gathering:
    """Adds up units; what belongs to a sample schema is kept apart until it is needed."""

    program: Program
    report: Report
    sample: Program = field(default_factory=Program)
    taken: set[int] = field(default_factory=set[int])
    brought: set[int] = field(default_factory=set[int])

    def mark(self, unit: Unit | None, sample: bool) -> None:
        """Remembers the units that are more than a sample, by whichever way they are reached."""
        if unit is None:
            return
        if not sample:
            self.brought.add(id(unit))
        for used in unit.used:
            self.mark(used, sample or used.has_model)

    def take(self, unit: Unit | None, sample: bool) -> None:
        if unit is None or id(unit) in self.taken:
            return
        self.taken.add(id(unit))
        for used in unit.used:
            self.take(used, sample or used.has_model)
        sample = sample and id(unit) not in self.brought
        whole = self.sample if sample and unit.is_schema else self.program
        schema = self.sample if sample else self.program
        for item in unit.file.items:
            _add(schema if isinstance(item, tree.Features | tree.Tasks) else whole, item)
        whole.given.update(unit.given)
        for alias, prefixed in unit.prefixed:
            whole.prefixed.append(self._apart(alias, prefixed))

    def _apart(self, alias: tree.Ident, unit: Unit) -> Prefixed:
        """The program of a file that is used under a prefix."""
        inner = Gathering(Program(files=[unit.file.source]), self.report)
        inner.take(replace(unit, given={}), sample=False)
        for what, items in _nameless(inner.program):
            if items:
                path = unit.file.source.path
                self.report.add(PrefixHides(path, what, alias.span, items[0].span))
        return Prefixed(alias, inner.program, dict(unit.given))

    def finish(self) -> None:
        if self.program.features or self.program.tasks:
            return
        program, sample = self.program, self.sample
        program.features[:0], program.tasks[:0] = sample.features, sample.tasks
        program.params[:0], program.sets[:0] = sample.params, sample.sets
        program.broken[:0] = sample.broken
        program.prefixed[:0] = sample.prefixed
        program.given.update(sample.given)


def _nameless(program: Program) -> Iterator[tuple[str, Sequence[tree.Node]]]:
    """What a program has beside components, params and sets."""
    yield "a model", program.models
    yield "features", program.features
    yield "tasks", program.tasks
    yield "`train`", program.train


def _add(program: Program, item: tree.Item) -> None:
    match item:
        case tree.Param():
            program.params.append(item)
        case tree.SetDecl():
            program.sets.append(item)
        case tree.Features():
            program.features.extend(item.fields)
        case tree.Tasks():
            program.tasks.extend(item.fields)
        case tree.Train():
            program.train.extend(item.fields)
        case tree.Model():
            program.models.append(item)
        case tree.Component():
            program.components.append(item)
        case tree.Broken():
            program.broken.append(item)
        case tree.Use():
            pass
