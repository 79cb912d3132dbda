"""The laws of indices: what may stand in brackets, and what must exist."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.source import Span

_BELOW_ONE = re.compile(r"(?<![\w.])(0|-\d+)(?![\w.])")

_NUMBERS = re.compile(r"\[\d+(, \d+)*\]")
_CUT = re.compile(r"\[[\d\s.:,]*\]$")
"""An index of numbers and ranges, as it is written of an array in Python."""

MOST_MEMBERS = 100_000
"""A statement with more members than this is a slip of the pen, not a model."""


class NoSuchMember(Error):
    """An index must name a member that exists.

    What it means: the family has members, but none with this index.

    Example:
        expert e[4] = features -> mlp(8)
        layer x = e[5] -> mlp(8)          # there are e[1] … e[4]

    Instead:
        layer x = e[4] -> mlp(8)

    Why: numbers count from 1, as the members of an array are counted in the papers.
    """

    id = "MTL0211"
    title = "an index must name a member that exists"
    name: str
    index: str
    span: Span
    members: tuple[str, ...]
    declared: Span | None = None
    beyond: str = ""
    """The member at an end of its set that has no neighbour on that side."""
    after: bool = False
    """Whether that side is behind it."""
    hint: str = ""

    def headline(self) -> str:
        if self.beyond:
            return f"`{self.beyond}` has no neighbour `{self.index}` in `{self.name}`"
        return f"`{self.name}{self.index}` does not exist"

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, primary=True)]
        if self.declared is not None:
            marks.append(Label(self.declared, f"`{self.name}` has {few(self.members)}"))
        return marks

    def expected(self) -> str:
        return "" if self.declared is not None else few(self.members)

    def help(self) -> str:
        if self.hint:
            return self.hint
        if self.beyond:
            slice_there = f"begin there, `[{self.index}..]`"
            if not self.after:
                slice_there = f"end there, `[..{self.index}]`"
            return f"a slice may {slice_there}; or leave that member out"
        if _BELOW_ONE.search(self.index):
            return "numbers count from 1"
        numbered = all(_NUMBERS.search(member) for member in self.members)
        if numbered and not _NUMBERS.search(self.index):
            return f"`{self.name}` is indexed by numbers"
        return ""


def few(members: Sequence[str]) -> str:
    """The members, or the ends of a long list of them."""
    if not members:
        return "no members"
    if len(members) > 6:
        return f"{members[0]}, {members[1]}, … {members[-1]}"
    return ", ".join(members)


class TooManyIndices(Error):
    """A value has as many indices as it was declared with, or fewer.

    What it means: fewer indices keep a part of the family; more have nothing to pick from.

    Example:
        expert e[4] = features -> mlp(8)
        layer x = e[1, 2] -> mlp(8)

    Instead:
        layer x = e[1] -> mlp(8)

    Why: an index stands for one place in the brackets of the declaration.
    """

    id = "MTL0213"
    title = "a value takes no more indices than it was declared with"
    name: str
    given: int
    arity: int
    span: Span
    declared: Span
    hint: str = ""

    def headline(self) -> str:
        if self.arity == 0:
            return f"`{self.name}` is one value and takes no index"
        many = "1 index" if self.arity == 1 else f"{self.arity} indices"
        return f"`{self.name}` takes {many} at most, not {self.given}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True), Label(self.declared, "declared here")]

    def help(self) -> str:
        if self.arity or not _CUT.search(self.span.text):
            return self.hint
        return f"to have some of its numbers, cut it: `let a, b = split({self.name}, …)`"


class NotAnIndex(Error):
    """An index is a set, an element of one, or a number.

    What it means: what stands in the brackets is none of these.

    Example:
        layer x[0.5] = features -> mlp(8)

    Instead:
        layer x[task] = features -> mlp(8)    # a member for each task
        layer x[4]    = features -> mlp(8)    # members 1 to 4

    Why: a family is a map from index tuples to values.
    """

    id = "MTL0217"
    title = "an index is a set, an element of one, or a number"
    what: str
    span: Span
    hint: str = ""

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"this is {self.what}", primary=True)]

    def help(self) -> str:
        return self.hint


class TooMany(Error):
    """A set or a family may not have more than 100,000 members.

    What it means: the statement would be unrolled into more members than any model has.

    Example:
        expert e[1_000_000_000] = features -> mlp(8)

    Instead: fewer members.

    Why: every member is checked and named; a number this large is a slip of the pen.
    """

    id = "MTL0218"
    title = "a set or family may not have more than 100,000 members"
    count: int
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"{self.count:,} members", primary=True)]


class NoStatement(Error):
    """Values of the model are made by statements.

    What it means: a value that differs by row, or a weight, stands where a constant is needed: in
    a param, a set, the brackets of a left side, behind `repeat`.

    Example:
        param hidden = features -> mlp(64)

    Instead:
        param hidden = mlp(64)                 # a recipe
        layer h = features -> hidden

    Why: what is built is decided before the first row is read.
    """

    id = "MTL0248"
    title = "values of the model are made by statements"
    span: Span

    def headline(self) -> str:
        return "a value of the model is no constant"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "a constant is needed here", primary=True)]


class MemberTwice(Error):
    """A set holds each of its members once.

    What it means: a name, a number or a text stands in the braces a second time.

    Example:
        set late = {buy, cart, buy}

    Instead:
        set late = {buy, cart}

    Why: a family has one member for each of its set's.
    """

    id = "MTL0238"
    title = "a set holds each of its members once"
    name: str
    first: Span
    second: Span

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.second, f"`{self.name}` again", primary=True),
            Label(self.first, "first here"),
        ]


class HalfPartition(Error):
    """The members of a partition are sets, all of them.

    What it means: the braces name a group, `g: {…}`, and beside it a member that is no group, or
    a group that holds groups itself.

    Example:
        set group = {early: {click}, buy}

    Instead:
        set group = {early: {click}, late: {buy}}

    Why: `group(t)` is the group that holds `t`, and a member outside of all groups has none.
    """

    id = "MTL0239"
    title = "the members of a partition are sets, all of them"
    span: Span
    nested: bool

    def labels(self) -> Sequence[Label]:
        text = "this group holds groups" if self.nested else "this is no group"
        return [Label(self.span, text, primary=True)]


class GroupsOverlap(Error):
    """A member stands in one group of a partition.

    What it means: two groups hold the same member.

    Example:
        set group = {view: {click, like}, deal: {like, buy}}

    Instead:
        set group = {view: {click, like}, deal: {buy}}

    Why: `group(t)` is the group that holds `t`.
    """

    id = "MTL0240"
    title = "a member stands in one group of a partition"
    name: str
    first: Span
    second: Span

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.second, f"`{self.name}` again", primary=True),
            Label(self.first, "it stands in this group too"),
        ]


class NotInAGroup(Error):
    """A partition is asked for the group of one of its members.

    What it means: `group(t)` is the member of the partition `group` that holds `t`. Here the set
    is no partition, or what is asked for stands in none of its groups.

    Example:
        set group = {view: {click, like}, deal: {buy}}
        layer h[task] = z[group(age)] -> mlp(8)

    Instead:
        layer h[task] = z[group(task)] -> mlp(8)

    Why: without a group there is no member to pick.
    """

    id = "MTL0241"
    title = "a partition is asked for the group of one of its members"
    what: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, self.what, primary=True)]


class ValuesUnknown(Error):
    """`values` reads the values of a category that the spec closes.

    What it means: the argument is no category, or a category whose values are found in the training
    rows, so that they are not known when the spec is read.

    Example:
        features { scenario : category }
        set domain = values(scenario)

    Instead:
        features { scenario : category(values: [home, search, cart]) }
        set domain = values(scenario)

    Why: a family has a member for each element of its set, and a model has the same members
    whatever the data hold.
    """

    id = "MTL0237"
    title = "`values` reads a category whose values are given"
    what: str
    span: Span
    declared: Span | None = None

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, self.what, primary=True)]
        if self.declared is not None:
            marks.append(Label(self.declared, "its values are those of the training rows"))
        return marks

    def help(self) -> str:
        return "close the category: `category(values: [a, b])`" if self.declared else ""
