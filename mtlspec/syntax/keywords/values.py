"""The words that stand in values, indices and conditions."""

from collections.abc import Mapping

VALUES: Mapping[str, str] = {
    "task": """\
`task`: the set of all tasks, in the order of their fields.

It is no reserved word but a set that is always there. In brackets on the left it makes a member
for each task, and inside that statement `task` is this one.

Example:
    layer tower[task] = features -> mlp(32)
    let first = tower[task[1]]
""",
    "in": """\
`in`: over what a name runs, or from what a param is taken.

`repeat width in [64, 32]` and `layer h[t in late] = …` bind a name to one entry after the other;
`param own = 3 in 1..8` says which values make sense.

Example:
    layer a[t in task[2..]] = features -> linear(4)
    layer b[i in 1..3] = features -> linear(2 * i)
""",
    "yes": """\
`yes`: true, as the value of an option, a param or a condition.

Example:
    layer h = features -> linear(8, bias: yes)
""",
    "no": """\
`no`: false, as the value of an option, a param or a condition.

Example:
    layer h = features -> linear(8, bias: no)
""",
    "none": """\
`none`: no value.

It disappears from the lists that it stands in. A stream may begin as `none`.

Example:
    let a = concat(age, none, city)
""",
    "and": """\
`and`: both conditions hold.

It binds tighter than `or`, looser than `not`. It is decided by one side where that is enough, even
if the other is null.

Example:
    tasks {
        late : binary(label: bought == 1 and hours > 12)
    }
""",
    "or": """\
`or`: at least one of two conditions holds.

It binds looser than `and`. It is decided by one side where that is enough, even if the other is
null.

Example:
    tasks {
        active : binary(label: bought == 1 or clicked == 1)
    }
""",
    "not": """\
`not`: a condition does not hold.

It binds looser than the comparisons, tighter than `and`; `not` of a null is null.

Example:
    tasks {
        known : binary(label: not missing(bought))
    }
""",
    "trace": """\
`trace`: what a name was after each iteration of a `repeat`, as a family.

`trace(h)` of a stream has its values first to last, without the one that it began with; of a name
that the body of a repeat defines it has that name in each iteration. Shapes need to agree only
where the values are mixed.

Example:
    stream h = features
    repeat 3 {
        layer h <- h -> linear(8)
    }
    stitch deep = trace(h)
""",
    "weights": """\
`weights`: the weight matrices of what a name stands for.

Each is `f32[in, out]`, without biases and tables: of one linear layer a value, of more of them a
family, in order. They are read by `loss` terms.

Example:
    layer f[2] = features -> linear(16)
    loss apart = 0.1 * orthogonal(weights(f[1]), weights(f[2]))
""",
}
