"""The errors that speak of names."""

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label, closest
from mtlspec.source import Span
from mtlspec.syntax.vocabulary import LITERALS
from mtlspec.words.data_sets import SOURCE


class UnknownName(Error):
    """A name must be declared before it can be meant.

    What it means: nothing of this name can be seen from here: no statement, param, set, feature
    or task, and no op.

    Example:
        head[incom] = bottom            # the task is called `income`

    Instead:
        head[income] = bottom

    Why: a name that is not declared would silently become something else.
    """

    id = "MTL0201"
    title = "a name must be declared"
    name: str
    span: Span
    role: str
    known: tuple[str, ...]
    declared: Span | None = None
    other: str = ""
    """What is meant, where other languages call it so."""
    level: Span | None = None
    """Where the body of a `repeat` defines it."""
    hint: str = ""
    """What a word of another kind is and how it is used, or how such a name is declared."""

    @property
    def meant(self) -> str | None:
        if self.hint:
            return None
        return LITERALS.get(self.name) or self.other or closest(self.name, self.known)

    def headline(self) -> str:
        return f"`{self.name}` is not {self.role}"

    def labels(self) -> Sequence[Label]:
        near = None if self.level else self.meant
        marks = [Label(self.span, f"did you mean `{near}`?" if near else "", primary=True)]
        if self.declared is not None:
            marks.append(Label(self.declared, listed(self.known)))
        if self.level is not None:
            marks.append(Label(self.level, "ends with each iteration"))
        return marks

    def help(self) -> str:
        if self.level is not None:
            return f"`trace({self.name})` reads it; a `stream` is moved from level to level"
        if self.hint:
            return self.hint
        return "" if self.declared is not None or self.meant else listed(self.known)


def listed(names: Sequence[str]) -> str:
    """`there are a, b and c`, the first eight of them; empty for none."""
    shown = [f"`{name}`" for name in names[:8]]
    if len(names) > 8:
        return f"there are {', '.join(shown)} and {len(names) - 8} more"
    if len(shown) == 1:
        return f"there is {shown[0]}"
    return f"there are {', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def a_word(word: str) -> str:
    """`a binary`, `an ordinal`."""
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


class NoDataSets(Error):
    """`source` is the data set that a row came from, where tasks name theirs.

    What it means: the value `source` is read, and no task of the program says `from:`. So there is
    one data set, and every row would have the same value.

    Example:
        tasks { sst, rte : binary }
        set domain = values(source)

    Instead:
        tasks {
            sst : binary(from: "sst.parquet")
            rte : binary(from: "rte.parquet")
        }
        set domain = values(source)

    Why: what tells data sets apart has to be known when the model is built.
    """

    id = "MTL0674"
    title = "`source` is the data set that a row came from, where tasks name theirs"
    span: Span

    def headline(self) -> str:
        return "`source` is not known: no task has a data set of its own"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "the data set that a row came from", primary=True)]

    def help(self) -> str:
        return 'a task names its data set by `from:`, as `binary(from: "sst.parquet")`'


def or_source(error: UnknownName) -> Error:
    """An unknown name; that of `source`, which only data sets of tasks declare, is told so."""
    return NoDataSets(error.span) if error.name == SOURCE else error


class NameTwice(Error):
    """A name is declared once in the scopes that see each other.

    What it means: two declarations of one name can be seen from one place. Tasks, features, sets,
    params and values share one namespace, and an inner scope may not hide an outer name.

    Example:
        layer h = features -> mlp(64)
        layer h = h -> mlp(32)

    Instead:
        layer h1 = features -> mlp(64)
        layer h2 = h1 -> mlp(32)

    Why: order means nothing in a spec, so a second `h` could not mean "the later one".
    """

    id = "MTL0202"
    title = "a name is declared once"
    name: str
    first: Span
    second: Span
    hint: str = "give one of the two another name"

    def headline(self) -> str:
        return f"`{self.name}` is declared twice"

    def labels(self) -> Sequence[Label]:
        return [Label(self.second, "again here", primary=True), Label(self.first, "first here")]

    def help(self) -> str:
        return self.hint


class NameOfAll(Error):
    """`features` is all features, and the name of none.

    What it means: a feature is called `features`, which a spec reads as all of them together.

    Example:
        features { age, features : numeric }

    Instead:
        features {
            age   : numeric
            other : numeric(column: features)
        }

    Why: the feature could never be read by itself.
    """

    id = "MTL0264"
    title = "`features` is all features, and the name of none"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "a feature of this name", primary=True)]

    def help(self) -> str:
        return "give it another name and say the column: `other : numeric(column: features)`"


class NameInACircle(Error):
    """What a name stands for may not depend on itself.

    What it means: to know this value one would have to know it already.

    Example:
        layer a = b -> mlp(8)
        layer b = a -> mlp(8)

    Instead: let one of the two start from something else. A value that changes from level to
    level is a `stream`, moved by `<-` inside a `repeat`.

    Why: a network is computed from inputs to heads; a circle has no first step.
    """

    id = "MTL0203"
    title = "a definition may not depend on itself"
    name: str
    span: Span

    def headline(self) -> str:
        return f"`{self.name}` depends on itself"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "needs its own value", primary=True)]

    def help(self) -> str:
        return "a value that changes from level to level is a `stream`, moved by `<-` in a `repeat`"


class NotBuilt(Error):
    """Part of the language that this version of mtlspec reads but cannot build.

    What it means: what is written is a correct piece of `.mtl`, edition 1, and this version has no
    compiler for it.

    Example:
        layer a = features -> segment(1)

    Instead: use a version that builds it (`ROADMAP.md` says which do), or what comes nearest:

    - of stages: several runs, each begun as the one before ended (`load:`)
    - of `steps`: `epochs`
    - of `valid : last(…)` and `groups(…)`: a file of validation rows, `--valid`
    - of `pcgrad` and its like: `gradnorm`, `uncertainty` or `dwa`
    - of `text`: a `sequence` of words, or a `vector` that another model made

    Why: a part that is not built is named, never skipped: what trains must be what was written.
    """

    id = "MTL0214"
    title = "this version of mtlspec does not build every part of the language"
    what: str
    span: Span

    def headline(self) -> str:
        return f"this version of mtlspec does not build {self.what}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return "`mtlspec explain MTL0214` says what comes nearest"
