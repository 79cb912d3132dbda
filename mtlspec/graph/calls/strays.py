"""Options that a word does not have: the option that is meant, or the word whose it is."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.graph.naming.names import NotBuilt
from mtlspec.graph.naming.unknown import OPTIONS_ELSEWHERE, UnknownOption
from mtlspec.syntax import tree
from mtlspec.words import registry
from mtlspec.words.later import is_later_option
from mtlspec.words.word import Bound, OfKind, Options, Word


def stray(
    word: str,
    model: type[Options],
    arg: tree.Arg,
    args: Sequence[tree.Arg],
    besides: tuple[str, ...],
) -> UnknownOption | NotBuilt:
    """What is said of an option by name, one of several arguments, that the word does not have.

    `besides` are options of the word that are read elsewhere.
    """
    assert arg.name is not None
    key = arg.name
    if is_later_option(word, key.name):
        return NotBuilt(f"`{key.name}:` of `{word}`", key.span)
    known, owner = (*model.spelled(), *besides), _owner(word, model, arg, args)
    found = UnknownOption(word, key.name, known, key.span, owner)
    if found.meant and found.meant in (model.variadic, *model.by_place[:1]):
        text = arg.value.span.text.strip("[]") if found.meant == model.variadic else ""
        call = f"{word}({text or arg.value.span.text})"
        return UnknownOption(word, key.name, known, key.span, by_place=call)
    return found


def _owner(word: str, model: type[Options], arg: tree.Arg, args: Sequence[tree.Arg]) -> str:
    """The option whose word, given or default, has an option of that name, with it."""
    assert arg.name is not None
    meant = {arg.name.name, *OPTIONS_ELSEWHERE.get(arg.name.name, ())}
    for option, field in model.spelled().items():
        expr = _given(model, option, args)
        default: object = field.get_default(call_default_factory=True, validated_data={})
        held = default.word if isinstance(default, Bound) else None
        kinds = [mark.kind for mark in field.metadata if isinstance(mark, OfKind)]
        name = _name(expr)
        held = next((w for kind in kinds if (w := registry.find(kind, name))), held)
        found = next((n for n in _options(held) if n in meant), None)
        if held is None or found is None:
            continue
        inner = _with_option(held, expr, found, arg.value.span.text)
        whole = f"{word}({inner})" if option in model.by_place else f"{option} : {inner}"
        return f"it is an option of `{held.name}`: `{whole}`"
    return ""


def _given(model: type[Options], option: str, args: Sequence[tree.Arg]) -> tree.Node | None:
    """What an option is given, by name or by place."""
    named = (arg.value for arg in args if arg.name is not None and arg.name.name == option)
    placed = [arg.value for arg in args if arg.name is None]
    place = model.by_place.index(option) if option in model.by_place else len(placed)
    return next(named, placed[place] if place < len(placed) else None)


def _name(expr: tree.Node | None) -> str:
    """The word that an option is given, without its options."""
    callee = expr.callee if isinstance(expr, tree.Call) else expr
    return callee.name if isinstance(callee, tree.Name) else ""


def _options(word: Word | None) -> Sequence[str]:
    return tuple(type(word).takes_options.spelled()) if word is not None else ()


def _with_option(word: Word, expr: tree.Node | None, option: str, text: str) -> str:
    """The word as it is written, with one more option; alone where that does not fit in."""
    given = expr.args if isinstance(expr, tree.Call) else ()
    others = set(_options(word)) - {option}
    if given and expr is not None and all(a.name is None or a.name.name in others for a in given):
        return f"{expr.span.text[:-1].rstrip()}, {option}: {text})"
    return f"{word.name}({option}: {text})"
