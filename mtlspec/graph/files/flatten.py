"""One namespace of several: what is used under a prefix gets names that one file may hold.

`p.cgc` becomes `p_cgc`, wherever it is declared or meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mtlspec.graph.files.program import Prefixed, Program
from mtlspec.names import fresh
from mtlspec.source import Span
from mtlspec.syntax import tree


@dataclass(frozen=True, slots=True)
class Names:
    """What the declarations of a program are called in one file, and those behind its prefixes."""

    own: Mapping[str, str]
    components: frozenset[str]
    prefixes: Mapping[str, Names]
    paths: Mapping[Span, str] = field(default_factory=dict[Span, str])
    """The paths of files that are named, as they lead there from anywhere."""

    def text(self, node: tree.Node) -> str:
        """A node as it was written, with the names of the one file."""
        found: list[tuple[Span, str]] = []
        inside = isinstance(node, tree.Component)
        if isinstance(node, tree.Component | tree.Param | tree.SetDecl):
            found.append((node.name.span, self.own[node.name.name]))
        found.extend(self._changes(node, inside=inside))
        return _replaced(node.span, found)

    def _changes(self, node: tree.Node, *, inside: bool) -> Iterator[tuple[Span, str]]:
        """The names to write anew; `inside` of a component only components are the file's."""
        if isinstance(node, tree.MemberOf):
            meant = self._meant(node)
            if meant is not None:
                yield node.span, meant
                return
        if isinstance(node, tree.Name) and node.name in self.own:
            if not inside or node.name in self.components:
                yield node.span, self.own[node.name]
            return
        if isinstance(node, tree.String) and node.span in self.paths:
            yield node.span, json.dumps(self.paths[node.span], ensure_ascii=False)
        for child in tree.children(node):
            yield from self._changes(child, inside=inside)

    def _meant(self, node: tree.MemberOf) -> str | None:
        names = self._behind(node.value)
        return names.own.get(node.name.name) if names else None

    def _behind(self, base: tree.Expr) -> Names | None:
        match base:
            case tree.Name(name=name):
                return self.prefixes.get(name)
            case tree.MemberOf(value=inner, name=ident):
                names = self._behind(inner)
                return names.prefixes.get(ident.name) if names else None
            case _:
                return None


def names_of(program: Program, paths: Mapping[Span, str]) -> Names:
    """The names of a program that stands in one file; its own are kept."""
    taken = {node.name for model in program.models for node in _idents(model)}
    taken |= {node.name for item in program.components for node in _idents(item)}
    own = [item.name.name for item in _declared(program)]
    fields = [*program.features, *program.tasks]
    taken |= {key.name.name for f in fields if isinstance(f, tree.Field) for key in f.keys}
    return _names(program, {name: name for name in own}, taken | set(own), paths)


def _names(
    program: Program, own: Mapping[str, str], taken: set[str], paths: Mapping[Span, str]
) -> Names:
    components = frozenset(item.name.name for item in program.components)
    prefixes = {
        prefixed.alias.name: _prefixed_names(prefixed, prefixed.alias.name, taken, paths)
        for prefixed in program.prefixed
    }
    return Names(own, components, prefixes, paths)


def _prefixed_names(
    prefixed: Prefixed, lead: str, taken: set[str], paths: Mapping[Span, str]
) -> Names:
    program = prefixed.program
    taken |= {node.name for item in program.components for node in _idents(item)}
    own = {item.name.name: fresh(f"{lead}_{item.name.name}", taken) for item in _declared(program)}
    return _names(program, own, taken, paths)


def _declared(program: Program) -> Iterator[tree.Param | tree.SetDecl | tree.Component]:
    yield from program.params
    yield from program.sets
    yield from program.components


def _idents(node: tree.Node) -> Iterator[tree.Ident]:
    return (inner for inner in tree.walk(node) if isinstance(inner, tree.Ident))


def _replaced(span: Span, changes: list[tuple[Span, str]]) -> str:
    """The text of a span with other text in some places."""
    parts: list[str] = []
    at = span.start
    for place, text in sorted(changes, key=lambda change: change[0].start):
        parts += [span.file.text[at : place.start], text]
        at = place.stop
    return "".join([*parts, span.file.text[at : span.stop]])
