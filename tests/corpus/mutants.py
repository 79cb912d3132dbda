"""Specs with one token changed, in every way in which hands change one.

The specs are those of the repository, the corpus and, where it is, the zoo. All is drawn from a
fixed seed, so that a mutant that once was wrong is met again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from lark import Token

from mtlspec import pipeline, resources
from mtlspec.cli.check import is_part
from mtlspec.diagnostics import Diagnostic
from mtlspec.files import read_text
from mtlspec.graph.build import OneModel
from mtlspec.source import SourceFile
from mtlspec.syntax import parser
from mtlspec.syntax.errors.brackets import BlockWithoutBrace, UnclosedBlock
from mtlspec.syntax.vocabulary import is_word
from tests.syntax.specs import DESIGNED, OWN, VALID

NEAR = 2
FEW = 3

Tokens: TypeAlias = "tuple[Token, ...]"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A spec with one token changed; `line` is that of the change."""

    path: Path
    kind: str
    text: str
    line: int

    def errors(self) -> list[Diagnostic]:
        """What is said of it in the order of the file, others' files last."""
        return errors_of(self.path, self.text)

    def __str__(self) -> str:
        changed = self.text.splitlines()[self.line - 1 :][:1]
        return f"{self.path.name}:{self.line} {self.kind}: {''.join(changed).strip()}"

    def is_near(self, first: Diagnostic) -> bool:
        """Whether a message stands at the change, or at the opening of the block left open."""
        if isinstance(first, UnclosedBlock | BlockWithoutBrace):
            return True
        label = first.primary
        if label is None or label.span.file.path != str(self.path):
            return False
        last = label.span.file.line_of(max(label.span.stop - 1, label.span.start))
        return label.span.line - NEAR <= self.line <= last + NEAR


def errors_of(path: Path, text: str) -> list[Diagnostic]:
    """The errors of a spec, taken as far as Python; a part of a program needs no model."""

    def read(wanted: str) -> str:
        return text if wanted == str(path) else read_text(wanted)

    def place(error: Diagnostic) -> tuple[bool, int]:
        label = error.primary
        return (
            label is None or label.span.file.path != str(path),
            label.span.start if label else 0,
        )

    outcome = pipeline.run(str(path), read=read, upto="python")
    part = is_part(outcome.program)
    found = [e for e in outcome.report.errors if not (part and isinstance(e, OneModel))]
    return sorted(found, key=place)


@cache
def is_sound(path: Path) -> bool:
    """Whether a spec has no error of its own, so that those of a mutant come from its change."""
    return not errors_of(path, path.read_text(encoding="utf-8"))


def specs() -> Mapping[Path, Tokens]:
    """The tokens of every spec that is mutated."""
    return {path: tokens for path in (*OWN, *VALID, *DESIGNED) if (tokens := _tokens(path))}


@cache
def _tokens(path: Path) -> Tokens:
    return parser.lex(SourceFile(path.name, path.read_text(encoding="utf-8")))


def typo(token: Token, rng: random.Random) -> str:
    """A name or a word with a letter left out, doubled, changed, or two exchanged."""
    text = str(token)
    at = rng.randrange(len(text))
    match rng.randrange(4):
        case 0 if len(text) > 1:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2 if at + 1 < len(text):
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case _:
            return text[:at] + rng.choice("aeiostx") + text[at + 1 :]


KINDS = ("delete", "double", "swap", "token", "sign", "keyword", "name", "typo", "insert")


@dataclass(frozen=True, slots=True)
class Mutations:
    """Draws mutants; `pool` is every token that occurs, by what it is."""

    rng: random.Random
    pool: Mapping[str, list[str]]

    @classmethod
    def seeded(cls, seed: int) -> Mutations:
        words = sorted(set(_lexer_words().values()))
        tokens = sorted({str(token) for found in specs().values() for token in found})
        names = [text for text in tokens if text.isidentifier() and text not in words]
        pool = {
            "token": tokens,
            "sign": [text for text in words if not text.isalpha()],
            "keyword": [text for text in words if text.isalpha()],
            "name": names,
        }
        return cls(random.Random(seed), pool)

    def sample(self, count: int) -> Iterator[Mutant]:
        """As many of each kind, drawn from all places of all specs."""
        places = [(path, place) for path, found in specs().items() for place in range(len(found))]
        for kind in KINDS:
            drawn = 0
            while drawn < count:
                path, place = self.rng.choice(places)
                mutant = self.mutant(kind, path, place)
                if mutant is not None:
                    drawn += 1
                    yield mutant

    def mutant(self, kind: str, path: Path, place: int) -> Mutant | None:
        """The mutant of a kind at a token; None where the kind does not apply there."""
        tokens = specs()[path]
        token, text = tokens[place], path.read_text(encoding="utf-8")
        start, stop = token.start_pos or 0, token.end_pos or 0
        line = text.count("\n", 0, start) + 1
        new = self._instead(kind, token)
        if kind == "swap":
            if place + 1 == len(tokens):
                return None
            following = tokens[place + 1]
            new = f"{following}{text[stop : following.start_pos]}{token}"
            stop = following.end_pos or 0
        if new is None or new == text[start:stop]:
            return None
        return Mutant(path, kind, f"{text[:start]}{new}{text[stop:]}", line)

    def _instead(self, kind: str, token: Token) -> str | None:
        match kind:
            case "delete":
                return ""
            case "double":
                return f"{token} {token}"
            case "insert":
                return f"{self.rng.choice(self.pool['token'])} {token}"
            case "typo":
                wordlike = token.type == "NAME" or is_word(token.type, str(token))
                return typo(token, self.rng) if wordlike else None
            case "swap":
                return ""
            case _:
                return self.rng.choice(self.pool[kind])


def _lexer_words() -> Mapping[str, str]:
    from mtlspec.syntax.lexer import Lexer
    from mtlspec.syntax.tables import load

    return Lexer(load(resources.tables_text(), resources.grammar_text())).words
