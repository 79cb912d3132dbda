"""Models as specs beside their oracles, over one small schema, for one to five tasks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from tests.models import randomly
from tests.models.oracles import (
    asymmetric,
    cgc,
    cross_stitch,
    customized,
    hard_sharing,
    ml_mmoe,
    mmoe,
    omoe,
    others,
    ple,
    single_task,
    sluice,
    unequal,
)
from tests.models.oracles.features import Field, features
from tests.words.oracles import Array, Weights

TASKS = ("income", "marital", "student")
FIVE = (*TASKS, "veteran", "mover")
FIELDS: tuple[Field, ...] = (
    ("job", "category"),
    ("age", "numeric"),
    ("city", "category"),
    ("plan", "category"),
    ("wage", "numeric"),
)
SIZES = {"job": 7, "city": 5, "plan": 3}
TABLES = {"job.weight": (7, 4), "city.weight": (5, 3), "plan.weight": (3, 2)}
NUMBERS = {"age": 5, "wage": 2}
WIDTH = 4 + 5 + 3 + 2 + 2
SCHEMA = """
features {
    job  : category(dim: 4)
    age  : numeric(piecewise(4))
    city : category(dim: 3)
    plan : category(dim: 2)
    wage : numeric(log1p, normalize)
}
"""


@dataclass(frozen=True)
class Case:
    """A model: its text for some tasks, its oracle, and what the oracle is told of it."""

    body: str
    oracle: ModuleType
    told: Callable[[int], Mapping[str, object]]
    fewest_tasks: int = 1
    shares_tables: bool = True

    def text(self, tasks: Sequence[str]) -> str:
        declared = "\n".join(f"    {task} : binary(label: {task}_label)" for task in tasks)
        body = self.body.replace("@own", str(list(OWN[len(tasks)])))
        return f"mtl 1\n{SCHEMA}tasks {{\n{declared}\n}}\n{body}"

    def shapes(self, tasks: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """The logical names and shapes of all weights."""
        tables = TABLES if self.shares_tables else {}
        return tables | self.oracle.shapes(WIDTH, tasks, **self.told(len(tasks)))

    def logits(self, weights: Weights, batch: Mapping[str, np.ndarray], tasks: Sequence[str]):
        """What the oracle says: [B, 1] per task."""
        if not self.shares_tables:
            return self.oracle.logits(weights, batch, tasks, **self.told(len(tasks)))
        x = features(weights, batch, FIELDS)
        assert x.shape[1] == WIDTH
        return self.oracle.logits(weights, x, tasks, **self.told(len(tasks)))

    def terms(self, weights: Weights, tasks: Sequence[str]) -> dict[str, float]:
        """What the oracle says that the loss terms are, by name."""
        terms = getattr(self.oracle, "terms", None)
        return terms(weights, tasks, **self.told(len(tasks))) if terms else {}


def batch_of(rows: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Random rows, which from seven on touch every row of every table."""
    tables = {name: randomly.ids(rows, size, seed) for name, size in SIZES.items()}
    return tables | {name: randomly.numbers(rows, k, seed + k) for name, k in NUMBERS.items()}


def labels_of(rows: int, tasks: Sequence[str], seed: int = 0) -> dict[str, Array]:
    """Random labels [B, 1], about a third of them missing."""
    rng = np.random.default_rng(seed)
    return {task: rng.choice([0.0, 1.0, np.nan], size=(rows, 1)) for task in tasks}


OWN = {1: (3,), 2: (3, 1), 3: (4, 2, 1), 5: (1, 3, 2, 1, 2)}

