"""Specs for the tests of emission: between them they use every construct that is built."""

from collections.abc import Mapping
from functools import cache

import torch
from torch import Tensor

import mtlspec
from mtlspec.emit.compiled import Compiled

SCHEMA = """
features {
    age, wage : numeric(normalize)
    job       : category(4)
    city      : category(3)
    "zip \\"code\\"" : category(2)
}
tasks {
    click : binary(label: clicked)
    cart  : binary(label: carted)
    buy   : binary(label: bought)
}
"""
ROWS = {"job": 6, "city": 4, 'zip "code"': 3}

BODIES: Mapping[str, str] = {
    "hard_sharing": """
        layer bottom = features -> mlp(16, 8)
        head[task] = bottom -> mlp(8)
    """,
    "no_layer_at_all": "head[task] = features",
    "one_column": "head[task] = job -> mlp(4)",
    "some_columns": """
        layer h = concat(city, age) -> linear(5)
        head[task] = concat(h, wage)
    """,
    "mmoe": """
        expert e[4] = features -> mlp(16, 8)
        gate g[task] = e by features
        head[task] = g[task] -> mlp(8)
    """,
    "ple": """
        stream h[task] = features
        stream s       = features
        repeat width in [[16, 12], [8]] {
            expert mine[task, 3] = h[task] -> mlp(width)
            expert ours[2]       = s       -> mlp(width)
            gate h[task] <- mine[task], ours by h[task]
            gate s       <- mine, ours       by s
        }
        head[task] = h[task] -> mlp(8)
    """,
    "ragged": """
        expert mine[task, own[task]] = features -> mlp(tower[task])
        gate g[task] = mine[task] by features
        head[task] = g[task] -> mlp(tower[task])
    """,
    "others": """
        expert mine[task, 4] = features -> linear(8)
        gate(softmax(temperature: 2), bias: yes) g[task] = mine[!task], mine[task, ..2] by age, job
        gate(sigmoid) k = mine by features -> mlp(4)
        head[task] = concat(g[task], k)
    """,
    "chain": """
        layer z[task[1]]        = features -> dense(5)
        layer z[t in task[2..]] = concat(features, z[t - 1]) -> dense(5)
        head[task] = z[task]
    """,
    "activations": """
        layer h[task] = features -> linear(5, bias: no) -> gelu -> dropout(0.2) -> mlp(4, act: tanh)
        let k[task] = h[task] -> dropout(0.5) -> sigmoid -> swish -> relu -> tanh -> gelu
        let l = features -> dropout(0.1)
        head[task] = concat(k[task], l) -> mlp(4, 3, dropout: 0.1, last: linear)
    """,
    "joins": """
        layer e[16] = features -> linear(4)
        let a = mean(e)
        let b[task] = sum(a, e[1], e[16]) -> relu
        let c[task, 2] = concat(b[task], a)
        head[task] = concat(b[task], a, c[task], e[2..4]) -> mlp(3)
    """,
    "many_candidates": "\n".join(
        [
            *(f"expert candidate_{i} = features -> linear(4)" for i in range(1, 15)),
            f"gate g[task] = {', '.join(f'candidate_{i}' for i in range(1, 15))} by features",
            "head[task] = g[task]",
        ]
    ),
    "stitches": """
        stream h[task] = features
        repeat 3 {
            layer f[task] = h[task] -> dense(5)
            stitch(per: channel, init: own(0.8)) h[task] <- f
        }
        stitch(init: last(0.9)) out[task] = trace(h[task])
        head[task] = out[task]
    """,
    "terms": """
        layer f[task, 2] = features -> linear(4)
        layer x = features -> linear(4)
        let d[task] = x * f[task, 1] - (f[task, 2] + 2) / 3
        loss apart[task] = 0.1 * orthogonal(weights(f[task, 1]), weights(f[task, 2]))
        head[task] = d[task]
    """,
    "penalties": """
        layer h[task] = features -> mlp(6, 4)
        layer one = features -> linear(7)
        layer two = features -> linear(3)
        weight w[task] : f32[4] = normal(0.1)
        loss near[task] = 0.1 * l2(weights(h[task]) - mean(weights(h)))
        loss low = 0.01 * trace_norm(weights(h)) + l21(weights(one), weights(one)) / 7
        loss alike = mean_constraint(w) + laplacian(weights(h), edges: chain) + l1(w, weights(one))
        loss soft = kl(softmax(h[click]), softmax(h[buy])) - cos(h[buy], h[cart])
        loss few[task] = 0.2 * l1(w[task], method: prox)
        loss joint = 0.3 * l21(weights(h), method: prox)
        loss ranks[task] = trace_norm(weights(one), weights(two), method: prox) / 2
        head[task] = concat(h[task] * w[task], one, two)
    """,
    "numbers": """
        expert mine[task, 2] = features -> linear(4)
        gate g[task] = mine[task], stop_gradient(mine[!task]) by features
        let a[task] = product(mine[task]) -> clip(-2, high: 2) -> exp -> unit -> abs
        let b[task] = max(g[task], a[task]) -> reverse_gradient(0.5) -> softmax(temperature: 2)
        let c = min(mine) -> abs -> clip(low: 0.01) -> log -> stop_gradient -> abs -> sqrt
        head[task] = concat(b[task], dot(a[task], c))
    """,
    "norms": """
        layer a = features -> linear(8) -> layer_norm -> dense(8, norm: batch_norm, act: dice)
        layer b[task] = a -> layer_norm -> dense(6, norm: rms_norm, dropout: 0.1) -> dice
        layer c = features -> rms_norm -> cross(2) -> cross(1, rank: 2)
        layer d[task] = b[task] -> batch_norm(affine: no) -> low_rank(5, 2)
        weight w[task] : f32[5, 5] = orthonormal
        weight s[task] : f32[5] = signs
        weight i : f32[5, 5] = identity
        weight o : f32[5] = ones
        let e[task] = matmul(d[task] * s[task] * o, w[task] * i)
        head[task] = concat(c, e[task])
    """,
    "blocks_of_norms": """
        block same = linear(6, frozen: yes) -> layer_norm
        block each[task] = mlp(6, 5, norm: batch_norm) -> batch_norm(affine: no)
        layer a = features -> same -> dense(8) -> linear(6)
        layer b[task] = a -> same2 -> each[task]
        block same2 = layer_norm(lr: 2)
        loss small = 0.1 * l2(weights(each)) + l1(weights(same))
        loss few[task] = l1(weights(each[task]), method: prox)
        head[task] = b[task]
    """,
    "owners": """
        layer a = features -> linear(8, frozen: yes) -> mlp(8, 4, lr: 0.1, init: orthonormal)
        layer b[task] = a -> lora(6, 2, 4) -> layer_norm(frozen: yes) -> dice(lr: 2)
        layer c = embed(job, init: normal(1), frozen: yes)
        layer d[task] = embed(job, init: uniform(0.5)) -> linear(4, init: signs)
        head[task] = concat(b[task], c, d[task])
    """,
    "own_tables": """
        layer x[task] = features -> embed
        layer y = embed(job, age, dim: 3)
        head[task] = concat(x[task], y) -> mlp(4)
    """,
    "odd_sets": """
        layer h[odd] = features -> linear(4)
        layer k[place] = h[5] -> linear(4)
        head[task] = concat(h, k["search page"], k)
    """,
}
BEFORE = """
param own   = [3, 1, 3]
param tower = [[8], [6, 8], [8]]
set odd   = {5, 1, 3}
set place = {"search page", home}
"""


