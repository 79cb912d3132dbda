"""Errors of hands that know another language: words and their order."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Fix
from mtlspec.syntax.errors.base import SyntaxFault, quoted


class HeadWithoutTask(SyntaxFault):
    """A head names its task in brackets.

    What it means: the word `head` is not followed by `[…]`.

    Example:
        head click = features

    Instead:
        head[click] = features
        head[buy]   = features

    Why: `head[task]` is a head for each task, `head[click]` that of one; a head without a task
    would predict nothing.
    """

    id = "MTL0138"
    title = "a head names its task in brackets"
    meant: str

    def headline(self) -> str:
        return "this head names no task in brackets"

    def mark(self) -> str:
        return f"write {quoted(self.meant)}"

    def help(self) -> str:
        return "`head[task]` is a head for each task" if self.meant == "[task]" else ""

    def fix(self) -> Fix:
        return Fix(self.span, self.meant)

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class DeclaredType(SyntaxFault):
    """The type of a value is inferred.

    What it means: a `:` and a type stand behind a name that is defined by `=`.

    Example:
        layer h : f32[64] = features -> mlp(64)

    Instead:
        layer h = features -> mlp(64)

    Why: every type follows from the features; `mtlspec compile --emit graph` prints them. Only a
    `weight`, which follows from nothing, has one.
    """

    id = "MTL0141"
    title = "the type of a value is inferred"
    keyword: str

    def headline(self) -> str:
        return f"{quoted(self.keyword)} takes no type"

    def mark(self) -> str:
        return "leave it out: the type is inferred"

    def fix(self) -> Fix:
        return Fix(self.span, "")

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class IndexBeforeName(SyntaxFault):
    """An index stands behind the name.

    What it means: the brackets that say which members are made stand before the name.

    Example:
        expert[3] e = features -> mlp(64)
        gate g = e by features

    Instead:
        expert e[3] = features -> mlp(64)
        gate g = e by features

    Why: what is declared is written as it is used, `e[3]`.
    """

    id = "MTL0142"
    title = "an index stands behind the name"
    meant: str

    def mark(self) -> str:
        return f"write {quoted(self.meant)}"

    def fix(self) -> Fix:
        return Fix(self.span, f" {self.meant}")

    def mend(self) -> Sequence[Fix]:
        return [self.fix()]


class WeightWithoutType(SyntaxFault):
    """A weight has a type.

    What it means: a `weight` is followed by `=`, or by nothing, without a `:` and a type between.

    Example:
        weight scale = ones

    Instead:
        weight scale : f32[64] = ones

    Why: the shape of a value follows from what it is made of; that of a weight follows from
    nothing.
    """

    id = "MTL0151"
    title = "a weight has a type"
    name: str

    def headline(self) -> str:
        return f"the weight {quoted(self.name)} has no type"

    def mark(self) -> str:
        return "expected `:` and a type"

    def help(self) -> str:
        return f"give its shape, for example `weight {self.name} : f32[64]`"


class NameWithOwner(SyntaxFault):
    """A name stands by itself.

    What it means: `self.` or `this.` stands before a name that is defined.

    Example:
        self.h = features -> mlp(64)

    Instead:
        layer h = features -> mlp(64)

    Why: a model is no object; its names are seen wherever they may be used.
    """

    id = "MTL0145"
    title = "a name stands by itself, behind the word that defines it"
    name: str

    def headline(self) -> str:
        return f"{quoted(self.span.text)} is no part of a name"

    def mark(self) -> str:
        return "write a word instead"

    def help(self) -> str:
        return f"`layer {self.name} = …` if it learns weights of its own, else `let`"

    def mend(self) -> Sequence[Fix]:
        return [Fix(self.span, "layer")]


class Program(SyntaxFault):
    """A spec has no branches, loops or functions.

    What it means: a word stands in a value that other languages have for a choice, a loop or a
    function.

    Example:
        layer h = [mlp(features, 8) for t in task]

    Instead:
        layer h[task] = mlp(features, 8)

    Why: a spec says what a network is, not in which order it is computed. Copies are made by an
    index, levels by `repeat`; what differs from row to row is weighed by a gate or by arithmetic.
    """

    id = "MTL0144"
    title = "a spec has no branches, loops or functions"

    def headline(self) -> str:
        return f"there is no {quoted(self.span.text)} in a value"

    def help(self) -> str:
        return IN_VALUES[self.span.text]


IN_VALUES = {
    "if": "what differs by row is weighed: by a gate, or `p * a + (1 - p) * b`",
    "else": "what differs by row is weighed: by a gate, or `p * a + (1 - p) * b`",
    "then": "what differs by row is weighed: by a gate, or `p * a + (1 - p) * b`",
    "for": "copies are made by an index, `layer h[t in task] = …`; the name `h` is all of them",
    "lambda": "an op without its value is a recipe, such as `mlp(64) -> relu`",
    "await": "a spec is not run; say what the value is made of",
    "new": "an op needs no word before it: `features -> mlp(64)`",
}
"""Words of other languages that stand in values, and what is written instead."""

SAME_AS = {
    **dict.fromkeys(("network", "net", "class"), "model"),
    **dict.fromkeys(("def", "function", "fn", "func", "module"), "component"),
    **dict.fromkeys(("import", "include", "using"), "use"),
    **dict.fromkeys(("columns", "inputs"), "features"),
    **dict.fromkeys(("labels", "targets", "outputs"), "tasks"),
    **dict.fromkeys(("output", "predict"), "head"),
    **dict.fromkeys(("const", "var", "val"), "param"),
    **dict.fromkeys(("training", "fit"), "train"),
}
"""Words of other languages that start what a word of this one does."""

INSTEAD_OF_STATEMENTS = {
    **dict.fromkeys(
        ("for", "while", "loop"),
        "levels are `repeat 3 { … }` or `repeat w in [64, 32] { … }`, copies are made by an "
        "index, `layer h[task] = …`",
    ),
    **dict.fromkeys(("def", "function", "fn"), "a value of the model is a `layer` or a `let`"),
    **dict.fromkeys(("from",), 'a whole file is taken in by `use "f.mtl"`'),
    **dict.fromkeys(("var", "const", "val"), "a value of the model is a `layer` or a `let`"),
    **dict.fromkeys(
        ("if", "else", "elif", "switch", "match"),
        "a spec has no branches: what differs by row is weighed by a gate, what differs between "
        "specs is a `param`",
    ),
    **dict.fromkeys(("input", "column"), "columns are fields of `features { … }`"),
    **dict.fromkeys(("label", "target"), "what is predicted is a field of `tasks { … }`"),
    **dict.fromkeys(
        ("optimizer", "batch", "batch_size", "epochs", "balance", "lr"),
        "how a model is trained is said by fields of `train { … }`",
    ),
    **dict.fromkeys(
        ("pass", "print", "assert", "with", "try"), "a spec is not run; it says what a model is"
    ),
}
"""Words that start a statement of another language, and what is written instead."""

ROUTERS = frozenset({"softmax", "sigmoid", "top", "top_k", "noisy_top", "gumbel"})
"""Names under which a gate is called in other places."""
