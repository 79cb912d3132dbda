"""Errors in fields, in the head of a file, and in values given from outside."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Fix, Label
from mtlspec.source import Span
from mtlspec.syntax.errors.base import SyntaxFault, quoted


class MissingColon(SyntaxFault):
    """A field is `name : value`.

    What it means: in `features`, `tasks`, `train` or `stage` a name is not followed by a `:`.

    Example:
        train {
            batch = 2048
        }

    Instead:
        train {
            batch : 2048
        }

    Why: `name :` is what shows that a new field begins, since line breaks have no meaning.
    """

    id = "MTL0127"
    title = "a field is `name : value`"
    key: str
    found_text: str
    instead_of: bool
    """Whether another sign stands in the place of `:`."""

    def headline(self) -> str:
        return f"the field {quoted(self.key)} has no `:`"

    def mark(self) -> str:
        return f"expected `:`, found {self.found_text}"

    def fix(self) -> Fix | None:
        return Fix(self.span, ":") if self.instead_of else None

    def mend(self) -> Sequence[Fix]:
        fix = self.fix()
        return [fix] if fix else []


class CommaBetweenFields(SyntaxFault):
    """Fields are not separated by commas.

    What it means: a comma stands after the last value of a field, and another field follows.

    Example:
        train {
            batch : 2048,
            epochs : 3
        }

    Instead:
        train {
            batch  : 2048
            epochs : 3
        }

    Why: a comma goes on with the list of a field's keys or values, as in `tasks : income, marital`.
    """

    id = "MTL0128"
    title = "fields are not separated by commas"
    following: Span | None

    def mark(self) -> str:
        return "leave it out"

    def labels(self) -> Sequence[Label]:
        following = [Label(self.following, "the next field")] if self.following else []
        return [*super().labels(), *following]

    def fix(self) -> Fix:
        return Fix(self.span, "", safe=True)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class UnknownEdition(SyntaxFault):
    """`mtl` is followed by an edition of the language.

    What it means: the file was written for an edition that this mtlspec does not know, or the
    number is not one.

    Example:
        mtl 2

    Instead:
        mtl 1

    Why: a spec keeps its meaning when the language grows: it says which edition it was written for.
    """

    id = "MTL0129"
    title = "the newest edition of the language is 1"

    def headline(self) -> str:
        return f"{quoted(self.span.text)} is not an edition of the language"

    def mark(self) -> str:
        return "the newest is 1"

    def help(self) -> str:
        return "write `mtl 1`, or install a newer mtlspec"


class MisplacedHeader(SyntaxFault):
    """`mtl 1` heads a file, once.

    What it means: `mtl` stands behind a declaration or twice.

    Example:
        param own = 3
        mtl 1

    Instead:
        mtl 1
        param own = 3

    Why: the edition decides how all that follows is read.
    """

    id = "MTL0130"
    title = "`mtl 1` heads a file, once"

    def mark(self) -> str:
        return "only comments may stand before it"


class TextAfterValue(SyntaxFault):
    """One value is given.

    What it means: something follows a value that is complete.

    Example:
        --set "own=3 4"

    Instead:
        --set "own=[3, 4]"

    Why: a param has one value; several are written as a list.
    """

    id = "MTL0133"
    title = "one value is given"

    def headline(self) -> str:
        return f"{quoted(self.span.text)} stands behind the value"

    def mark(self) -> str:
        return "expected the end"

    def help(self) -> str:
        return "several values are a list, `[a, b]`"


class NoValue(SyntaxFault):
    """A value is given.

    What it means: there is nothing, or only a comment, where a value is needed.

    Example:
        --set own=

    Instead:
        --set own=3

    Why: to leave a param at its default, leave it out.
    """

    id = "MTL0134"
    title = "a value is given"

    def headline(self) -> str:
        return "no value is given"

    def mark(self) -> str:
        return "expected a value"


class LineTooLong(SyntaxFault):
    """A line has at most 100,000 characters.

    What it means: the file is not read, since a line of this length was written by no person; it
    may be data, or the work of a generator that breaks no lines.

    Example:
        mtlspec check census.csv

    Instead:
        mtlspec check census.mtl

    Why: a place in such a line cannot be shown, and line breaks may stand between any two words.
    """

    id = "MTL0152"
    title = "a line has at most 100,000 characters"

    def mark(self) -> str:
        return f"{len(self.span.text):,} characters"


class TooManyErrors(SyntaxFault):
    """A file with more than 100 syntax errors is probably not a spec.

    What it means: the first 100 are shown, the rest are not.

    Example:
        mtlspec check picture.png

    Instead:
        mtlspec check model.mtl

    Why: nobody reads more, and one mistake may well be behind many.
    """

    id = "MTL0135"
    title = "a file with more than 100 syntax errors is probably not a spec"
    hidden: int

    def headline(self) -> str:
        return f"{self.hidden:,} more syntax errors are not shown"

    def mark(self) -> str:
        return "the first of them"
