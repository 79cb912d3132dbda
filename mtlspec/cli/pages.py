"""The pages of words: their text, its first line, and prose filled to a width."""

import inspect
import textwrap

from mtlspec.words.word import Word


def word_text(word: Word) -> str:
    """What a word says of itself, as it is written."""
    text = inspect.getdoc(inspect.getmodule(type(word))) or ""
    if "\n\n" in text:
        return text
    return f"{text}\n\n{inspect.getdoc(type(word)) or ''}".strip()  # a line; the class says more


def first_line(text: str) -> str:
    """The first line of a page of a word, without the word itself and the full stop."""
    first = text.partition("\n\n")[0].partition("`: ")[2]
    return " ".join(first.split()).rstrip(".")


def refill(text: str, width: int = 80) -> str:
    """Prose filled to a width; indented lines and lists stay as they are."""
    return "\n\n".join(_fill(block, width) for block in text.split("\n\n"))


def _fill(block: str, width: int) -> str:
    lines = block.splitlines()
    kept = next((i for i, line in enumerate(lines) if line.startswith((" ", "- "))), len(lines))
    prose = textwrap.fill(
        "\n".join(lines[:kept]), width, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join([prose, *lines[kept:]] if prose else lines)
