"""The classes that every message to a person is made of.

An error is a frozen dataclass of facts: its class carries the code, the title (a law, in one
sentence) and, as docstring, its `explain` page; its methods turn the facts into prose. Errors
live beside the rule that raises them; `catalogue()` is derived.

There are hundreds of them and few are ever told, so a class becomes a dataclass when the first of
its messages is made: a fifth of the time of `check` otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import ClassVar, Self, dataclass_transform

from mtlspec.source import Span


@dataclass(frozen=True, slots=True)
class Label:
    """A marked place. The primary one is where things meet, the others where they arise."""

    span: Span
    text: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement for a span; a safe one never changes what a correct spec means."""

    span: Span
    replacement: str
    safe: bool = False


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
@dataclass(frozen=True)
class Diagnostic:
    """The common part of errors, warnings and notes; what derives from it is a frozen dataclass."""

    severity: ClassVar[str]
    id: ClassVar[str]
    """`MTL0304` for an error, a word such as `dead-gate` for a warning or a note."""
    title: ClassVar[str]

    around: tuple[Label, ...] = field(default=(), kw_only=True, compare=False, repr=False)
    """Places that led there, such as the call of a component."""

    def __new__(cls, *facts: object, **named: object) -> Self:
        del facts, named  # what `__init__` takes, once there is one
        for each in reversed(cls.__mro__):
            if issubclass(each, Diagnostic) and "__dataclass_fields__" not in vars(each):
                dataclass(frozen=True)(each)
        return super().__new__(cls)

    def led_by(self, labels: Iterable[Label]) -> Self:
        """The same message with more places that led there."""
        return replace(self, around=tuple(dict.fromkeys((*self.around, *labels))))

    def marks(self) -> Sequence[Label]:
        """All marked places: its own, then those that led there."""
        own = self.labels()
        marked = {label.span for label in own}
        return [*own, *(label for label in self.around if label.span not in marked)]

    def headline(self) -> str:
        """The first line; the title unless the facts say it better."""
        return self.title

    def labels(self) -> Sequence[Label]:
        """Marked places, in any file; the first primary one is where the message stands."""
        return ()

    def place(self) -> str:
        """Where it is, in words, for a message without spans (a data file, a flag)."""
        return ""

    def found(self) -> str:
        """What stands there; empty where the labels say it."""
        return ""

    def expected(self) -> str:
        """What may stand there; empty where the labels say it."""
        return ""

    def notes(self) -> Sequence[str]:
        """Whole sentences that explain the law."""
        return ()

    def help(self) -> str:
        """What to do; may be several lines."""
        return ""

    def fix(self) -> Fix | None:
        return None

    @property
    def primary(self) -> Label | None:
        labels = self.labels()
        return next((label for label in labels if label.primary), labels[0] if labels else None)


class Error(Diagnostic):
    """Something that must be mended; subclasses set `id`, `title` and an explain docstring."""

    severity = "error"


class Warn(Diagnostic):
    """Something that is probably not meant."""

    severity = "warning"


class Note(Diagnostic):
    """Something worth knowing."""

    severity = "note"


@dataclass
class Report:
    """Diagnostics as they are found, those of one kind at one place once.

    A statement is read for each of its members: what is wrong with it is one mistake.
    """

    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    _places: set[tuple[type[Diagnostic], Span]] = field(
        default_factory=set[tuple[type[Diagnostic], Span]], repr=False
    )

    def add(self, diagnostic: Diagnostic) -> None:
        span = getattr(diagnostic, "span", None)  # at hand, where marks have to be made up
        if span is None and (label := diagnostic.primary):
            span = label.span
        place = (type(diagnostic), span) if isinstance(span, Span) else None
        if diagnostic in self.found if place is None else place in self._places:
            return
        self.found.append(diagnostic)
        if place:
            self._places.add(place)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self.add(diagnostic)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.found if d.severity == "error")

    def stop_on_errors(self) -> None:
        """Raises `SpecError` with everything found so far if any of it is an error."""
        if self.errors:
            raise SpecError(self.found)


class SpecError(Exception):
    """Carries diagnostics to whoever renders them; its text is their headlines."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(_one_line(d) for d in self.diagnostics))


def _one_line(diagnostic: Diagnostic) -> str:
    label = diagnostic.primary
    place = label.span.place if label else diagnostic.place()
    lead = f"{place}: " if place else ""
    return f"{lead}{diagnostic.severity}[{diagnostic.id}] {diagnostic.headline()}"


_SHORTEST_PREFIX = 3
_MANY, _LONG = 1000, 100


def catalogue() -> dict[str, type[Diagnostic]]:
    """Every diagnostic class imported so far, by id."""
    return {cls.id: cls for cls in _descendants(Diagnostic) if hasattr(cls, "id")}


def _descendants(cls: type[Diagnostic]) -> Iterator[type[Diagnostic]]:
    for child in cls.__subclasses__():
        yield child
        yield from _descendants(child)


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be, or None.

    It is misspelt, or one of the two begins with the other: `activation` for `act`.
    """
    meant = word.lower()
    folded = {name.lower(): name for name in sorted(set(candidates))}
    if len(folded) > _MANY or len(meant) > _LONG:  # to compare with all would take long
        return folded.get(meant)
    hits = get_close_matches(meant, list(folded), n=1, cutoff=0.6)
    if not hits and len(meant) >= _SHORTEST_PREFIX:
        hits = [n for n in folded if n.startswith(meant) or _begins(meant, n)]
        hits.sort(key=len, reverse=True)
    return folded[hits[0]] if hits else None


def _begins(word: str, name: str) -> bool:
    return len(name) >= _SHORTEST_PREFIX and word.startswith(name)
