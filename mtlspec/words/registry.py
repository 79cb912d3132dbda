"""Which words there are, read from the folders themselves; a word is imported when first used."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from mtlspec.diagnostics import closest
from mtlspec.words.word import Word

_ROOT = Path(__file__).parent


@cache
def kinds() -> tuple[str, ...]:
    """The kinds of words: the folders of `mtlspec/words`."""
    return tuple(sorted(p.name for p in _ROOT.iterdir() if _is_kind(p)))


@cache
def names(kind: str) -> tuple[str, ...]:
    """The words of a kind, sorted; nothing is imported."""
    found = (p for p in (_ROOT / kind).iterdir() if not p.name.startswith("_"))
    return tuple(sorted(p.stem for p in found if p.suffix == ".py" or (p / "__init__.py").exists()))


@cache
def find(kind: str, name: str) -> Word | None:
    """The word of that kind and name, imported now, or None."""
    if name not in names(kind):
        return None
    word: Word = import_module(f"mtlspec.words.{kind}.{name}").WORD
    return word


def words() -> Iterator[Word]:
    """Every word, kind by kind, imported now."""
    return (word for kind in kinds() for name in names(kind) if (word := find(kind, name)))


def meant(kind: str, name: str) -> str | None:
    """The word of a kind that a name was probably meant to be: misspelt, or as others call it."""
    return called(kind, name) or closest(name, names(kind))


def called(kind: str, name: str) -> str | None:
    """The word of a kind that goes by a name, in other cases and languages too."""
    return next(iter(all_called(kind, name)), None)


def all_called(kind: str, name: str) -> tuple[str, ...]:
    """The words of a kind that others call by one name, such as `classification`."""
    known, folded = _all_names(kind), _folded(name)
    return known.get(folded) or known.get(folded.removesuffix("loss"), ())


def alike(kind: str, name: str) -> tuple[Word, ...]:
    """The words of a kind that others call as one of its words is called here."""
    words = [word for known in names(kind) if (word := find(kind, known))]
    return tuple(word for word in words if _folded(name) in map(_folded, word.also))


def elsewhere(kind: str, name: str) -> Word | None:
    """The word of another kind that goes by a name: its own, before what others call it."""
    others = [other for other in kinds() if other != kind]
    found = [find(other, name) for other in others]
    found += [find(other, word) for other in others if (word := called(other, name))]
    return next((word for word in found if word is not None and word.usage(name)), None)


@cache
def _all_names(kind: str) -> dict[str, tuple[str, ...]]:
    """The words of a kind by all names that they go by, folded."""
    words = [word for known in names(kind) if (word := find(kind, known))]
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        for other in dict.fromkeys(map(_folded, word.also)):
            found[other] = (*found.get(other, ()), word.name)
    return found | {_folded(word.name): (word.name,) for word in words}


def _folded(name: str) -> str:
    return name.lower().replace("_", "")


def _is_kind(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith("_")
