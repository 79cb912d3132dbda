"""The words that declare something in a file."""

from collections.abc import Mapping

FILES: Mapping[str, str] = {
    "mtl": """\
`mtl`: the edition of the language that a file was written for.

It heads the file, once; only comments may stand before it. `mtlspec fmt` writes it, and without it
the newest edition is meant. Edition 1 is the only one so far.

Example:
    mtl 1
""",
    "use": """\
`use`: takes in the declarations of another file.

`use "f.mtl" (own: 5)` gives params of that file. Paths are relative to the file that says `use`;
`"mtl:ple.mtl"` reaches the library. A file that is reached twice is taken once. The features and
tasks that a file with a model brings are a sample, taken only if the program has none of its own.

Example:
    use "mtl:ple.mtl" (own: 5)
""",
    "as": """\
`as`: the prefix under which a file's names are used.

With `use "f.mtl" as p` the components, params and sets of that file are called `p.name`.

Example:
    use "mtl:std/cgc.mtl" as library
""",
    "param": """\
`param`: a constant that `--set` and `use (…)` may replace by one of the same type.

It is a whole number, a number, `yes` or `no`, a text, a word, a list or a recipe. What follows
`in` says which values make sense: a range, `{a, b}` or `log(1e-5..1e-2)`; a value outside is a
note. A bare word is a value only where an op has that name or where `in {…}` offers it.

Example:
    param own    = 3 in 1..8
    param widths = [[256, 128], [64]]
    param act    = relu in {relu, gelu}
""",
    "set": """\
`set`: an ordered set, over which families are made.

Its members are those of another set, new names, texts or numbers: `{a, b}`, `1..4`, `task[2..]`,
`task[!buy]`. It may stand in a file, a model, or the body of a `repeat`. The set of all tasks is
there by itself and is called `task`.

Example:
    set late = task[2..]
    set side = {left, right}
""",
    "model": """\
`model`: the network, from the features to the heads.

A program has exactly one. Its body is a list of statements, whose order means nothing but for
streams; each begins with its word and ends where the next one begins, so line breaks and
indentation mean nothing either.

Example:
    model shop {
        layer bottom = features -> mlp(64)
        head[task] = bottom -> mlp(32)
    }
""",
    "component": """\
`component`: a part of a network that is called like an op.

Parameters without a default are values, given by place; `h[k]` is a family, `k` naming whatever
set it runs over. Those with a default are options. What it gives back follows `return`, the last
statement of its body. A component sees its parameters, ops and other components, nothing else. It
has no `head`.

Example:
    component tower(x, width = 64) {
        layer h = x -> mlp(width)
        return h
    }
""",
}
