"""A program: the declarations of a file and of all that it uses, each file taken once."""

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mtlspec import resources
from mtlspec.diagnostics import Error, Label, Report, closest
from mtlspec.graph.names import NotBuilt, UnknownName
from mtlspec.source import Read, SourceFile, Span
from mtlspec.syntax import parse_file, tree

LIBRARY = "mtl:"


@dataclass(frozen=True)
class FileCannotBeRead(Error):
    """A file that a spec uses, or that the command line names, must be readable.

    What it means: the path, taken relative to the file that uses it, leads to nothing that can
    be read as UTF-8 text.

    Example:
        use "schema/census.mtl"        # the folder is called `schemas`

    Instead:
        use "schemas/census.mtl"

    Why: `use` takes in whole files; `"mtl:…"` reaches the specs that come with mtlspec.
    """

    id = "MTL0205"
    title = "a file that is used must be readable"
    path: str
    reason: str
    span: Span | None

    def headline(self) -> str:
        return f"`{self.path}` cannot be read: {self.reason}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "used here", primary=True)] if self.span else []

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        if self.path.startswith(LIBRARY):
            there = sorted(p.name for p in resources.specs().glob("*.mtl"))
            stem = self.path.removeprefix(LIBRARY).removesuffix(".mtl")
            near = closest(stem, [name.removesuffix(".mtl") for name in there])
            if near:
                return f"did you mean `{LIBRARY}{near}.mtl`?"
            return f"the library has {', '.join(f'`mtl:{name}`' for name in there)}"
        if self.span is None:
            return "paths are relative to where you are; `mtl:mmoe.mtl` reaches the library"
        return 'a path is relative to the file that says `use`; `"mtl:…"` reaches the library'


@dataclass(frozen=True)
class UseInACircle(Error):
    """Files may not use each other in a circle.

    What it means: following `use` from this file leads back to this file.

    Example:
        # a.mtl
        use "b.mtl"
        # b.mtl
        use "a.mtl"

    Instead: move what both need into a third file that both use.

    Why: a file's declarations are taken in before its own, so one of the two has to be first.
    """

    id = "MTL0204"
    title = "files may not use each other in a circle"
    path: str
    span: Span
    chain: tuple[str, ...]

    def headline(self) -> str:
        return f"`{self.path}` uses itself in a circle"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, " → ".join((*self.chain, self.path)), primary=True)]

    def help(self) -> str:
        return "move what both need into a third file that both use"


@dataclass(frozen=True)
class UsedWithOtherParams(Error):
    """A file is taken once, so it cannot be used with two sets of params.

    What it means: two `use`s reach one file and give its params different values.

    Example:
        use "ple.mtl" (own: 2)
        use "ple.mtl" (own: 3)

    Instead: use it once, or write a component and call it twice.

    Why: its declarations have one name each in the whole program.
    """

    id = "MTL0216"
    title = "a file reached twice must be given the same params"
    path: str
    first: Span
    second: Span

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.second, f"`{self.path}` again, with other params", primary=True),
            Label(self.first, "first used here"),
        ]

    def help(self) -> str:
        return "a component can be called more than once, with other options each time"


@dataclass(frozen=True)
class UseTakesParams(Error):
    """`use` takes params by name, each once.

    What it means: an argument of `use` has no name, or gives a param a second time.

    Example:
        use "ple.mtl" (5)

    Instead:
        use "ple.mtl" (own: 5)

    Why: a file has no order of params; and of two values one would have to be dropped.
    """

    id = "MTL0225"
    title = "`use` takes params by name, each once"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]


@dataclass(frozen=True, slots=True)
class Unit:
    """A file with the units that it uses and the params that it was given."""

    file: tree.File
    given: dict[str, tree.Arg]
    used: tuple["Unit", ...]

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
    """All declarations, in the order in which they are taken in (used files first)."""

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
    if path.startswith(LIBRARY):
        return os.path.realpath(resources.specs() / path.removeprefix(LIBRARY))
    return os.path.realpath(path)


@dataclass(slots=True)
class Loader:
    """Follows `use` from file to file; keeps each file once."""

    read: Read
    report: Report
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
        source = self._source(path, span)
        if source is None:
            return None
        file, diagnostics = parse_file(source)
        self.report.extend(diagnostics)
        self.chain.append(path)
        used = [self._use(item, path) for item in file.items if isinstance(item, tree.Use)]
        self.chain.pop()
        self.units[key] = Unit(file, dict(given), tuple(unit for unit in used if unit))
        self.first_use[key] = span
        return self.units[key]

    def _use(self, use: tree.Use, base: str) -> Unit | None:
        if use.alias is not None:
            self.report.add(NotBuilt("`use … as`", use.alias.span))
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
    program = Program(files=[unit.file.source for unit in loader.units.values()])
    roots = [(brought, False), (root, bool(schema))]
    gathering = Gathering(program)
    for unit, sample in roots:
        gathering.mark(unit, sample)
    for unit, sample in roots:
        gathering.take(unit, sample)
    gathering.finish()
    return program


@dataclass(slots=True)
class Gathering:
    """Adds up units; what belongs to a sample schema is kept apart until it is needed."""

    program: Program
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

    def finish(self) -> None:
        if self.program.features or self.program.tasks:
            return
        program, sample = self.program, self.sample
        program.features[:0], program.tasks[:0] = sample.features, sample.tasks
        program.params[:0], program.sets[:0] = sample.params, sample.sets
        program.broken[:0] = sample.broken
        program.given.update(sample.given)


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
