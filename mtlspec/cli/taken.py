"""The page of an option, or of a word that options offer: who takes it, and what they say of it.

Nothing is said here: the rows are the options themselves, the sentences those of the words' pages
and of the options' docstrings that name it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal, get_args, get_origin

from mtlspec.cli.options import columns, default_and_type, docs_of
from mtlspec.cli.pages import refill, word_text
from mtlspec.words import registry
from mtlspec.words.operators import Operator
from mtlspec.words.owning import MatrixOptions
from mtlspec.words.routers import GateOptions, StitchOptions
from mtlspec.words.train import Train
from mtlspec.words.word import Options

OPTIONS_OF_KEYWORDS: Mapping[str, type[Options]] = {
    "gate": GateOptions,
    "stitch": StitchOptions,
    "train": Train,
}

_OWNERS = "every op that owns weights"
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-Z`\d])|;\s+(?=`\w+`:)")
_NAMES = 32
"""How wide the column of who takes an option may be."""


@dataclass(frozen=True, slots=True)
class Taker:
    """What takes options, and its page."""

    name: str
    kind: str
    options: type[Options]
    page: str = ""

    def sentences(self, name: str) -> tuple[str, ...]:
        """What its page and the docstrings of its options say of one of them, or of a choice."""
        texts = (*docs_of(self.options), self.page)
        found = (s for text in texts for s in _sentences(text) if _names(s, name))
        return tuple(dict.fromkeys(found))


@cache
def takers() -> tuple[Taker, ...]:
    """All that takes options: words, statements with brackets, `train`, ops that own weights."""
    return (
        *(Taker(name, "", cls) for name, cls in OPTIONS_OF_KEYWORDS.items()),
        Taker(_OWNERS, "", MatrixOptions),
        *_words(),
    )


def _words() -> Iterator[Taker]:
    for word in registry.words():
        if not isinstance(word, Operator):  # its options hold the numbers beside a value
            yield Taker(word.name, word.kind, type(word).takes_options, word_text(word))


def option_names() -> tuple[str, ...]:
    """Every option, and every word that one offers."""
    options = {name for taker in takers() for name in taker.options.spelled()}
    return tuple(sorted(options.union(*(choices(t.options) for t in takers()))))


def show_option(name: str) -> str | None:
    """The page of an option."""
    found = [taker for taker in takers() if name in taker.options.spelled()]
    if not found:
        return None
    rows = [(taker, default_and_type(taker.options.spelled()[name])) for taker in found]
    grouped = groupby(sorted(rows, key=lambda row: row[1]), key=lambda row: row[1])
    lines = [
        line
        for cells, members in grouped
        for line in _lined_up([taker for taker, _ in members], *cells)
    ]
    return "\n".join([f"`{name}:` is an option of", "", *columns(lines), "", *_said(found, name)])


def show_choice(name: str) -> str | None:
    """The page of a word that an option offers; one that no page names is said with its option."""
    found = offered(name)
    if not found:
        return None
    lines = [
        (names, listed if not place else "", "")
        for options, members in found
        for listed in [", ".join(f"`{option}:`" for option in options)]
        for place, (names, *_) in enumerate(_lined_up(members, "", ""))
    ]
    every = [taker for _, members in found for taker in members]
    said = _said(every, name) or [t for option in found[0][0] for t in _said(every, option)]
    return "\n".join([f"`{name}` is a value of", "", *columns(lines), "", *said])


def offered(name: str) -> list[tuple[tuple[str, ...], list[Taker]]]:
    """The options that offer a word, with those that take them."""
    found = [(_offering(taker.options, name), taker) for taker in takers()]
    rows = groupby((row for row in found if row[0]), key=lambda row: row[0])
    return [(options, [taker for _, taker in members]) for options, members in rows]


def choices(options: type[Options]) -> frozenset[str]:
    """The words that options offer."""
    annotations = (field.annotation for field in options.spelled().values())
    return frozenset(word for a in annotations for word in _literals(a))


def _literals(annotation: object) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (value for value in get_args(annotation) if isinstance(value, str))
    else:
        for inner in get_args(annotation):
            yield from _literals(inner)


def _offering(options: type[Options], choice: str) -> tuple[str, ...]:
    """The options that offer a word."""
    fields = options.spelled().items()
    return tuple(name for name, field in fields if choice in _literals(field.annotation))


def _lined_up(found: list[Taker], *cells: str) -> Iterator[tuple[str, str, str]]:
    """Who takes something, in as many lines as that needs, beside what is said of it."""
    first, second = cells
    for names in textwrap.wrap(", ".join(_named(found)), _NAMES):
        yield names, first, second
        first = second = ""


def _named(found: Iterable[Taker]) -> Iterator[str]:
    """Their names; all words of a kind are called so."""
    for kind, members in groupby(found, key=lambda taker: taker.kind):
        names = tuple(taker.name for taker in members)
        whole = len(names) > 1 and set(names) == set(registry.names(kind))
        yield from (f"all {kind}",) if whole else names


def _said(found: list[Taker], name: str) -> list[str]:
    """The sentences that name something, each once, with whose page says it where pages differ."""
    said: dict[str, list[Taker]] = {}
    for taker in found:
        for sentence in taker.sentences(name):
            said.setdefault(sentence, []).append(taker)
    grouped = groupby(said, key=lambda sentence: tuple(_named(said[sentence])))
    blocks = [(", ".join(names), " ".join(sentences)) for names, sentences in grouped]
    if len(blocks) == 1:
        return [refill(blocks[0][1])]
    return ["\n".join(_item(f"{names}: {text}") for names, text in blocks)] if blocks else []


def _item(text: str) -> str:
    return textwrap.fill(
        text,
        80,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a page's prose; examples and lists are left out."""
    for block in text.split("\n\n"):
        lines = block.splitlines()
        prose = [line for line in lines if not line.startswith((" ", "- "))]
        if prose and len(prose) == len(lines):
            for sentence in _SENTENCE.split(" ".join(prose)):
                yield sentence if sentence.endswith((".", ":")) else f"{sentence}."


def _names(sentence: str, name: str) -> bool:
    """Whether a sentence has a name between backticks: `lr`, `lr:`, `own(0.9)`."""
    return re.search(rf"`{re.escape(name)}(?![\w])[^`]*`", sentence) is not None
