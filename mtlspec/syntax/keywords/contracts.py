"""The words of `require`."""

from collections.abc import Mapping

CONTRACTS: Mapping[str, str] = {
    "apart": """\
`apart`: whether no weight reaches the predictions of two tasks.

`apart(t, u)` is a contract of `require`. Shared tables count as weights; `except:` names what may
be shared all the same, with all that lies before it.

Example:
    layer own[task] = age -> linear(4)
    head[task] = own[task]
    require apart(click, buy, except: features)
""",
    "except": """\
`except`: what two tasks may share, in `apart(t, u, except: n)`.

Example:
    layer bottom = features -> mlp(16)
    head[task] = bottom
    require apart(click, buy, except: [bottom, features])
""",
    "private": """\
`private`: whether the weights of something reach the prediction of one task alone.

`private(n, t)` is a contract of `require`: what `n` names, a value, a family, a feature or a list
of these, has no weight that reaches another prediction than that of `t`.

Example:
    layer own[task] = age -> linear(4)
    head[task] = own[task]
    require private(own[click], click)
""",
    "serves": """\
`serves`: whether all weights of something reach the prediction of a task.

`serves(n, t)` is a contract of `require`.

Example:
    layer bottom = features -> mlp(16)
    head[task] = bottom
    require serves(bottom, buy)
""",
    "parameters": """\
`parameters`: how many weights there are, in `require`.

`parameters` counts those of all predictions together, `parameters(t)` those that reach the
prediction of a task, `parameters(n)` those of what `n` names. A table counts where the spec says
how many rows it has; frozen weights count.

Example:
    layer bottom = features -> mlp(16)
    head[task] = bottom
    require parameters(bottom) < 1_000
""",
    "flops": """\
`flops`: how many multiply-adds one row takes, in `require`.

`flops` counts those of all predictions together, `flops(t)` those of the prediction of a task,
`flops(n)` those of what `n` names. Looking up a table and what is alike for all rows take none.

Example:
    head[task] = features -> mlp(16)
    require flops < 3e6
""",
}
