"""The graph of a program: names, then fields, then the model, unrolled and typed.

On entry: a program of parsed files. On exit: a frozen graph whose nodes all have a type (unknown
where an error was reported), and every mistake found so far in the report.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from mtlspec.diagnostics import Error, Label, Report
from mtlspec.graph.bodies.body import Body
from mtlspec.graph.bodies.contracts import Contract
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.stored import FilesOfWeights
from mtlspec.graph.components.called import refuse_returns
from mtlspec.graph.fields.schemas import read_train
from mtlspec.graph.files.program import FileCannotBeRead, Program
from mtlspec.graph.graph import Graph, freeze
from mtlspec.graph.limits import DependsTooDeep, Unbounded
from mtlspec.graph.naming.declarations import declare_all, read_schema
from mtlspec.graph.naming.scope import Scope, Symbol, TaskFamily, TaskName
from mtlspec.graph.node import Mix, Statement
from mtlspec.graph.schema import Schema
from mtlspec.source import Peek, Span
from mtlspec.types import Unknown
from mtlspec.words.train import Train

DEPTH = 20_000
"""Python frames allowed while building: definitions may stand in any order, so they nest."""


class OneModel(Error):
    """A program has exactly one model.

    What it means: no file of the program has a `model` block, or more than one has.

    Example:
        mtl 1
        use "schemas/census.mtl"      # a schema alone

    Instead: add a `model`, or `use` a topology such as `"mtl:mmoe.mtl"`.

    Why: what is compiled is one network.
    """

    id = "MTL0212"
    title = "a program has exactly one `model`"
    count: int
    spans: tuple[Span, ...]
    path: str

    def headline(self) -> str:
        return "this program has no `model`" if self.count == 0 else "this program has two models"

    def labels(self) -> Sequence[Label]:
        return [Label(span, primary=place > 0) for place, span in enumerate(self.spans)]

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        return 'a topology of the library will do: `use "mtl:mmoe.mtl"`' if not self.count else ""


@dataclass(frozen=True, slots=True)
class Built:
    """What a program means: its graph and how it is trained.

    `incomplete` tells that something is not known for an error, so that it may be what seems
    to be missing; `alone` are the experts that are some gate's only candidate, where the gate is
    that expert itself; `unread` are the words of statements that did not parse, empty where not
    even the word is known; `lifted` are the statements whose arrays are computed where they are
    multiplied; `contracts` are what the spec requires of the graph;
    `paths` are those of files of weights, by where they are named; `declared` are the names of
    tasks, whether or not their fields could be read.
    """

    graph: Graph
    train: Train
    model_span: Span
    incomplete: bool
    alone: frozenset[str]
    unread: frozenset[str]
    lifted: frozenset[Statement]
    contracts: tuple[Contract, ...] = ()
    paths: Mapping[Span, str] = field(default_factory=dict[Span, str])
    declared: frozenset[str] = frozenset()

    @property
    def used(self) -> Schema:
        """The features that the built model reads and the tasks that have a head."""
        return Schema(self.graph.features, self.graph.tasks, self.graph.aligned)


def build_graph(
    program: Program,
    report: Report,
    sizes: Mapping[str, int] | None = None,
    peek: Peek | None = None,
) -> Built | None:
    """The graph of a program; None where there is no model to build, or one without end.

    `sizes` gives how many classes tasks have that the data tell; `peek` reads in files of weights.
    """
    try:
        with _deep():
            return _build(Builder(program, report, sizes or {}, FilesOfWeights(peek)))
    except Unbounded as stop:
        report.add(stop.error)
    except RecursionError:
        report.add(DependsTooDeep(program.files[-1].path))
    return None


def _build(b: Builder) -> Built | None:
    program, report = b.program, b.report
    b.blind = any(not broken.names for broken in program.broken) or _is_unread(report)
    names: dict[str, Symbol] = {}
    outer = Scope(None, names)
    where = Where(outer)
    declare_all(b, names, where)
    schema = read_schema(b, names, where)
    train = read_train(b, where)
    if len(program.models) != 1:
        _refuse_models(b)
        return None
    model = program.models[0]
    refuse_returns(model, report)
    body = Body(b, outer, (), (), model.body, lambda stream: stream.family.moment())
    body.run()
    graph = freeze(model.name.name, b.nodes.values(), schema, tuple(b.statements))
    unknown = any(isinstance(node.type, Unknown) for node in b.nodes.values())
    differing = any(isinstance(node.role, Mix) for node in b.nodes.values())
    assert report.errors or not b.clashing, "two nodes have one name"
    assert report.errors or differing or not unknown, "a value failed without an error"
    incomplete = unknown or bool(report.errors)
    found = frozenset(b.alone), frozenset(b.unread), frozenset(b.lifted)
    tasks = frozenset(n for n, s in names.items() if isinstance(s, TaskName | TaskFamily))
    rest = tuple(b.contracts), b.files.paths(), tasks
    return Built(graph, train, model.name.span, incomplete, *found, *rest)


def _is_unread(report: Report) -> bool:
    """Whether a file could not be read, whose names are not known then."""
    return any(isinstance(found, FileCannotBeRead) for found in report.found)


def _refuse_models(b: Builder) -> None:
    if _is_unread(b.report) or b.may_lack("model"):
        return
    spans = tuple(model.name.span for model in b.program.models)
    path = b.program.files[-1].path if b.program.files else ""
    if b.program.files:
        b.report.add(OneModel(len(spans), spans, path))


@contextmanager
def _deep() -> Generator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
