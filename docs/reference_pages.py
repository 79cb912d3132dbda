"""`docs/reference/*.md`: written from the words, the fields of `train` and the errors.

The texts are those of `mtlspec explain`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from markdown_parts import Rows, code, listed, table

from mtlspec.cli.explain import Page, error_pages
from mtlspec.cli.options import docs_of, option_rows
from mtlspec.cli.pages import first_line, word_text
from mtlspec.cli.taken import Taker, offered, option_names, takers
from mtlspec.syntax.keywords import GROUPS
from mtlspec.words import registry
from mtlspec.words.later import later
from mtlspec.words.metrics import Metric
from mtlspec.words.operators import Operator
from mtlspec.words.ops import Op
from mtlspec.words.owning import MatrixOptions
from mtlspec.words.routers import GateOptions, StitchOptions
from mtlspec.words.tasks import Task
from mtlspec.words.train import Train
from mtlspec.words.word import Options, Word

TITLES = {
    "ops": ("Ops", "What is computed from values: see [Values](../language/values.md)."),
    "losses": (
        "Losses",
        "Ops that make a number of weights, for [`loss`](../language/statements.md#loss) terms.",
    ),
    "operators": ("Operators", "The signs of [arithmetic](../language/values.md#arithmetic)."),
    "features": ("Features", "Kinds of [features](../language/data.md)."),
    "encodings": (
        "Encodings",
        "What `numeric(…)` makes of a [number](../language/data.md#numbers).",
    ),
    "tasks": ("Tasks", "Kinds of [tasks](../language/data.md#tasks)."),
    "metrics": ("Metrics", "How predictions are judged on the validation rows."),
    "routers": ("Routers", "How scores become coefficients: see [Mixing](../language/mixing.md)."),
    "initialisers": (
        "Initialisers",
        "How a weight is first drawn: see [Names of weights](../language/weights.md).",
    ),
    "optimisers": ("Optimisers", "`optimizer` of [`train`](../language/train.md)."),
    "balance": ("Balance", "`balance` of [`train`](../language/train.md)."),
}
"""The kinds of words: the title of their page, and what they are."""

FAMILIES = {
    "01": "Syntax",
    "02": "Names, indices, options",
    "03": "Types and shapes",
    "04": "Repeat and streams",
    "05": "Weights and mixing",
    "06": "Schema and data",
    "07": "Runs",
    "08": "Export",
}
"""What the first two digits of an error's code say."""

_OWNERS = "#options-of-every-op-that-owns-weights"


def reference() -> Iterator[tuple[str, str]]:
    """The name and the text of every page."""
    yield "index.md", _page(_index())
    for kind in TITLES:
        yield f"{kind}.md", _page(_kind(kind))
    yield "keywords.md", _page(_keywords())
    yield "options.md", _page(_options_by_name())
    yield "train.md", _page(_train())
    yield "errors.md", _page(_errors(error_pages()))


def _page(blocks: Iterable[str]) -> str:
    first, *others = blocks
    note = "<!-- Written by docs/generate.py: change the words, then `make docs`. -->"
    return "\n\n".join([first, note, *others]) + "\n"


# --- pages ---------------------------------------------------------------------------------------


def _index() -> Iterator[str]:
    yield "# Words, options, errors"
    yield "These pages are written from the words themselves and say what `mtlspec explain` says."
    rows = [
        [f"[{title}]({kind}.md)", listed(registry.names(kind)), listed(later(kind))]
        for kind, (title, _) in TITLES.items()
    ]
    yield table(("kind", "words", "of edition 1, not built yet"), rows)
    yield (
        "Besides: [words and signs of the language](keywords.md), [options by name](options.md), "
        "[the fields of `train`](train.md), [errors and notes](errors.md)."
    )


def _kind(kind: str) -> Iterator[str]:
    title, about = TITLES[kind]
    words = [word for name in registry.names(kind) if (word := registry.find(kind, name))]
    yield f"# {title}"
    yield about
    yield table(*_overview(words))
    if kind == "routers":
        for name, options in (("gate", GateOptions), ("stitch", StitchOptions)):
            yield f"## Options of `{name}(…)`"
            yield from _options(options)
    if kind == "ops":
        yield "## Options of every op that owns weights"
        yield from _options(MatrixOptions)
    shared = _shared(words)
    if shared:
        yield f"## Options of all {kind}"
        for doc in shared:
            yield from _text(doc)
    for word in words:
        yield f"## `{word.name}`"
        yield from _text(word_text(word))
        if isinstance(word, Op):
            yield f"Type: `{word.signature}`"
        if not isinstance(word, Operator):  # its options hold the numbers beside a value
            yield from _options(type(word).takes_options, shared)
        if isinstance(word, Op) and word.owns:
            names = ", ".join(f"`{name}:`" for name in word.owner_options.model_fields)
            yield f"Besides, as [every op that owns weights]({_OWNERS}): {names}."


