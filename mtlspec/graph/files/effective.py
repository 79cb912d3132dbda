"""The effective spec: one file that says everything a program says, with what was given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from mtlspec.graph.files.flatten import Names, names_of
from mtlspec.graph.files.program import Program
from mtlspec.source import Span
from mtlspec.syntax import tree


def effective_text(program: Program, paths: Mapping[Span, str] = MappingProxyType({})) -> str:
    """A file without `use` whose params hold the values that `use (…)` and `--set` gave them.

    Compiled again it gives the same model. Statements stand as they were written, comments
    inside them included, but `paths`, what names a file of weights.
    """
    names = names_of(program, paths)
    parts = ["mtl 1", *_params(program, names, {}, names), *_sets(program, names)]
    parts.extend(_block("features", program.features, names))
    parts.extend(_block("tasks", program.tasks, names))
    parts.extend(_components(program, names))
    parts.extend(names.text(item) for item in program.models)
    parts.extend(_block("train", program.train, names))
    return "\n".join(parts) + "\n"


def _params(
    program: Program, names: Names, given: Mapping[str, tree.Arg], giver: Names
) -> Iterator[str]:
    """The params, those under a prefix first; `given` is understood by its giver."""
    for prefixed in program.prefixed:
        inner = names.prefixes[prefixed.alias.name]
        yield from _params(prefixed.program, inner, prefixed.given, names)
    for param in program.params:
        outer, own = given.get(param.name.name), program.given.get(param.name.name)
        value = giver.text(outer.value) if outer else names.text((own or param).value)
        domain = f" in {names.text(param.domain)}" if param.domain else ""
        yield f"param {names.own[param.name.name]} = {value}{domain}"


def _sets(program: Program, names: Names) -> Iterator[str]:
    for prefixed in program.prefixed:
        yield from _sets(prefixed.program, names.prefixes[prefixed.alias.name])
    yield from (names.text(item) for item in program.sets)


def _components(program: Program, names: Names) -> Iterator[str]:
    for prefixed in program.prefixed:
        yield from _components(prefixed.program, names.prefixes[prefixed.alias.name])
    yield from (names.text(item) for item in program.components)


def _block(
    keyword: str, fields: Sequence[tree.Field | tree.Broken | tree.Stage], names: Names
) -> Iterator[str]:
    if not fields:
        return
    lines = [_field(f, names) if isinstance(f, tree.Field) else names.text(f) for f in fields]
    body = "\n".join(f"    {line}" for line in lines)
    yield f"\n{keyword} {{\n{body}\n}}\n"


def _field(field: tree.Field, names: Names) -> str:
    """A field from its parts: overlays may have changed some of them."""
    keys = ", ".join(_key(key, names) for key in field.keys)
    return f"{keys} : {', '.join(_word(value, names) for value in field.values)}"


def _key(key: tree.FieldKey, names: Names) -> str:
    if not key.index:
        return _name(key.name)
    return f"{_name(key.name)}[{', '.join(map(names.text, key.index))}]"


def _word(expr: tree.Expr, names: Names) -> str:
    if not isinstance(expr, tree.Call):
        return names.text(expr)
    arguments = ", ".join(_argument(arg, names) for arg in expr.args)
    return f"{names.text(expr.callee)}({arguments})"


def _argument(arg: tree.Arg, names: Names) -> str:
    lead = f"{_name(arg.name)}: " if arg.name else ""
    return lead + names.text(arg.value)


def _name(ident: tree.Ident) -> str:
    plain = re.fullmatch(r"[A-Za-z_]\w*", ident.name, flags=re.ASCII)
    return ident.name if plain else json.dumps(ident.name, ensure_ascii=False)
