"""The words that look like ops and are worked out when a spec is read."""

from collections.abc import Mapping

KNOWN: Mapping[str, str] = {
    "f32": """\
`f32`: the type of a value, numbers of 32 bits.

`f32[64]` is a vector of 64 for each row of the batch, `f32[L, 8]` one of 8 for each token, and
`f32[]` a single number. Types are inferred; only a `weight` says its own.

Example:
    weight w : f32[16, 8] = normal(0.02)
""",
    "dim": """\
`dim`: how wide a value is, as a number that is known when the spec is read.

It is the last axis; of a family the one that its members have in common.

Example:
    layer h = features -> linear(dim(city))
""",
    "len": """\
`len`: how many members a set, a list or a family has.

Example:
    param widths = [64, 32]
    param deep   = len(widths) > 1
""",
    "outputs": """\
`outputs`: how many numbers the head of a task has.

Example:
    layer z[task] = features -> linear(outputs(task))
    head[task] = logit(z[task])
""",
    "values": """\
`values`: the set of the values of a category.

`values(c)` is a set, in the order of the category's table. The spec has to know the values: by
`values:` of the category, or, of `source`, by the tasks' `from:`.

Example:
    features { scenario : category(values: [home, search, "check out"]) }
    set domain = values(scenario)
    model shop {
        layer own[domain] = features -> linear(8)
        head[task] = own[scenario]
    }
""",
    "source": """\
`source`: the data set that a row came from, as a category.

There is one where a task says `from:`. It stands where a category with known values may, and is no
part of `features`.

Example:
    tasks {
        stars  : ordinal(5, from: "stars.parquet")
        polite : binary(from: "answers/*.csv")
    }
    model shop {
        head[task] = concat(features, source)
    }
""",
    "scores": """\
`scores`: what a gate makes its coefficients of, where that is given and not computed by the gate.

It stands behind `by`, alone. It takes one f32[1] for each candidate, in their order, or one f32[n].

Example:
    expert e[3] = features -> mlp(16)
    layer how[3] = features -> linear(1)
    gate g = e by scores(how)
""",
    "error": """\
`error`: the loss of each row of a prediction, as a value for `loss` terms.

`error(head[t])` is f32[1], and 0 in rows without a label. It is known in training alone, so no
prediction may read it.

Example:
    head[task] = features
    loss buyers = 0.1 * error(head[click]) * label(buy)
""",
    "label": """\
`label`: the label of each row of a task, as a value for `loss` terms.

`label(t)` is the number that the data hold: 0 or 1, a number as it is, before any `transform:`, and
of a class or a grade its place, from 0. A `multilabel` has a number for each of its labels. It is 0
in rows without a label, and known in training alone, so no prediction may read it.

Example:
    head[task] = features
    loss buyers = 0.1 * error(head[click]) * label(buy)
""",
    "missing": """\
`missing`: whether a column is null in a row, in a condition on the data.

Example:
    tasks { late : binary(label: hours > 12, where: not missing(bought)) }
""",
    "column": """\
`column`: a column of the data, by a text.

In a condition, `column("total price")` is the column of that name, and `column(c)` that of the
bound name `c` of a family of tasks. The option `column:` of a feature names its column.

Example:
    tasks { dear : binary(label: column("total price") > 100) }
""",
    "own": """\
`own`: a member's own candidates begin with a share that is said, the others with the rest.

`own(x)` is a value of `init:` in `gate(…)` and `stitch(…)`. A member's own candidates are those
whose index begins with the member's. They divide x equally, the others 1 - x.

Example:
    layer f[task] = features -> mlp(16)
    stitch(init: own(0.8)) mixed[task] = f
""",
    "even": """\
`even`: all candidates begin with the same coefficient, 1/n.

It is a value of `init:` in `gate(…)` and `stitch(…)`. Others are `own(x)`; `last(x)`, by which the
last candidate has x; a number for each; a list of all of them; and `uniform(b)`, by which the
scores are drawn.

Example:
    layer f[task] = features -> mlp(16)
    stitch(init: even) mixed[task] = f
""",
}
