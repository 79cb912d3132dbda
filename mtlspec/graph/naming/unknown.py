"""The errors of words and options that nobody declared, and what may have been meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mtlspec import resources
from mtlspec.diagnostics import Error, Label, closest
from mtlspec.graph.naming.names import listed
from mtlspec.source import Span
from mtlspec.words import registry


class UnknownOption(Error):
    """A word takes the options that it declares.

    What it means: no option of this name belongs to the word. Unknown options are never dropped.

    Example:
        age : category(dims: 8)

    Instead:
        age : category(dim: 8)

    Why: an option that is skipped without a word is a model that is not what was written.
    """

    id = "MTL0206"
    title = "a word takes the options that it declares"
    word: str
    name: str
    known: tuple[str, ...]
    span: Span
    owner: str = ""
    """The word that takes it, with it: `optimizer : adam(lr: 0.1)` of `train` for `lr`."""
    by_place: str = ""
    """How it is given by place, if it may be."""

    @property
    def meant(self) -> str | None:
        if self.owner:
            return None
        others = OPTIONS_ELSEWHERE.get(self.name, ())
        known = next((name for name in others if name in self.known), None)
        return known or closest(self.name, self.known)

    @property
    def noun(self) -> str:
        return "field" if self.word == "train" else "option"

    def headline(self) -> str:
        return f"`{self.word}` has no {self.noun} `{self.name}`"

    def labels(self) -> Sequence[Label]:
        near = self.meant
        return [Label(self.span, f"did you mean `{near}`?" if near else "", primary=True)]

    def help(self) -> str:
        if self.owner:
            return self.owner
        if self.by_place:
            return f"it is given by place, too: `{self.by_place}`"
        if not self.known:
            return f"`{self.word}` takes no options"
        listed_all = ", ".join(f"`{name}`" for name in self.known)
        return "" if self.meant else f"its {self.noun}s are {listed_all}"


_ELSEWHERE: Mapping[tuple[str, ...], str] = {
    ("lr",): "learning_rate",
    ("act",): "activation nonlinearity",
    ("bias",): "use_bias",
    ("n", "widths"): "units out_features hidden hidden_size hidden_units layers sizes width size",
    ("p", "dropout"): "rate prob drop",
    ("dim",): "embedding_dim embed_dim emb_dim",
    ("label",): "target y",
    ("where",): "mask filter when if",
    ("column",): "name col field source",
    ("epochs",): "num_epochs n_epochs max_epochs",
    ("valid",): "validation val valid_split",
    ("clip",): "clip_norm grad_clip gradient_clip",
    ("seed",): "random_state random_seed",
    ("patience",): "early_stopping",
    ("temperature",): "tau temp",
    ("low",): "min",
    ("high",): "max",
}
OPTIONS_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    other: own for own, others in _ELSEWHERE.items() for other in others.split()
}
"""What other frameworks call an option; it is meant only where a word has one of these."""


class UnknownWord(Error):
    """Features, tasks, encodings, routers, optimisers and their like are words of the language.

    What it means: there is no word of this name of the kind that is needed here.

    Example:
        age : numerical

    Instead:
        age : numeric

    Why: a word that nobody declared has no meaning to train.
    """

    id = "MTL0208"
    title = "a word must be one of its kind"
    name: str
    kind: str
    known: tuple[str, ...]
    span: Span

    def headline(self) -> str:
        return f"`{self.name}` is not {_KINDS[self.kind]}"

    @property
    def meant(self) -> Sequence[str]:
        """The words that may be meant."""
        name = self.name.strip('"')
        known = registry.all_called(self.kind, name)
        if known or used_elsewhere(self.kind, name):
            return known
        near = registry.meant(self.kind, name)
        return [near] if near else []

    def labels(self) -> Sequence[Label]:
        near = " or ".join(f"`{word}`" for word in self.meant)
        return [Label(self.span, f"did you mean {near}?" if near else "", primary=True)]

    def help(self) -> str:
        if self.meant:
            return "a word stands without quotes" if self.name.startswith('"') else ""
        return used_elsewhere(self.kind, self.name) or listed(self.known)


_KINDS: Mapping[str, str] = {
    "ops": "an op",
    "features": "a kind of feature",
    "encodings": "an encoding of numbers",
    "tasks": "a kind of task",
    "metrics": "a metric",
    "routers": "a router",
    "initialisers": "an initialiser",
    "losses": "a loss",
    "balance": "a way to balance tasks",
    "optimisers": "an optimiser",
    "schedules": "a schedule",
}


def used_elsewhere(kind: str, name: str, written: str = "") -> str:
    """What a name is among the words of other kinds, and how it is used; empty if it is none.

    `written` is the name with its options, where it has some.
    """
    word = registry.elsewhere(kind, name)
    if word is None:
        path = f"std/{name}.mtl"
        shipped = kind == "ops" and name.isidentifier() and (resources.specs() / path).exists()
        return f'`{name}` is a component of the library: `use "mtl:{path}"`' if shipped else ""
    told = f"`{name}` is" if word.name == name else f"`{name}` is `{word.name}` here,"
    written = written if word.name == name and written else word.name
    return f"{told} {_KINDS[word.kind]}: {word.usage(written)}"
