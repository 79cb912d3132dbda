"""The signs of the language that are no arithmetic."""

from collections.abc import Mapping

_COMPARISONS = {
    "==": "is equal to",
    "!=": "is not equal to",
    "<": "is less than",
    "<=": "is at most",
    ">": "is greater than",
    ">=": "is at least",
}


def _comparison(sign: str, meaning: str) -> str:
    return f"""\
`{sign}`: {meaning}.

Of a row, in a condition on the data, it compares numbers, or texts, and is null where a side is
null. Of constants it gives `yes` or `no`. In `require` it compares numbers.

Example:
    tasks {{
        late : binary(label: hours {sign} 12)
    }}
"""


SIGNS: Mapping[str, str] = {
    "=": """\
`=`: is defined as.

It stands between a name and what the name is, after every word that defines one. An option and a
field have a `:`, and `==` asks whether two values are equal.

Example:
    layer h = features -> mlp(64)
""",
    ":": """\
`:`: has the type or the value; stands behind the name of a field or an option.

Example:
    layer h = features -> dense(64, act: gelu, dropout: 0.1)
""",
    "->": """\
`->`: flows into.

`x -> op(…)` gives the value on its left to the op on its right, as its first argument. It binds
loosest and goes from left to right, so that a chain reads as the data flows.

Example:
    layer h = features -> mlp(64) -> dropout(0.1) -> linear(8)
""",
    "<-": """\
`<-`: becomes, at the next level.

It stands for `=` after `layer`, `let`, `gate` and `stitch` in the body of a `repeat`, and moves a
stream that was declared outside of it. All moves of an iteration take effect together at its end.
It is always one sign: in a comparison write `a < -1`, with a space.

Example:
    stream h = features
    repeat 3 {
        layer h <- h -> linear(32)
    }
""",
    "..": """\
`..`: a range of places or numbers, both ends included.

`1..4` is 1, 2, 3, 4. In an index either end may be left out: `f[2..]`, `f[..t - 1]`.

Example:
    layer f[4] = features -> linear(8)
    let some = concat(f[2..], f[1..2])
""",
    "!": """\
`!`: all but, in an index.

`f[!task]` is every member but this task's; of a set, everything outside of it.

Example:
    layer f[task] = features -> linear(8)
    let others[task] = concat(f[!task])
""",
    "*": """\
`*`: all members, in one place of an index; between values, times.

Example:
    layer f[task, 2] = features -> linear(8)
    let second = concat(f[*, 2])
""",
    "#": """\
`#`: a comment, up to the end of its line.

Example:
    let person = concat(age, city)  # what a shop knows of its visitors
""",
    **{sign: _comparison(sign, meaning) for sign, meaning in _COMPARISONS.items()},
}