def text_of(name: str) -> str:
    return f"mtl 1\n{SCHEMA}{BEFORE}model {name} {{\n{BODIES[name]}\n}}\n"


@cache
def compiled(name: str, *, sized: bool = False) -> Compiled:
    """The compiled spec; `sized`: with the rows of its tables folded in."""
    sizes = ROWS if sized else None
    return mtlspec.compile(mtlspec.Text(f"{name}.mtl", text_of(name)), sizes=sizes)


FAMILIES = """
mtl 1
features { age : numeric(normalize)  place : category(4, values: [north, south]) }
tasks {
    click            : binary(label: clicked)
    exam[s in 1..12] : binary(label: score > 0, where: school == s)
    buy              : binary(label: bought)
    shown[c in {like, share}, k in 1..2] : binary(label: column(c) == k)
}
model families_of_tasks {
    layer h[task] = features -> linear(4)
    head[exam] = h[exam] -> mlp(3)
    head[t in task[!exam]] = h[t]
}
"""


@cache
def families_of_tasks() -> Compiled:
    """Tasks of their own between families of them."""
    return mtlspec.compile(mtlspec.Text("families_of_tasks.mtl", FAMILIES))


def module_of(name: str, seed: int | None = 0) -> torch.nn.Module:
    """A module in float64, as it serves."""
    return compiled(name).module(seed, sizes=ROWS).double().eval()


def batch_of(rows: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(rows)
    found: dict[str, Tensor] = {
        name: torch.randn(rows, 2, generator=generator, dtype=torch.float64)
        for name in ("age", "wage")
    }
    for name, size in ROWS.items():
        found[name] = torch.randint(size, (rows,), generator=generator)
    return found


def labels_of(rows: int) -> dict[str, Tensor]:
    """Random labels, every third missing."""
    found = (torch.arange(rows * 3) % 2).reshape(rows, 3).double()
    found[torch.arange(rows) % 3 == 2] = torch.nan
    return {task: found[:, i : i + 1] for i, task in enumerate(("click", "cart", "buy"))}
