"""The effective spec: one file that says everything a program says, with what was given."""

from __future__ import annotations

from dataclasses import replace

from mtlspec.graph.program import Program
from mtlspec.source import SourceFile, Span
from mtlspec.syntax import print_file, tree


def effective_text(program: Program) -> str:
    """A file without `use` whose params hold the values that `use (…)` and `--set` gave them.

    Compiled again it gives the same model; it holds no comments.
    """
    source = SourceFile("spec.mtl", "")
    nowhere = Span(source, 0, 0)
    items: list[tree.Item] = [_given(program, param) for param in program.params]
    items.extend(program.sets)
    if program.features:
        items.append(tree.Features(fields=tuple(program.features), span=nowhere))
    if program.tasks:
        items.append(tree.Tasks(fields=tuple(program.tasks), span=nowhere))
    items.extend(program.components)
    items.extend(program.models)
    if program.train:
        items.append(tree.Train(fields=tuple(program.train), span=nowhere))
    edition = tree.Int(value=1, text="1", span=nowhere)
    return print_file(tree.File(source=source, edition=edition, items=tuple(items), span=nowhere))


def _given(program: Program, param: tree.Param) -> tree.Param:
    arg = program.given.get(param.name.name)
    if arg is None or isinstance(arg.value, tree.Range):
        return param
    return replace(param, value=arg.value)
