"""A spec of the documentation as mtlspec sees it: its messages, and the types of its statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby

import pytest

from mtlspec import pipeline
from mtlspec.diagnostics import Diagnostic
from mtlspec.files import read_text
from mtlspec.graph.bodies import body
from mtlspec.graph.bodies.statements import Defines, defined
from mtlspec.graph.build import OneModel
from mtlspec.graph.builder import Builder, Owner, Where
from mtlspec.graph.calls.several import Owners
from mtlspec.graph.components import results
from mtlspec.graph.components.results import compute_results
from mtlspec.graph.naming.scope import MemberValue, Scope
from mtlspec.graph.node import Node
from mtlspec.graph.values import Failed, Members
from mtlspec.pipeline import Outcome
from mtlspec.source import Span
from mtlspec.syntax import tree
from tests.docs.pages import ROOT

Defined = list[tuple[Span, str]]
"""The span of a statement and the type of a member, for each member and iteration in order."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a spec. `line_of` gives lines of its own file alone."""

    path: str
    outcome: Outcome
    defined: Defined = field(default_factory=list)

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """Every message, but that a part of a program has no model."""
        program = self.outcome.program
        part = program is not None and not program.models
        return tuple(d for d in self.outcome.report.found if not (part and isinstance(d, OneModel)))

    def places(self, severity: str) -> list[tuple[int, str]]:
        """The line and the code or name of each message of a severity; 0 where it has no line."""
        return sorted((self._line(d), d.id) for d in self.found if d.severity == severity)

    def type_on(self, line: int) -> str:
        """The types, without repetition, of what the statement that ends on a line defines."""
        types = [kind for span, kind in self.defined if self._last_line(span) == line]
        return " then ".join(kind for kind, _ in groupby(types))

    def _line(self, diagnostic: Diagnostic) -> int:
        label = diagnostic.primary
        own = label is not None and label.span.file.path == self.path
        return label.span.line if label is not None and own else 0

    def _last_line(self, span: Span) -> int:
        return span.file.line_of(span.stop - 1) if span.file.path == self.path else 0


def see(path: str, text: str, others: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Takes a spec as far as Python, beside other files that it may use."""
    files = {**others, path: text}

    def read(name: str) -> str:
        return files[name] if name in files else read_text(name)

    with _watching(monkeypatch) as found:
        return Seen(path, pipeline.run(path, read=read), found)


@contextmanager
def _watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Defined]:
    """Writes down what every statement defines while the graph is built."""
    found: Defined = []

    def watch(statement: tree.Stmt) -> tuple[Defines, ...]:
        return tuple(map(watched, defined(statement)))

    def watched(defines: Defines) -> Defines:
        def compute(b: Builder, where: Where) -> MemberValue:
            value = defines.compute(b, where)
            found.append((defines.span, _type(value)))
            return value

        return replace(defines, compute=compute)

    def watch_call(
        b: Builder, expr: tree.Expr, owner: Owner, scope: Scope, count: int, owners: Owners
    ) -> results.Outcome | Failed:
        made = compute_results(b, expr, owner, scope, count, owners)
        for value in () if isinstance(made, Failed) else made:
            each = value.nodes() if isinstance(value, Members) else (value,)
            found.extend((owner.statement.span, _type(one)) for one in each)
        return made

    with monkeypatch.context() as patch:
        patch.setattr(body, "defined", watch)
        patch.setattr(results, "compute_results", watch_call)
        patch.chdir(ROOT / "specs")
        yield found


def _type(value: MemberValue) -> str:
    return str(value.type) if isinstance(value, Node) else "none"
