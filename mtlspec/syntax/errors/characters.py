"""Errors in the characters of a file: signs, texts, numbers, comments."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Fix
from mtlspec.syntax.errors.base import SyntaxFault, quoted


class StrayCharacter(SyntaxFault):
    """A spec is made of words, numbers, texts and a few signs.

    What it means: there is a character that begins none of them. It was left out, and the rest of
    the file was read.

    Example:
        layer h = features → mlp(64)

    Instead:
        layer h = features -> mlp(64)

    Why: every sign can be typed on every keyboard and looks the same in every font. Names are made
    of the letters a to z, A to Z, digits and `_`, since they become names of Python and of files;
    other letters are welcome in texts and comments.
    """

    id = "MTL0102"
    title = "a spec is made of words, numbers, texts and a few signs"
    found_text: str
    meant: str = ""
    instead: str = ""
    """What to do instead, where no other sign was meant."""

    def headline(self) -> str:
        what = "a name" if self.found_text[:1].isalnum() else "a sign of the language"
        shown = quoted(self.found_text) if self.found_text.isprintable() else "this character"
        return f"{shown} is not {what}"

    def mark(self) -> str:
        if self.meant:
            return f"write {quoted(self.meant)}"
        if self.found_text[:1].isalnum():
            return "names are made of a-z, A-Z, 0-9 and `_`"
        return "" if self.found_text.isprintable() else f"U+{ord(self.found_text[0]):04X}"

    def help(self) -> str:
        return self.instead

    def fix(self) -> Fix | None:
        return Fix(self.span, self.meant) if self.meant else None

    def mend(self) -> Sequence[Fix]:
        return [Fix(self.span, self.meant)] if self.meant else []


class OpenString(SyntaxFault):
    """A text ends on the line where it starts.

    What it means: a `"` opens a text, and the line ends before another `"` closes it.

    Example:
        use "schemas/census.mtl

    Instead:
        use "schemas/census.mtl"

    Why: a forgotten `"` then costs one line, not the rest of the file. A line break inside a text
    is written `\\n`.
    """

    id = "MTL0103"
    title = "a text ends on the line where it starts"

    def mark(self) -> str:
        return 'a `"` is missing at the end'


class ForeignQuotes(SyntaxFault):
    """A text stands in double quotes.

    What it means: a text stands in other quotes than `"`.

    Example:
        use 'schemas/census.mtl'

    Instead:
        use "schemas/census.mtl"

    Why: one form is enough, and `"` is the one that nearly all languages have.
    """

    id = "MTL0104"
    title = "a text stands in double quotes"
    replacement: str

    def mark(self) -> str:
        return f"write {quoted(self.replacement)}"

    def fix(self) -> Fix:
        return Fix(self.span, self.replacement, safe=True)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class UnknownEscape(SyntaxFault):
    """The escapes in a text are `\\"`, `\\\\` and `\\n`.

    What it means: a `\\` in a text is followed by another character than `"`, `\\` and `n`.

    Example:
        use "schemas\\census.mtl"

    Instead:
        use "schemas/census.mtl"

    Why: a path in the Windows style would silently change its meaning. A `\\` itself is `\\\\`.
    """

    id = "MTL0105"
    title = 'the escapes in a text are `\\"`, `\\\\` and `\\n`'

    def headline(self) -> str:
        return f"{quoted(self.span.text)} is not an escape"

    def mark(self) -> str:
        return 'the escapes are `\\"`, `\\\\` and `\\n`'


class NumberForm(SyntaxFault):
    """A number is written with digits before and after its point.

    What it means: digits are missing beside a point or after an `e`, or letters follow at once.

    Example:
        layer h = features -> dropout(.5)

    Instead:
        layer h = features -> dropout(0.5)

    Why: `2..5` is a range, and `.` picks a name: digits on both sides leave no doubt which one is
    meant. A name does not start with a digit, and numbers have no units.
    """

    id = "MTL0106"
    title = "a number has digits before and after its point, and nothing else"
    meant: str = ""

    def headline(self) -> str:
        return f"{quoted(self.span.text)} is not a number"

    def mark(self) -> str:
        if self.meant:
            return f"write {quoted(self.meant)}"
        return "a name starts with a letter, and a number has no unit"

    def fix(self) -> Fix | None:
        return Fix(self.span, self.meant, safe=True) if self.meant else None


class NumberTooLarge(SyntaxFault):
    """A whole number fits in 64 bits, and a number with a point or an `e` is finite.

    What it means: the number is larger than 9,223,372,036,854,775,807, or, written with a point
    or an `e`, larger than 1.8e308.

    Example:
        param steps = 99999999999999999999

    Instead:
        param steps = 10_000

    Why: what runs a model holds its numbers in 64 bits; a larger one would be changed in silence.
    """

    id = "MTL0107"
    title = "a whole number fits in 64 bits, and any other number is finite"

    def headline(self) -> str:
        return "this number is too large"

    def mark(self) -> str:
        digits = sum(char.isdigit() for char in self.span.text)
        return f"{digits:,} digits" if digits > len("9223372036854775807") else "too large"


class ForeignComment(SyntaxFault):
    """A comment starts with `#`.

    What it means: `//` or `/*` stands where other languages have a comment.

    Example:
        param own = 3   // experts of each task

    Instead:
        param own = 3   # experts of each task

    Why: one form is enough. A comment of several lines has a `#` on each.
    """

    id = "MTL0108"
    title = "a comment starts with `#`"

    def mark(self) -> str:
        return "write `#`"

    def fix(self) -> Fix | None:
        text = self.span.text
        return Fix(self.span, f"#{text[2:]}", safe=True) if text.startswith("//") else None


class DashBeforeField(SyntaxFault):
    """A field begins with its name.

    What it means: a `-` stands before `name :`, as before the entries of a list in YAML.

    Example:
        features {
            - age : numeric
        }

    Instead:
        features {
            age : numeric
        }

    Why: `name :` shows where a field begins; nothing else is needed.
    """

    id = "MTL0146"
    title = "a field begins with its name"

    def mark(self) -> str:
        return "leave it out"

    def fix(self) -> Fix:
        return Fix(self.span, "", safe=True)


class Semicolon(SyntaxFault):
    """Nothing stands between two statements.

    What it means: there is a `;`, as other languages have it at the end of a statement.

    Example:
        param own = 3;

    Instead:
        param own = 3

    Why: every statement starts with a reserved word and every field with `name :`, so it is plain
    where the one before ends, with or without a line break.
    """

    id = "MTL0109"
    title = "nothing stands between two statements"

    def headline(self) -> str:
        return "`;` is not a sign of the language"

    def mark(self) -> str:
        return "leave it out"

    def fix(self) -> Fix:
        return Fix(self.span, "", safe=True)
