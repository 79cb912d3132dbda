"""The words that start a statement of a model or a component."""

from collections.abc import Mapping

STATEMENTS: Mapping[str, str] = {
    "layer": """\
`layer`: a value with weights of its own.

`layer n[…] = x -> …` has fresh weights for each member and, in a `repeat`, for each iteration. To
share weights is to name a value and to read it twice. After `<-` it moves a stream.

Example:
    layer bottom = features -> mlp(64)
    layer tower[task] = bottom -> mlp(32)
""",
    "expert": """\
`expert`: a layer that some gate or stitch must list.

It is written as a `layer` is. That its use is reported gate by gate is what sets it apart, so an
expert that nothing mixes is an error.

Example:
    expert mine[task, 3] = features -> mlp(64)
    expert ours[2] = features -> mlp(64)
    gate mixed[task] = mine[task], ours by features
""",
    "let": """\
`let`: a value that owns no weights.

Whoever reads a spec finds everything that is learned behind `layer`, `expert`, `gate`, `stitch`,
`weight` and `head`; an op with weights in a `let` is an error. After `<-` it moves a stream.

Example:
    let person = concat(age, city)
""",
    "block": """\
`block`: one instance of a recipe, used as often as it is named.

Every `x -> n` runs through the same weights. Outside of a `repeat` they are tied over its
iterations.

Example:
    block shared = mlp(32)
    layer a = age -> linear(8) -> shared
    layer b = city -> shared
""",
    "weight": """\
`weight`: a learned array.

`weight n[…] : f32[a, b] = start` declares its type and how it is first drawn, by default
`xavier`. It has no axis of rows and is broadcast where it meets values that have one.

Example:
    weight scale : f32[16] = ones
    let scaled = features * scale
""",
    "stream": """\
`stream`: a value that the levels of a `repeat` move.

`stream n[…] = x` says what it begins with; `layer n <- …`, `let n <- …`, `gate n <- …` or
`stitch n <- …` in the body of a `repeat` says what it becomes at the next level. In the body it is
read as what came in, below the block as what came out. It owns no weights; `none` begins it empty.

Example:
    stream h = features
    repeat 3 {
        layer h <- h -> linear(32)
    }
""",
    "gate": """\
`gate`: mixes candidates with coefficients computed from a selector, row by row.

`gate(router, options) n[…] = c, … by s` is Σᵢ aᵢ cᵢ with a = router(W s), W fresh for each member
and iteration. The router is `softmax` where none is named. Candidates are values and families;
they have one shape, and their order is that in which they are listed. After `<-` it moves a stream.

Example:
    expert e[4] = features -> mlp(32)
    gate mixed[task] = e by features
    gate(sigmoid) open[task] = e by features -> mlp(8)
""",
    "by": """\
`by`: what a gate computes its coefficients from.

It follows the candidates and takes one value or several, which are joined. A hidden layer is
written where it is wanted, and is owned by the gate.

Example:
    expert e[4] = features -> mlp(32)
    gate mixed[task] = e by age, city -> mlp(8)
""",
    "stitch": """\
`stitch`: mixes candidates with coefficients that are learned directly, alike for all rows.

`stitch(router, options) n[…] = c, …` is Σᵢ aᵢ cᵢ with a = router(ℓ), ℓ being learned. The router is
`free` where none is named: a = ℓ. `init:` says the coefficients at the start. After `<-` it moves
a stream.

Example:
    layer f[task] = features -> mlp(32)
    stitch(init: own(0.8)) mixed[task] = f
""",
    "head": """\
`head`: the prediction of a task.

`head[t] = v` adds the output layer that the kind of task needs; what flows before it is its tower.
It stands in the model, not in a `repeat`. A task without a head is left out, with a note.

Example:
    head[task] = features -> mlp(32)
""",
    "loss": """\
`loss`: a term that is added to the objective.

`loss n[…] = expr` is one number, or one for each row, of which the mean is taken; terms of all
members and iterations are summed. It is scaled by a factor of its own.

Example:
    layer f[task] = features -> linear(16)
    loss apart = 0.1 * orthogonal(weights(f[click]), weights(f[buy]))
""",
    "require": """\
`require`: a contract that `mtlspec check` holds the architecture to.

It owns nothing and computes nothing: it says, for example, which weights may reach which
predictions.

Example:
    layer tower[task] = features -> mlp(16)
    require private(tower[click], click)
""",
    "repeat": """\
`repeat`: levels, each with its own copy of every name and weight in the body.

`repeat n { … }` runs n times; `repeat v in e { … }` once for each number of a range, entry of a
list or member of a set, which `v` then is. It is unrolled before anything is typed, so shapes may
differ from level to level. What moves from one level to the next is a `stream`. A name of the body
is seen below the block through `trace` only.

Example:
    stream h[task] = features
    repeat width in [64, 32] {
        layer h[task] <- h[task] -> mlp(width)
    }
""",
    "return": """\
`return`: what a component gives back.

It is the last statement of a component, once; several values are given by place.

Example:
    component twice(x) {
        layer a = x -> linear(8)
        layer b = x -> linear(8)
        return a, b
    }
""",
}