def _shared(words: Sequence[Word]) -> Sequence[str]:
    """What all words of a kind say of options that they have in common."""
    first, *others = [docs_of(type(word).takes_options) for word in words]
    return [doc for doc in first if others and all(doc in docs for docs in others)]


def _overview(words: Sequence[Word]) -> tuple[Sequence[str], Rows]:
    """The table at the head of a kind's page."""
    facts = [_facts(word) for word in words]
    header = ["word", *facts[0], "what it is"] if facts else []
    rows = [
        [f"[`{word.name}`](#{word.name})", *fact.values(), _summary(word)]
        for word, fact in zip(words, facts, strict=True)
    ]
    return header, rows


def _facts(word: Word) -> Mapping[str, str]:
    """What words of this kind differ in."""
    match word:
        case Op() if word.sign:
            return {"sign": code(word.sign)}
        case Op():
            return {"type": code(word.signature), "owns weights": "yes" if word.owns else ""}
        case Task():
            return {"metrics": listed(word.metrics)}
        case Metric():
            return {"better": "higher" if word.higher_is_better else "lower"}
        case _:
            return {}


def _keywords() -> Iterator[str]:
    yield "# Words and signs of the language"
    yield (
        "The words that statements, blocks and values are made of, reserved or not, and the signs "
        "between them. Which are reserved is said in [Files](../language/files.md#words-and-signs)."
    )
    for group, pages in GROUPS.items():
        yield f"## {group}"
        yield table(
            ("word", "what it is"),
            [[code(word), first_line(text)] for word, text in pages.items()],
        )
        for word, text in pages.items():
            yield f"### `{word}`"
            yield from _text(text.rstrip())


def _options_by_name() -> Iterator[str]:
    yield "# Options by name"
    yield (
        "Which words take an option of a name, and which options offer a word. "
        "`mtlspec explain NAME` says of each what it is."
    )
    taken = [
        (name, [t for t in takers() if name in t.options.spelled()]) for name in option_names()
    ]
    yield table(
        ("option", "of"),
        [[code(f"{name}:"), _linked_takers(found)] for name, found in taken if found],
    )
    yield "## Values of options"
    yield table(
        ("value", "of the option", "of"),
        [
            [code(name), listed([f"{option}:" for option in options]), _linked_takers(found)]
            for name in option_names()
            for options, found in offered(name)
        ],
    )


def _linked_takers(found: Iterable[Taker]) -> str:
    return ", ".join(f"[{t.name}]({_place(t)})" for t in found)


def _place(taker: Taker) -> str:
    """Where the options of a taker stand."""
    if taker.kind:
        return f"{taker.kind}.md#{taker.name}"
    return {"train": "train.md", "gate": "routers.md", "stitch": "routers.md"}.get(
        taker.name, f"ops.md{_OWNERS}"
    )


def _train() -> Iterator[str]:
    yield "# The fields of `train`"
    yield "See [Train](../language/train.md) for what they mean together."
    yield from _options(Train)


def _errors(pages: Iterable[Page]) -> Iterator[str]:
    yield "# Errors and notes"
    yield (
        "Each has a page that `mtlspec explain CODE` shows: what it means, an example, "
        "what to write instead, and why."
    )
    ordered = sorted(pages, key=lambda page: page.id)
    errors = [page for page in ordered if page.id.startswith("MTL")]
    for family, members in groupby(errors, key=lambda page: page.id[3:5]):
        yield f"## {FAMILIES[family]}"
        yield table(("code", "law"), [[page.id, page.title] for page in members])
    yield "## Warnings, notes and others"
    named = [page for page in ordered if page not in errors]
    yield table(("name", "what it says"), [[code(page.id), page.title] for page in named])


# --- parts of pages ------------------------------------------------------------------------------


def _summary(word: Word) -> str:
    return first_line(word_text(word))


def _text(text: str) -> Iterator[str]:
    """Prose as it is; what is indented is fenced."""
    for block in re.sub(r"(?<=:)\n(?= )", "\n\n", text).split("\n\n"):
        lines = block.splitlines()
        if lines and all(line.startswith("    ") for line in lines):
            yield "\n".join(["```", *(line.removeprefix("    ") for line in lines), "```"])
        elif block.strip():
            yield block.strip("\n")


def _options(options: type[Options], besides: Collection[str] = ()) -> Iterator[str]:
    """A table, and what is said of the options but what is said elsewhere."""
    rows = [
        [code(name), default if default == "needed" else code(default), _linked(takes)]
        for name, default, takes in option_rows(options)
    ]
    if rows:
        yield table(("option", "default", "takes"), rows)
        for doc in docs_of(options):
            if doc not in besides:
                yield from _text(doc)


def _linked(takes: str) -> str:
    """`one of the routers` with a link to their page."""
    return re.sub(r"one of the (\w+)", r"one of [\1](\1.md)", takes)
