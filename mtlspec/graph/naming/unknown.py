"""The errors of words and options that nobody declared, and what may have been meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    """The word that takes it, in its option: `optimizer : adam(lr: …)` of `train` for `lr`."""

    @property
    def meant(self) -> str | None:
        if self.owner:
            return None
        other = OPTIONS_ELSEWHERE.get(self.name, "")
        return other if other in self.known else closest(self.name, self.known)

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
            return f"it is an option of the word in another field: `{self.owner}`"
        if not self.known:
            return f"`{self.word}` takes no options"
        listed_all = ", ".join(f"`{name}`" for name in self.known)
        return "" if self.meant else f"its {self.noun}s are {listed_all}"


OPTIONS_ELSEWHERE: Mapping[str, str] = {
    "learning_rate": "lr",
    "activation": "act",
    "nonlinearity": "act",
    "use_bias": "bias",
    **dict.fromkeys(("units", "out_features", "hidden", "hidden_size", "width", "size"), "n"),
    **dict.fromkeys(("rate", "prob", "drop"), "p"),
    **dict.fromkeys(("embedding_dim", "embed_dim", "emb_dim"), "dim"),
    **dict.fromkeys(("target", "y"), "label"),
    **dict.fromkeys(("mask", "filter", "when", "if"), "where"),
    **dict.fromkeys(("name", "col", "field", "source"), "column"),
    **dict.fromkeys(("num_epochs", "n_epochs", "max_epochs"), "epochs"),
    **dict.fromkeys(("validation", "val", "valid_split"), "valid"),
    **dict.fromkeys(("clip_norm", "grad_clip", "gradient_clip"), "clip"),
    **dict.fromkeys(("random_state", "random_seed"), "seed"),
    **dict.fromkeys(("early_stopping",), "patience"),
    **dict.fromkeys(("tau", "temp"), "temperature"),
    "min": "low",
    "max": "high",
}
"""What other frameworks call an option; it is meant only where a word has it."""


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
    def meant(self) -> str | None:
        return registry.meant(self.kind, self.name.strip('"'))

    def labels(self) -> Sequence[Label]:
        near = self.meant
        return [Label(self.span, f"did you mean `{near}`?" if near else "", primary=True)]

    def help(self) -> str:
        if self.meant:
            return "a word stands without quotes" if self.name.startswith('"') else ""
        others = [_KINDS[kind] for kind in registry.kinds() if self._is_of(kind)]
        return f"`{self.name}` is {others[0]}" if others else listed(self.known)

    def _is_of(self, kind: str) -> bool:
        return kind in _KINDS and self.name in registry.names(kind)


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