SINGLE_TASK = """
model single_task {
    layer mine[task] = features -> embed
    layer body[task] = mine[task] -> mlp(16, 8)
    head[task] = body[task] -> mlp(8)
}
"""
HARD_SHARING = """
model hard_sharing {
    layer bottom = features -> mlp(16, 8)
    head[task] = bottom -> mlp(8)
}
"""
MMOE = """
param experts = 4
model mmoe {
    expert e[experts] = features -> mlp(16, 8)
    gate g[task] = e by features
    head[task] = g[task] -> mlp(8)
}
"""
OMOE = """
model omoe {
    expert e[4] = features -> mlp(16, 8)
    gate g = e by features
    head[task] = g -> mlp(8)
}
"""
CGC = """
model cgc {
    expert mine[task, 2] = features -> mlp(16, 8)
    expert ours[3]       = features -> mlp(16, 8)
    gate g[task] = mine[task], ours by features
    head[task] = g[task] -> mlp(8)
}
"""
PLE = """
param own    = 3
param common = 2
param widths = [[16, 12], [8]]
model ple {
    stream h[task] = features
    stream s       = features
    repeat width in widths {
        expert mine[task, own] = h[task] -> mlp(width)
        expert ours[common]    = s       -> mlp(width)
        gate h[task] <- mine[task], ours by h[task]
        gate s       <- mine, ours       by s
    }
    head[task] = h[task] -> mlp(8)
}
"""
FEW_OF_ITS_OWN = PLE.replace("own    = 3", "own    = 1").replace("common = 2", "common = 3")
UNEQUAL = PLE.replace("own    = 3", "own    = @own").replace("task, own]", "task, own[task]]")
ML_MMOE = """
set slot = 1..3
model ml_mmoe {
    stream h[slot] = features
    repeat width in [[16], [12]] {
        expert e[slot] = h[slot] -> mlp(width)
        gate h[slot] <- e by features
    }
    expert last[slot] = h[slot] -> mlp(8)
    gate g[task] = last by features
    head[task] = g[task] -> mlp(8)
}
"""
CUSTOMIZED = """
model customized {
    layer mine[task] = features -> mlp(16, 8)
    layer ours       = features -> mlp(16, 8)
    head[task] = concat(mine[task], ours) -> mlp(8)
}
"""
ASYMMETRIC = """
set later = task[2..]
model asymmetric {
    layer body[task] = features -> mlp(16, 8)
    head[task[1]] = body[task[1]] -> mlp(8)
    head[later]   = concat(body[later], body[task[1]]) -> mlp(8)
}
"""
CROSS_STITCH = """
param per = channel in {scalar, channel}
model cross_stitch {
    stream h[task] = features
    repeat width in [16, 12, 8] {
        layer f[task] = h[task] -> dense(width)
        stitch(per: per, init: own(0.9), lr: 10) h[task] <- f
    }
    head[task] = h[task]
}
"""
ONE_FOR_ALL_CHANNELS = CROSS_STITCH.replace("per = channel in", "per = scalar in")
SLUICE = """
set part = 1..2
model sluice {
    stream h[task] = features
    repeat 3 {
        layer f[task, part] = h[task] -> dense(8)
        stitch(init: even) z[task, part] = f
        let h[task] <- concat(z[task])
        loss apart[task] = 0.1 * orthogonal(weights(f[task, 1]), weights(f[task, 2]))
    }
    stitch(init: last(0.9)) out[task] = trace(h[task])
    head[task] = out[task] -> mlp(8)
}
"""
UNEQUAL_TOWERS = """
param own   = @own
param tower = [[8], [6, 4], [10], [7], [9, 5]]
model unequal {
    expert mine[task, own[task]]  = features -> mlp(16, 8)
    expert ours[2]                = features -> mlp(12, 8)
    gate g[task] = ours, mine[task] by features
    head[task] = g[task] -> mlp(tower[task])
}
"""
OTHERS = """
model others {
    expert mine[task, 2] = features -> mlp(16, 8)
    gate g[task] = mine[!task, 2], mine[task] by features
    head[task] = g[task] -> mlp(8)
}
"""

TOWERS = ((8,), (6, 4), (10,), (7,), (9, 5))
LEVELS = ((16, 12), (8,))
MIXED = {"widths": (16, 8), "towers": (8,)}
LAYERED = {"levels": LEVELS, "towers": (8,)}
OF_ITS_OWN = {"fields": FIELDS, "tables": TABLES} | MIXED
STITCHED = {"widths": (16, 12, 8), "towers": ()}
CASES = {
    "single_task": Case(SINGLE_TASK, single_task, lambda _: OF_ITS_OWN, shares_tables=False),
    "hard_sharing": Case(HARD_SHARING, hard_sharing, lambda _: {"bottom": (16, 8), "towers": (8,)}),
    "omoe": Case(OMOE, omoe, lambda _: {"experts": 4} | MIXED),
    "mmoe": Case(MMOE, mmoe, lambda _: {"experts": 4} | MIXED),
    "cgc": Case(CGC, cgc, lambda _: {"own": 2, "common": 3} | MIXED),
    "ple": Case(PLE, ple, lambda _: {"own": 3, "common": 2} | LAYERED),
    "ple_few_of_its_own": Case(FEW_OF_ITS_OWN, ple, lambda _: {"own": 1, "common": 3} | LAYERED),
    "ple_unequal": Case(UNEQUAL, ple, lambda n: {"own": OWN[n], "common": 2} | LAYERED),
    "ml_mmoe": Case(
        ML_MMOE, ml_mmoe, lambda _: {"slots": 3, "levels": ((16,), (12,), (8,)), "towers": (8,)}
    ),
    "unequal": Case(UNEQUAL_TOWERS, unequal, lambda n: {"own": OWN[n], "towers": TOWERS[:n]}),
    "others": Case(OTHERS, others, lambda _: MIXED),
    "customized": Case(CUSTOMIZED, customized, lambda _: MIXED),
    "asymmetric": Case(ASYMMETRIC, asymmetric, lambda _: MIXED),
    "cross_stitch": Case(CROSS_STITCH, cross_stitch, lambda _: {"per": "channel"} | STITCHED),
    "cross_stitch_per_layer": Case(
        ONE_FOR_ALL_CHANNELS, cross_stitch, lambda _: {"per": "scalar"} | STITCHED
    ),
    "sluice": Case(SLUICE, sluice, lambda _: {"layers": 3, "width": 8, "towers": (8,)}),
}
EVERY = [
    (name, FIVE[:count])
    for name, case in CASES.items()
    for count in (1, 2, 3, 5)
    if count >= case.fewest_tasks
]
