"""What each word and sign of the language itself means: the text of `explain` and of the docs.

A page is prose as that of a word: a first line of the form "`word`: what it is", then what there is
to say, and an `Example:` that the tests check. Words are grouped as a reader looks for them.
"""

from collections.abc import Mapping

from mtlspec.syntax.keywords.blocks import BLOCKS
from mtlspec.syntax.keywords.contracts import CONTRACTS
from mtlspec.syntax.keywords.files import FILES
from mtlspec.syntax.keywords.known import KNOWN
from mtlspec.syntax.keywords.signs import SIGNS
from mtlspec.syntax.keywords.statements import STATEMENTS
from mtlspec.syntax.keywords.values import VALUES

GROUPS: Mapping[str, Mapping[str, str]] = {
    "Files": FILES,
    "Fields": BLOCKS,
    "Statements": STATEMENTS,
    "Values and conditions": VALUES,
    "What the spec and the data tell": KNOWN,
    "Contracts": CONTRACTS,
    "Signs": SIGNS,
}


def page_of(word: str) -> str | None:
    """The page of a reserved word or a sign."""
    return next((pages[word] for pages in GROUPS.values() if word in pages), None)


def all_words() -> tuple[str, ...]:
    """Every word and sign that has a page."""
    return tuple(word for pages in GROUPS.values() for word in pages)
