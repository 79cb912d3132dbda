"""The effective spec: one file that says everything a program says, with what was given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from mtlspec.graph.program import Program
from mtlspec.syntax import tree


def effective_text(program: Program) -> str:
    """A file without `use` whose params hold the values that `use (…)` and `--set` gave them.

    Compiled again it gives the same model. Statements stand as they were written, comments
    inside them included.
    """
    parts = ["mtl 1", *_params(program), *(item.span.text for item in program.sets)]
    parts.extend(_block("features", program.features))
    parts.extend(_block("tasks", program.tasks))
    parts.extend(item.span.text for item in program.components)
    parts.extend(item.span.text for item in program.models)
    parts.extend(_block("train", program.train))
    return "\n".join(parts) + "\n"


def _params(program: Program) -> Iterator[str]:
    for param in program.params:
        given = program.given.get(param.name.name)
        value = (given.value if given else param.value).span.text
        domain = f" in {param.domain.span.text}" if param.domain else ""
        yield f"param {param.name.name} = {value}{domain}"


def _block(keyword: str, fields: Sequence[tree.Field | tree.Broken | tree.Stage]) -> Iterator[str]:
    if not fields:
        return
    lines = [_field(f) if isinstance(f, tree.Field) else f.span.text for f in fields]
    body = "\n".join(f"    {line}" for line in lines)
    yield f"\n{keyword} {{\n{body}\n}}\n"


def _field(field: tree.Field) -> str:
    """A field from its parts: overlays may have changed some of them."""
    keys = ", ".join(_key(key) for key in field.keys)
    return f"{keys} : {', '.join(_word(value) for value in field.values)}"


def _key(key: tree.FieldKey) -> str:
    if not key.index:
        return _name(key.name)
    return f"{_name(key.name)}[{', '.join(item.span.text for item in key.index)}]"


def _word(expr: tree.Expr) -> str:
    if not isinstance(expr, tree.Call):
        return expr.span.text
    return f"{expr.callee.span.text}({', '.join(_argument(arg) for arg in expr.args)})"


def _argument(arg: tree.Arg) -> str:
    lead = f"{_name(arg.name)}: " if arg.name else ""
    return lead + arg.value.span.text


def _name(ident: tree.Ident) -> str:
    plain = re.fullmatch(r"[A-Za-z_]\w*", ident.name, flags=re.ASCII)
    return ident.name if plain else json.dumps(ident.name, ensure_ascii=False)
