"""Specs drawn from the language: any statement may follow any other that it can read from.

What is drawn is kept as text with the width of every name, so that what comes next fits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

HEAD = """mtl 1
features {
    age, wage : numeric(normalize)
    job       : category(dim: 4, values: 0..9)
    city      : category(share: job)
    seen      : sequence(of: job, max: 5)
}
tasks {
    click : binary
    price : regression
    kind  : multiclass(3)
}
set slot = {left, right}
component two(x, n = 2, width = 8) {
    expert e[n] = x -> mlp(width)
    gate y = e by x
    return y
}
component each(h[k], s, net = mlp(8)) {
    layer a[k] = h[k] -> net
    layer b    = s -> net
    gate g[k] = a[k], b by h[k]
    return g, b
}
component deep(x, levels = 2) {
    stream y = x
    repeat levels { layer y <- y + (y -> dense(dim(y))) }
    return y
}
"""
FAMILIES = {"task": 3, "slot": 2}
WIDTHS = (4, 8)
KEEP = ["relu", "gelu", "swish", "tanh", "sigmoid", "abs", "unit", "softmax", "clip(-2, 2)"]
KEEP += ["dropout(0.1)", "stop_gradient", "reverse_gradient(0.5)"]
OWN_SAME = ["layer_norm", "rms_norm", "batch_norm", "cross(1)", "cross(2, rank: 2)", "dice"]
ROUTERS = ["softmax", "softmax(temperature: 2)", "sigmoid", "top(1, renormalise: no)", "top(2)"]
ROUTERS += ["noisy_top(2)", "gumbel(1)", "dselect(2, gamma: 1)", "hard_concrete"]
OF_STITCHES = [r for r in ROUTERS if not r.startswith("noisy")]


@dataclass(frozen=True)
class Named:
    """A name of the spec: its family, if it is one, and its width; `rows` unless it is learned."""

    name: str
    family: str
    width: int

    @property
    def one(self) -> str:
        """How it is read inside a statement over its own family."""
        return f"{self.name}[{self.family}]" if self.family else self.name


@dataclass
class Drawer:
    """Draws a model statement by statement."""

    draw: Callable[[st.SearchStrategy[T]], T]
    values: list[Named] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    count: int = 0

    def pick(self, items: list[T]) -> T:
        return self.draw(st.sampled_from(items))

    def name(self, lead: str) -> str:
        self.count += 1
        return f"{lead}{self.count}"

    def say(self, line: str) -> None:
        self.lines.append(f"    {line}")

    def value(self, family: str = "", width: int | None = None) -> Named:
        """A value that a member of a family may read: a single one, or one of the same family."""
        fits = [
            v
            for v in self.values
            if v.family in ("", family) and (width is None or v.width == width)
        ]
        if not fits:
            return self.made(family, width or self.pick(list(WIDTHS)))
        return self.pick(fits)

    def made(self, family: str, width: int) -> Named:
        """A fresh layer of a width."""
        name = self.name("f")
        self.say(f"layer {name}{_index(family)} = features -> linear({width})")
        return self.keep(name, family, width)

    def keep(self, name: str, family: str, width: int) -> Named:
        made = Named(name, family, width)
        self.values.append(made)
        return made

    def model(self, count: int) -> str:
        for _ in range(count):
            self.pick(STATEMENTS)(self)
        self.heads()
        return f"{HEAD}model drawn {{\n" + "\n".join(self.lines) + "\n}\n"

    def heads(self) -> None:
        """Each task reads what it can of the last values, so that most of them are built."""
        for task in ("click", "price", "kind"):
            read = ["features"]
            for value in self.values[-6:]:
                if value.family == "task":
                    read.append(f"{value.name}[{task}]")
                elif value.family == "slot":
                    read.append(value.name)
                else:
                    read.append(value.name)
            self.say(f"head[{task}] = concat({', '.join(read)}) -> mlp(8)")


def _index(family: str) -> str:
    return f"[{family}]" if family else ""


def layer(d: Drawer) -> None:
    """`layer x[…] = v -> op -> …`, with ops that own weights and such that do not."""
    family = d.pick(["", "task", "slot"])
    source, name, width = d.value(family), d.name("x"), 0
    steps: list[str] = []
    width = source.width
    for _ in range(d.draw(st.integers(1, 3))):
        kind = d.pick(["linear", "mlp", "dense", "low_rank", "lora", "same", "keep"])
        out = d.pick(list(WIDTHS))
        match kind:
            case "same":
                steps.append(d.pick(OWN_SAME))
            case "keep":
                steps.append(d.pick(KEEP))
            case "linear":
                steps.append(f"linear({out}, bias: {d.pick(['yes', 'no'])})")
            case "mlp":
                steps.append(f"mlp({d.pick([3, 5])}, {out})")
            case "dense":
                norm = d.pick(["", ", norm: layer_norm", ", norm: batch_norm"])
                steps.append(f"dense({out}{norm})")
            case "lora":
                steps.append(f"lora({out}, rank: 2, alpha: 4)")
            case _:
                steps.append(f"low_rank({out}, rank: 2)")
        width = width if kind in ("same", "keep") else out
    d.say(f"layer {name}{_index(family)} = {source.one} -> {' -> '.join(steps)}")
    d.keep(name, family, width)


def let(d: Drawer) -> None:
    """`let x[…] = …`: arithmetic, reductions and ops without weights."""
    family, name = d.pick(["", "task", "slot"]), d.name("a")
    a = d.value(family)
    b = d.value(family, a.width)
    text = d.pick(
        [
            f"{a.one} + {b.one}",
            f"{a.one} * (1 - {b.one}) / 2",
            f"max({a.one}, {b.one})",
            f"mean({a.one}, {b.one}, {a.one})",
            f"product({a.one}, {b.one})",
            f"{a.one} -> {d.pick(KEEP)}",
            f"{a.one} * sigmoid(dot({a.one}, {b.one}))",
        ]
    )
    d.say(f"let {name}{_index(family)} = {text}")
    d.keep(name, family, a.width)


def joined(d: Drawer) -> None:
    """A whole family in a reduction."""
    families = [v for v in d.values if v.family]
    if not families:
        return
    family, name = d.pick(families), d.name("j")
    how = d.pick(["mean", "sum", "max", "concat"])
    d.say(f"let {name} = {how}({family.name})")
    d.keep(name, "", family.width * (FAMILIES[family.family] if how == "concat" else 1))


def arrays(d: Drawer) -> None:
    """Learned arrays, and products with them."""
    family, name, w = d.pick(["", "task", "slot"]), d.name("m"), d.name("w")
    source, width = d.value(family), d.pick(list(WIDTHS))
    owned = d.pick(["", family])
    start = d.pick(["", " = xavier", " = normal(0.5)", " = orthonormal"])
    d.say(f"weight {w}{_index(owned)} : f32[{source.width}, {width}]{start}")
    b = d.name("b")
    d.say(f"weight {b}{_index(family)} : f32[{width}] = {d.pick(['zeros', 'ones', 'uniform(1)'])}")
    read, shift = f"{w}{_index(owned)}", f"{b}{_index(family)}"
    d.say(f"let {name}{_index(family)} = matmul({source.one}, {read}) + {shift} -> relu")
    d.keep(name, family, width)


def mixed_weights(d: Drawer) -> None:
    """A stitch that mixes matrices."""
    base, w, name = d.name("u"), d.name("v"), d.name("t")
    source, width = d.value("task"), d.pick(list(WIDTHS))
    d.say(f"weight {base}[3] : f32[{source.width}, {width}]")
    d.say(f"stitch {w}[task] = {base}")
    d.say(f"let {name}[task] = matmul({source.one}, {w}[task])")
    d.keep(name, "task", width)


def block(d: Drawer) -> None:
    """An instance of a recipe that is used twice."""
    owned, family = d.pick([("", ""), ("", "task"), ("task", "task"), ("slot", "slot")])
    a = d.value(family)
    name, once, twice = d.name("k"), d.name("o"), d.name("p")
    recipe = d.pick(
        [
            f"linear({a.width}) -> relu",
            f"mlp(5, {a.width})",
            f"dense({a.width}, norm: layer_norm)",
            f"two(width: {a.width})",
            "deep",
            "cross(1)",
        ]
    )
    d.say(f"block {name}{_index(owned)} = {recipe}")
    called = f"{name}{_index(owned)}"
    d.say(f"let {once}{_index(family)} = {a.one} -> {called}")
    d.say(f"let {twice}{_index(family)} = {called}({once}{_index(family)} + {a.one})")
    d.keep(once, family, a.width)
    d.keep(twice, family, a.width)


def component(d: Drawer) -> None:
    """A call of a component, for each member or whole."""
    if d.pick([True, False]):
        family, name, width = d.pick(["", "task", "slot"]), d.name("c"), d.pick(list(WIDTHS))
        source = d.value(family)
        call = d.pick([f"two({source.one}, width: {width})", f"{source.one} -> two(3, {width})"])
        d.say(f"layer {name}{_index(family)} = {call}")
        d.keep(name, family, width)
        return
    families = [v for v in d.values if v.family]
    family = d.pick(families) if families else d.made("task", 8)
    single = d.value("", family.width)
    g, s, width = d.name("g"), d.name("s"), d.pick(list(WIDTHS))
    d.say(f"layer {g}, {s} = each({family.name}, {single.name}, net: mlp({width}))")
    d.keep(g, family.family, width)
    d.keep(s, "", width)


def gate(d: Drawer) -> None:
    """Experts, and a gate with any router."""
    family, name, e = d.pick(["", "task", "slot"]), d.name("g"), d.name("e")
    width, count = d.pick(list(WIDTHS)), d.pick([2, 3, 4])
    source, other, selector = d.value(), d.value(family, width), d.value(family)
    d.say(f"expert {e}[{count}] = {source.name} -> mlp({width})")
    router = d.pick(ROUTERS)
    more = d.pick(["", "", ", bias: yes"])
    options = f"({router}{more})"
    d.say(f"gate{options} {name}{_index(family)} = {e}, {other.one} by {selector.one}")
    d.keep(name, family, width)


def stitch(d: Drawer) -> None:
    """A family mixed by learned coefficients."""
    families = [v for v in d.values if v.family]
    source = d.pick(families) if families else d.made("task", 8)
    family, name = d.pick(["", source.family]), d.name("q")
    router = d.pick(["free", *OF_STITCHES]) if source.family == "task" else "free"
    per = d.pick(["", ", per: channel"]) if router in ("free", "sigmoid", "softmax") else ""
    init = d.pick(["", ", init: even"]) if router in ("free", "sigmoid", "softmax") else ""
    d.say(f"stitch({router}{per}{init}) {name}{_index(family)} = {source.name}")
    d.keep(name, family, source.width)


def repeated(d: Drawer) -> None:
    """A stream over levels, read by its trace as well."""
    source, stream, inner = d.value("task"), d.name("h"), d.name("i")
    width = source.width
    d.say(f"stream {stream}[task] = {source.one}")
    body = d.pick(
        [
            f"layer {stream}[task] <- {stream}[task] -> dense({width})",
            f"""layer {inner}[task] = {stream}[task] -> dense({width})
        stitch {stream}[task] <- {inner}""",
            f"""layer {inner} = mean({stream}) -> linear({width})
        let {stream}[task] <- {stream}[task] + {inner}""",
        ]
    )
    d.say(f"repeat {d.pick([1, 2, 3])} {{\n        {body}\n    }}")
    out = d.name("r")
    d.say(f"let {out}[task] = mean(trace({stream}[task])) + {stream}[task]")
    d.keep(out, "task", width)


def loss(d: Drawer) -> None:
    """A term of the objective."""
    name, matrix = d.name("z"), d.name("n")
    source = d.value()
    d.say(f"layer {matrix}[task] = {source.name} -> linear(4)")
    d.keep(matrix, "task", 4)
    penalty = d.pick(["l1", "l2", "l21", "trace_norm", "mean_constraint"])
    text = d.pick(
        [
            f"0.01 * {penalty}(weights({matrix}))",
            f"0.01 * l2(weights({matrix}[click]) - mean(weights({matrix})))",
            f"0.1 * orthogonal(weights({matrix}[click]), weights({matrix}[kind]))",
            f"0.1 * dot({matrix}[click], {matrix}[price])",
        ]
    )
    d.say(f"loss {name} = {text}")


STATEMENTS = [
    layer,
    layer,
    let,
    let,
    joined,
    arrays,
    mixed_weights,
    block,
    block,
    component,
    component,
    gate,
    gate,
    stitch,
    repeated,
    loss,
]


@st.composite
def specs(draw: Callable[[st.SearchStrategy[T]], T], least: int = 1, most: int = 8) -> str:
    """The text of a spec."""
    return Drawer(draw).model(draw(st.integers(least, most)))
