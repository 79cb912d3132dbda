"""Overlays: `--set key=value` replaces a param, a field of `train`, or an option of a field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from mtlspec.diagnostics import Error, Label, Report, closest
from mtlspec.graph.files.program import Program
from mtlspec.source import SourceFile, Span
from mtlspec.syntax import parse_value, tree
from mtlspec.words import registry
from mtlspec.words.train import Train
from mtlspec.words.word import OfKind


class UnknownKey(Error):
    """`--set` replaces something that the spec has.

    What it means: the key before the `=` is neither a param of the program, nor `train.FIELD`,
    nor an option of a field such as `train.optimizer.lr` or `tasks.income.weight`.

    Example:
        $ mtlspec train ple.mtl --set train.epoch=3

    Instead:
        $ mtlspec train ple.mtl --set train.epochs=3

    Why: a key that is dropped without a word is an experiment that was not run.
    """

    id = "MTL0210"
    title = "`--set` replaces something that the spec has"
    key: str
    span: Span
    known: tuple[str, ...]

    def headline(self) -> str:
        return f"`--set {self.key}`: the spec has no such key"

    def labels(self) -> Sequence[Label]:
        near = closest(self.key, self.known)
        return [Label(self.span, f"did you mean `{near}`?" if near else "", primary=True)]

    def help(self) -> str:
        if closest(self.key, self.known):
            return ""
        head = self.key.partition(".")[0]
        alike = [f"`{key}`" for key in self.known if key.startswith(f"{head}.")]
        params = [f"`{key}`" for key in self.known if "." not in key]
        keys = alike or [*params, "`train.…`", "`features.…`", "`tasks.…`"]
        more = f" and {len(keys) - 12} more" if len(keys) > 12 else ""
        return f"the keys are {', '.join(keys[:12])}{more}"


def lay_over(program: Program, overlays: Mapping[str, str], report: Report) -> None:
    """Applies `--set` to a program; every key that it does not have is reported."""
    for key, text in overlays.items():
        source = SourceFile(f"--set {key}", text)
        value, diagnostics = parse_value(source)
        report.extend(diagnostics)
        if value is None:
            continue
        if not _apply(program, key, value):
            report.add(UnknownKey(key, value.span, _keys(program)))


def _apply(program: Program, key: str, value: tree.Expr | tree.Range) -> bool:
    name = tree.Ident(name=key.rpartition(".")[2], span=value.span)
    arg = tree.Arg(name=name, value=value, span=value.span)
    match key.split("."):
        case [param] if any(p.name.name == param for p in program.params):
            program.given[param] = arg
            return True
        case ["train", field] if field in Train.model_fields:
            return _replace_train(program, field, value)
        case ["train", field, _]:
            return _into(program.train, _word_kind(field), field, arg)
        case ["tasks", field, _]:
            return _into(program.tasks, "tasks", field, arg)
        case ["features", field, _]:
            return _into(program.features, "features", field, arg)
        case [*prefixes, param]:
            return _into_prefixed(program, prefixes, param, arg)
        case _:
            return False


def _into_prefixed(program: Program, prefixes: Sequence[str], name: str, arg: tree.Arg) -> bool:
    """Gives a param to a file that is used under a prefix: `p.own`."""
    for prefixed in program.prefixed:
        if not prefixes or prefixed.alias.name != prefixes[0]:
            continue
        if len(prefixes) > 1:
            return _into_prefixed(prefixed.program, prefixes[1:], name, arg)
        known = any(param.name.name == name for param in prefixed.program.params)
        if known:
            prefixed.given[name] = arg
        return known
    return False


def _word_kind(field: str) -> str:
    """The kind of word that a field of `train` takes; empty where it takes none."""
    info = Train.model_fields.get(field)
    kinds = [mark.kind for mark in info.metadata if isinstance(mark, OfKind)] if info else []
    return kinds[0] if kinds else ""


def _replace_train(program: Program, field: str, value: tree.Expr | tree.Range) -> bool:
    if isinstance(value, tree.Range):
        return False
    key = tree.FieldKey(name=tree.Ident(name=field, span=value.span), index=None, span=value.span)
    kept = [_without(item, field) for item in program.train]
    program.train[:] = [item for item in kept if item is not None]
    program.train.append(tree.Field(keys=(key,), values=(value,), span=value.span))
    return True


Fields = list[tree.Field | tree.Broken] | list[tree.Field | tree.Stage | tree.Broken]


def _into(fields: Fields, kind: str, name: str, arg: tree.Arg) -> bool:
    """Gives an option to the word of a field; a field shared by several names is split."""
    for place, item in enumerate(fields):
        if not isinstance(item, tree.Field) or len(item.values) != 1:
            continue
        names = [key.name.name for key in item.keys]
        if name not in names:
            continue
        at = names.index(name)
        word = _with(item.values[0], kind, arg)
        changed = replace(item, keys=item.keys[at : at + 1], values=(word,))
        before = replace(item, keys=item.keys[:at])
        after = replace(item, keys=item.keys[at + 1 :])
        fields[place : place + 1] = [f for f in (before, changed, after) if f.keys]
        return True
    return False


def _without(
    item: tree.Field | tree.Stage | tree.Broken, name: str
) -> tree.Field | tree.Stage | tree.Broken | None:
    if not isinstance(item, tree.Field):
        return item
    keys = tuple(key for key in item.keys if key.name.name != name)
    return replace(item, keys=keys) if keys else None


def _with(word: tree.Expr, kind: str, arg: tree.Arg) -> tree.Expr:
    """The word with one option given anew, whether it stood by name, by place or not at all."""
    assert arg.name is not None
    if not isinstance(word, tree.Call):
        return tree.Call(callee=word, args=(arg,), span=word.span)
    found = registry.find(kind, word.callee.name) if isinstance(word.callee, tree.Name) else None
    by_place = list(found.takes_options.by_place) if found else []
    kept: list[tree.Arg] = []
    for given in word.args:
        name = given.name
        if name is None and by_place:
            name = tree.Ident(name=by_place.pop(0), span=given.span)
        if name is None or name.name != arg.name.name:
            kept.append(replace(given, name=name))
    return replace(word, args=(*kept, arg))


def _params_of(program: Program) -> Iterator[str]:
    yield from (param.name.name for param in program.params)
    for prefixed in program.prefixed:
        yield from (f"{prefixed.alias.name}.{key}" for key in _params_of(prefixed.program))


def _keys(program: Program) -> tuple[str, ...]:
    params = [param.name.name for param in program.params]
    return (
        *params,
        *(f"{p.alias.name}.{key}" for p in program.prefixed for key in _params_of(p.program)),
        *(f"train.{field}" for field in Train.model_fields),
        *_options("train", program.train, _word_kind),
        *_options("features", program.features, lambda _: "features"),
        *_options("tasks", program.tasks, lambda _: "tasks"),
    )


def _options(
    block: str,
    fields: Sequence[tree.Field | tree.Stage | tree.Broken],
    kind_of: Callable[[str], str],
) -> Iterator[str]:
    """The options of the words that stand in the fields of a block."""
    for item in fields:
        if not isinstance(item, tree.Field) or len(item.values) != 1:
            continue
        value = item.values[0]
        callee = value.callee if isinstance(value, tree.Call) else value
        for key in (key.name.name for key in item.keys):
            named = isinstance(callee, tree.Name)
            word = registry.find(kind_of(key), callee.name) if named and kind_of(key) else None
            options = type(word).takes_options.spelled() if word else ()
            yield from (f"{block}.{key}.{option}" for option in options)
