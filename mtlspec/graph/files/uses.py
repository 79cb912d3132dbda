"""The laws of `use`: what may be taken in, and how."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec import resources
from mtlspec.diagnostics import Error, Label, closest
from mtlspec.source import Span

LIBRARY = "mtl:"
"""How the path of a file of the library begins."""


class FileCannotBeRead(Error):
    """A file that a spec uses, or that the command line names, must be readable.

    What it means: the path, taken relative to the file that uses it, leads to nothing that can
    be read as UTF-8 text.

    Example:
        use "schema/census.mtl"        # the folder is called `schemas`

    Instead:
        use "schemas/census.mtl"

    Why: `use` takes in whole files; `"mtl:…"` reaches the specs that come with mtlspec.
    """

    id = "MTL0205"
    title = "a file that is used must be readable"
    path: str
    reason: str
    span: Span | None

    def headline(self) -> str:
        return f"`{self.path}` cannot be read: {self.reason}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "used here", primary=True)] if self.span else []

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        if self.path.startswith(LIBRARY):
            there = sorted(p.name for p in resources.specs().glob("*.mtl"))
            stem = self.path.removeprefix(LIBRARY).removesuffix(".mtl")
            near = closest(stem, [name.removesuffix(".mtl") for name in there])
            if near:
                return f"did you mean `{LIBRARY}{near}.mtl`?"
            return f"the library has {', '.join(f'`mtl:{name}`' for name in there)}"
        if self.span is None:
            return "paths are relative to where you are; `mtl:mmoe.mtl` reaches the library"
        return 'a path is relative to the file that says `use`; `"mtl:…"` reaches the library'


class UseInACircle(Error):
    """Files may not use each other in a circle.

    What it means: following `use` from this file leads back to this file.

    Example:
        # a.mtl
        use "b.mtl"
        # b.mtl
        use "a.mtl"

    Instead: move what both need into a third file that both use.

    Why: a file's declarations are taken in before its own, so one of the two has to be first.
    """

    id = "MTL0204"
    title = "files may not use each other in a circle"
    path: str
    span: Span
    chain: tuple[str, ...]

    def headline(self) -> str:
        return f"`{self.path}` uses itself in a circle"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, " → ".join((*self.chain, self.path)), primary=True)]

    def help(self) -> str:
        return "move what both need into a third file that both use"


class UsedWithOtherParams(Error):
    """A file is taken once, so it cannot be used with two sets of params.

    What it means: two `use`s reach one file and give its params different values.

    Example:
        use "ple.mtl" (own: 2)
        use "ple.mtl" (own: 3)

    Instead: use it once, or write a component and call it twice.

    Why: its declarations have one name each in the whole program.
    """

    id = "MTL0216"
    title = "a file reached twice must be given the same params"
    path: str
    first: Span
    second: Span

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.second, f"`{self.path}` again, with other params", primary=True),
            Label(self.first, "first used here"),
        ]

    def help(self) -> str:
        return "a component can be called more than once, with other options each time"


class UseTakesParams(Error):
    """`use` takes params by name, each once.

    What it means: an argument of `use` has no name, or gives a param a second time.

    Example:
        use "ple.mtl" (5)

    Instead:
        use "ple.mtl" (own: 5)

    Why: a file has no order of params; and of two values one would have to be dropped.
    """

    id = "MTL0225"
    title = "`use` takes params by name, each once"
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]


class PrefixHides(Error):
    """A file that is used under a prefix holds components, params and sets.

    What it means: the file, or one that it uses, has a model, features, tasks or `train`, which
    have no name that a prefix could stand before.

    Example:
        use "mtl:ple.mtl" as p          # a model

    Instead:
        use "mtl:ple.mtl"
        use "mtl:std/cgc.mtl" as p

    Why: `as p` makes the names of a file `p.name`; what has no name would be dropped.
    """

    id = "MTL0233"
    title = "a file that is used under a prefix holds components, params and sets"
    path: str
    what: str
    span: Span
    item: Span

    def headline(self) -> str:
        return f"`{self.path}` cannot be used under a prefix: it has {self.what}"

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, primary=True),
            Label(self.item, "this has no name to stand behind"),
        ]

    def help(self) -> str:
        return "use it without `as`, or move its components into a file of their own"
