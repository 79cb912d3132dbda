"""The command `explain`: the page of an error's code or of a word of the language.

The pages are docstrings. Those of errors are read from the source without importing it: an error
stands beside the code that raises it, and some of that needs torch.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

import mtlspec
from mtlspec.cli.options import show_options, words_of
from mtlspec.cli.output import STDIO, give
from mtlspec.cli.pages import first_line, refill, word_text
from mtlspec.cli.taken import OPTIONS_OF_KEYWORDS, option_names, show_choice, show_option
from mtlspec.cli.usage import UsageError
from mtlspec.diagnostics import closest
from mtlspec.graph.naming.unknown import OPTIONS_ELSEWHERE
from mtlspec.syntax.keywords import all_words, page_of
from mtlspec.words import registry
from mtlspec.words.later import kinds_of_later
from mtlspec.words.operators import Operator
from mtlspec.words.ops import Op
from mtlspec.words.word import NoOptions, Word

_ID = re.compile(r'^    id(?:: ClassVar\[str\])? = "([\w-]+)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """What `explain` says of an error, a warning or a note."""

    id: str
    title: str
    text: str


def explain(
    name: Annotated[
        str,
        Parameter(name="X", help="A code, a note's name or a word.", allow_leading_hyphen=True),
    ],
    /,
) -> None:
    """Explain an error's code, or a word or a sign of the language.

    X is a code such as MTL0304, the name of a warning or a note such as
    dead-statement, a word that starts a statement or a block, a sign such as
    `<-`, any other word such as an op, a router, an option or what an option
    offers, or a kind of words, such as ops or routers.

    Example: mtlspec explain MTL0304
    """
    name = "-" if name == STDIO else name  # a lone `-` arrives as the standard input
    folded = name.upper() if name.upper().startswith("MTL") else name
    texts = [_show_page(page) for page in error_pages() if page.id == folded]
    texts += [_show_keyword(name, page) for page in [page_of(name)] if page]
    texts += [_show_word(word) for word in _words(name)]
    texts += [_show_words(kind) for kind in registry.kinds() if kind == name]
    texts += [page for page in (show_option(name), show_choice(name)) if page]
    texts += [_show_later(name, kind) for kind in kinds_of_later(name)]
    if not texts:
        raise _unknown(name)
    give("\n\n".join(texts))


@cache
def error_pages() -> tuple[Page, ...]:
    """The page of every diagnostic that mtlspec has, in the order of the files."""
    paths = sorted(Path(mtlspec.__file__).parent.rglob("*.py"))
    texts = (path.read_text(encoding="utf-8") for path in paths)
    return tuple(page for t in texts if _ID.search(t) for page in _pages_of(ast.parse(t)))


def _pages_of(module: ast.Module) -> Iterator[Page]:
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            facts = dict(_constants(node))
            if "id" in facts and "title" in facts:
                yield Page(facts["id"], facts["title"], ast.get_docstring(node) or "")


def _constants(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            target, value = line.targets[0], line.value.value
            if isinstance(target, ast.Name) and isinstance(value, str):
                yield target.id, value


def _words(name: str) -> Iterator[Word]:
    """The words of a name, and the operator of a sign."""
    for word in registry.words():
        if name == word.name or (isinstance(word, Op) and name == word.sign):
            yield word


def _unknown(name: str) -> UsageError:
    """A name that has no page: what others call a word or an option so, or what it is nearly."""
    known = [page.id for page in error_pages()]
    known += (*all_words(), *option_names(), *registry.kinds())
    known += (word.name for word in registry.words())
    elsewhere = (word.name for word in registry.words() if name.lower() in word.also)
    option = next(iter(OPTIONS_ELSEWHERE.get(name, ())), None)
    meant = option or next(elsewhere, None) or closest(name, known)
    return UsageError(
        f"there is nothing called `{name}` to explain",
        f"did you mean `{meant}`?" if meant else "give a code, a note's name or a word",
    )


def _show_page(page: Page) -> str:
    _, _, body = page.text.partition("\n\n")  # the first line says the title again
    return f"{page.id}: {page.title}\n\n{refill(body)}".rstrip()


def _show_word(word: Word) -> str:
    kind = [f"Type: {word.signature}", ""] if isinstance(word, Op) else []
    takes = NoOptions if isinstance(word, Operator) else type(word).takes_options
    options = show_options(word.name, takes)
    return "\n".join([refill(word_text(word)), "", *kind, *options]).rstrip()


def _show_keyword(name: str, page: str) -> str:
    options = OPTIONS_OF_KEYWORDS.get(name)
    shown = show_options(name, options) if options else []
    return "\n".join([refill(page.rstrip()), "", *shown]).rstrip()


def _show_later(name: str, kind: str) -> str:
    whole = "fields of `train`" if kind == "train" else words_of(kind)
    return f"`{name}`, of the {whole} of edition 1, is not built by this version."


def _show_words(kind: str) -> str:
    """The words of a kind, a line each."""
    words = [word for name in registry.names(kind) if (word := registry.find(kind, name))]
    wide = max((len(word.name) for word in words), default=0)
    shown = [(word.name, first_line(word_text(word))) for word in words]
    lines = [f"    {name:{wide}}  {text}" for name, text in shown]
    return "\n".join([f"The {kind}:", *lines])
