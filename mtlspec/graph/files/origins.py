"""Where values come from: a mistake that a given param leads to marks who gave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mtlspec.diagnostics import Label, Report
from mtlspec.graph.files.program import Program
from mtlspec.syntax import tree

SET = "--set "
"""How the name of the text behind a flag begins."""


def tell_origins(program: Program, report: Report) -> None:
    """Adds to each message the places that gave the params which its marks name."""
    origins = _origins(program)
    if not origins:
        return
    named = [n for n in _nodes(program) if isinstance(n, tree.Name) and n.name in origins]
    for place, message in enumerate(report.found):
        spans = [mark.span for mark in message.marks()]
        read = [n.name for n in named if any(n.span.within(span) for span in spans)]
        if read:
            found = (label for name in dict.fromkeys(read) for label in origins[name])
            report.found[place] = message.led_by(found)


def _origins(program: Program) -> Mapping[str, tuple[Label, ...]]:
    """The names whose values come from elsewhere, those computed from given params included."""
    found: dict[str, tuple[Label, ...]] = {
        name: (_label(name, arg),) for name, arg in program.given.items()
    }
    sources = dict(_sources(program))
    grows = bool(found)
    while grows:
        grows = False
        for name, reads in sources.items():
            labels = tuple(dict.fromkeys(x for read in reads for x in found.get(read, ())))
            if labels and name not in found:
                found[name], grows = labels, True
    return found


def _label(name: str, arg: tree.Arg) -> Label:
    flag = arg.span.file.path.startswith(SET)
    text = f"`{name}` comes from --set" if flag else f"`{name}` is given here"
    return Label(arg.span, text)


def _sources(program: Program) -> Iterator[tuple[str, list[str]]]:
    """What is computed from names: params, sets, and the variables of repeats."""
    for node in _nodes(program):
        match node:
            case tree.Param() | tree.SetDecl():
                yield node.name.name, _names(node.value)
            case tree.Repeat(name=tree.Ident(name=name)):
                yield name, _names(node.over)
            case _:
                pass


def _names(node: tree.Node) -> list[str]:
    return [inner.name for inner in tree.walk(node) if isinstance(inner, tree.Name)]


def _nodes(program: Program) -> Iterator[tree.Node]:
    """All that sees the params of a program: components do not."""
    seen: Iterable[tree.Node] = (
        *program.params,
        *program.sets,
        *program.models,
        *program.features,
        *program.tasks,
        *program.train,
    )
    for item in seen:
        yield from tree.walk(item)
