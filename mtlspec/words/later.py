"""Words of edition 1 of the language that this version does not build, by kind.

Whoever writes one is told so, instead of that it does not exist.
"""

from collections.abc import Mapping

from mtlspec.words.registry import names

_WORDS: Mapping[str, str] = {
    "ops": "segment",
    "features": "mask text",
    "tasks": "mlm tokens",
    "balance": "cagrad imtl mgda nash pcgrad",
}
_TRAIN = frozenset({"freeze", "sampling", "schedule", "split", "steps", "tables", "tasks", "test"})


SPLITS = frozenset({"groups", "last"})
"""Ways to say which rows validate that are still to be built."""


def is_later(kind: str, name: str) -> bool:
    """Whether a name is a word of the language that is still to be built."""
    kinds = ("ops", "losses") if kind == "ops" else (kind,)
    return any(name in later(k) for k in kinds)


def is_later_option(word: str, name: str) -> bool:
    """Whether a name is a field of `train` that is still to be built."""
    return word == "train" and name in _TRAIN


def later(kind: str) -> tuple[str, ...]:
    """The words of a kind that are still to be built."""
    return tuple(sorted(set(_WORDS.get(kind, "").split()) - set(names(kind))))


def kinds_of_later(name: str) -> tuple[str, ...]:
    """The kinds in which a name is still to be built, `train` for its fields."""
    kinds = [kind for kind in _WORDS if name in later(kind)]
    return (*kinds, *(["train"] if name in _TRAIN else []))
