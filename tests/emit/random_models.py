"""Random models: their text in the language, and what they compute, member by member.

A drawn model is a list of statements. Each can be written as a line of the language, and be
computed by a plain loop over its members from weights by logical name: the loop knows nothing of
graphs, plans or banks. Values are computed when a head asks for them, so what the loop reads is
what has to be built.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

Label = str | int
Key = tuple[Label, ...]
Names = Mapping[str, Label]
"""What the names bound on the left stand for."""
Widths = dict[Key, int]
Thunk = Callable[[], Tensor]

TASKS = ("click", "cart", "buy")
FEATURES = {"age": 2, "wage": 2, "job": 4}
ROWS = {"job": 6}
SCHEMA = "features { age, wage : numeric   job : category(4) }\n"
SETS: Mapping[str, tuple[Label, ...]] = {"side": ("left", "right"), "odd": (5, 1, 3)}
DECLARED = "set side = {left, right}\nset odd = {5, 1, 3}\n"


# --- the left side -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dim:
    """One index of a left side: what is written, the labels it runs over, what it binds."""

    text: str
    labels: Callable[[Names], Sequence[Label]]
    binds: str | None = None
    home: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Left:
    name: str
    dims: tuple[Dim, ...] = ()

    def __str__(self) -> str:
        inside = ", ".join(dim.text for dim in self.dims)
        return f"{self.name}[{inside}]" if self.dims else self.name

    def members(self) -> list[tuple[Key, Names]]:
        found: list[tuple[Key, dict[str, Label]]] = [((), {})]
        for dim in self.dims:
            found = [
                ((*key, label), {**names, **({dim.binds: label} if dim.binds else {})})
                for key, names in found
                for label in dim.labels(names)
            ]
        return list(found)


# --- the right side ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Index:
    """One index of a right side: which of the labels in its place it keeps; `one`: an element."""

    text: str
    keeps: Callable[[Label, Names, Sequence[Label]], bool]
    one: bool = False


@dataclass(frozen=True)
class Ref:
    """`name[index, …]`."""

    name: str
    index: tuple[Index, ...] = ()

    def __str__(self) -> str:
        inside = ", ".join(index.text for index in self.index)
        return f"{self.name}[{inside}]" if self.index else self.name

    def keys(self, family: Sequence[Key], names: Names) -> list[Key]:
        kept = []
        places = [list(dict.fromkeys(column)) for column in zip(*family, strict=True)]
        for key in family:
            picked = zip(self.index, key, places, strict=False)
            if all(index.keeps(label, names, place) for index, label, place in picked):
                kept.append(key)
        return kept


@dataclass(frozen=True)
class Step:
    """An op of a chain: `linear(4)`, `relu`, `mlp(4, 3)`."""

    text: str
    widths: tuple[int, ...] = ()
    act: str = ""
    bias: bool = True


@dataclass(frozen=True)
class Body:
    """`join(ref, …) -> step -> …`; without a join, one ref; a sign stands between two sides."""

    join: str
    refs: tuple[Ref, ...]
    steps: tuple[Step, ...] = ()
    number: tuple[str, ...] = ()

    def __str__(self) -> str:
        inside = ", ".join(map(str, self.refs))
        if self.join in SIGNS:
            first = f"({f' {self.join} '.join([*map(str, self.refs), *self.number])})"
        else:
            first = f"{self.join}({inside})" if self.join else inside
        return " -> ".join([first, *(step.text for step in self.steps)])


@dataclass(frozen=True)
class Statement:
    keyword: str
    left: Left
    body: Body
    moves: bool = False
    selectors: tuple[Ref, ...] = ()
    options: str = ""
    router: str = "softmax"
    temperature: float = 1.0
    bias: bool = False

    def __str__(self) -> str:
        sign = "<-" if self.moves else "="
        if self.keyword not in ("gate", "stitch"):
            return f"{self.keyword} {self.left} {sign} {self.body}"
        candidates = ", ".join(map(str, self.body.refs))
        by = f" by {', '.join(map(str, self.selectors))}" if self.selectors else ""
        return f"{self.keyword}{self.options} {self.left} {sign} {candidates}{by}"


@dataclass(frozen=True)
class Repeat:
    times: int
    body: tuple[Statement | Repeat, ...]


@dataclass(frozen=True, repr=False)
class Model:
    statements: tuple[Statement | Repeat, ...]
    heads: tuple[Statement, ...]
    params: str = ""

    def __str__(self) -> str:
        tasks = "\n".join(f"    {task} : binary(label: {task}_label)" for task in TASKS)
        lines = list(_lines(self.statements, "    "))
        lines += [f"    head[{head.left.dims[0].text}] = {head.body}" for head in self.heads]
        body = "\n".join(lines)
        tail = f"{DECLARED}{self.params}model m {{\n{body}\n}}\n"
        return f"mtl 1\n{SCHEMA}tasks {{\n{tasks}\n}}\n{tail}"

    __repr__ = __str__


def _lines(statements: Sequence[Statement | Repeat], pad: str):
    for statement in statements:
        if isinstance(statement, Repeat):
            yield f"{pad}repeat {statement.times} {{"
            yield from _lines(statement.body, pad + "    ")
            yield f"{pad}}}"
        else:
            yield f"{pad}{statement}"


# --- the plain loop ------------------------------------------------------------------------------

ACTS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "gelu": F.gelu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "swish": F.silu,
}
SIGNS: Mapping[str, Callable[[Tensor | float, Tensor | float], Tensor]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
JOINS: Mapping[str, Callable[[list[Tensor]], Tensor]] = {
    "": lambda values: values[0],
    "concat": lambda values: torch.cat(values, dim=-1),
    "sum": lambda values: torch.stack(values).sum(dim=0),
    "mean": lambda values: torch.stack(values).mean(dim=0),
}


@dataclass
class Loop:
    """Computes a model: `weights` are those of the compiled one, `used` the names it read."""

    weights: Mapping[str, Tensor]
    values: dict[str, dict[Key, Thunk]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def run(self, model: Model, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The logits of each task."""
        columns = {name: self._column(name, batch) for name in FEATURES}
        self.values = {name: {(): thunk} for name, thunk in columns.items()}
        joined = _once(lambda: torch.cat([thunk() for thunk in columns.values()], dim=-1))
        self.values["features"] = {(): joined}
        self._block(model.statements, self.values, ())
        heads: dict[Key, Thunk] = {}
        for head in model.heads:
            heads |= self._members(head, self.values, ())
        return {task: heads[task,]() for task in TASKS}

    def _column(self, name: str, batch: Mapping[str, Tensor]) -> Thunk:
        if name not in ROWS:
            return lambda: batch[name]
        return lambda: self._weight(f"{name}.weight")[batch[name]]

    def _weight(self, name: str) -> Tensor:
        self.used.add(name)
        return self.weights[name]

    def _block(
        self,
        statements: Sequence[Statement | Repeat],
        seen: dict[str, dict[Key, Thunk]],
        iteration: tuple[int, ...],
    ) -> dict[str, dict[Key, Thunk]]:
        """Adds what the statements define to `seen`; gives what they move."""
        moved: dict[str, dict[Key, Thunk]] = {}
        numbers = itertools.count(1)  # a second repeat counts on where the first has stopped
        for statement in statements:
            if isinstance(statement, Repeat):
                for _ in range(statement.times):
                    moves = self._block(statement.body, dict(seen), (*iteration, next(numbers)))
                    for name, members in moves.items():
                        seen[name] = {**seen[name], **members}
                        moved[name] = {**moved.get(name, {}), **members}
                continue
            members = self._members(statement, dict(seen), iteration)
            if statement.moves:
                moved.setdefault(statement.left.name, {}).update(members)
            else:
                whole = {**seen.get(statement.left.name, {}), **members}
                seen[statement.left.name] = _in_order(whole)
        return moved

    def _members(
        self, statement: Statement, seen: Mapping[str, dict[Key, Thunk]], iteration: tuple[int, ...]
    ) -> dict[Key, Thunk]:
        at = f"@{'.'.join(map(str, iteration))}" if iteration else ""
        made: dict[Key, Thunk] = {}
        own = {**seen}
        if not statement.moves:
            own[statement.left.name] = {**seen.get(statement.left.name, {})}
        for key, names in statement.left.members():
            shown = f"[{', '.join(map(str, key))}]" if key else ""
            logical = f"{statement.left.name}{at}{shown}"
            made[key] = _once(self._thunk(statement, logical, own, names))
            if not statement.moves:
                own[statement.left.name][key] = made[key]
        return made

    def _thunk(
        self, statement: Statement, logical: str, seen: Mapping[str, dict[Key, Thunk]], names: Names
    ) -> Thunk:
        def compute() -> Tensor:
            if statement.keyword == "gate":
                return self._gate(statement, logical, seen, names)
            values = self._values(statement.body.refs, seen, names)
            if statement.keyword == "stitch":
                return self._stitch(statement, logical, values)
            value, count = self._joined(statement.body, values), itertools.count()
            for step in statement.body.steps:
                value = self._step(step, value, logical, count)
            return self._linear(value, f"{logical}.out") if statement.keyword == "head" else value

        return compute

    def _values(
        self, refs: Sequence[Ref], seen: Mapping[str, dict[Key, Thunk]], names: Names
    ) -> list[Tensor]:
        return [
            seen[ref.name][key]() for ref in refs for key in ref.keys(list(seen[ref.name]), names)
        ]

    def _joined(self, body: Body, values: list[Tensor]) -> Tensor:
        if body.join not in SIGNS:
            return JOINS[body.join](values)
        left, right = [*values, *map(float, body.number)]
        return SIGNS[body.join](left, right)

    def _stitch(self, statement: Statement, logical: str, values: list[Tensor]) -> Tensor:
        if len(values) == 1 and statement.router == "softmax":
            return values[0]
        scores = self._weight(f"{logical}.mixing") / statement.temperature
        soft = {"softmax": torch.softmax(scores, dim=0), "sigmoid": torch.sigmoid(scores)}
        weights = soft.get(statement.router, scores)
        return torch.stack([a * c for a, c in zip(weights, values, strict=True)]).sum(dim=0)

    def _gate(
        self, statement: Statement, logical: str, seen: Mapping[str, dict[Key, Thunk]], names: Names
    ) -> Tensor:
        candidates = self._values(statement.body.refs, seen, names)
        if len(candidates) == 1 and statement.router == "softmax":
            return candidates[0]
        selector = torch.cat(self._values(statement.selectors, seen, names), dim=-1)
        scores = self._linear(selector, f"{logical}.gate", bias=statement.bias)
        scores = scores / statement.temperature
        soft = statement.router == "softmax"
        weights = torch.softmax(scores, dim=-1) if soft else torch.sigmoid(scores)
        parts = [weights[:, i : i + 1] * c for i, c in enumerate(candidates)]
        return torch.stack(parts).sum(dim=0)

    def _step(self, step: Step, value: Tensor, logical: str, count: itertools.count) -> Tensor:
        if not step.widths:
            return ACTS[step.act](value)
        for _ in step.widths:
            value = self._linear(value, f"{logical}.{next(count)}", bias=step.bias)
            value = ACTS[step.act](value) if step.act else value
        return value

    def _linear(self, value: Tensor, name: str, *, bias: bool = True) -> Tensor:
        y = value @ self._weight(f"{name}.weight").T
        return y + self._weight(f"{name}.bias") if bias else y


def _in_order(members: dict[Key, Thunk]) -> dict[Key, Thunk]:
    """A family in the order of its sets, whichever piece was written first."""
    rank = {
        label: place for labels in (TASKS, *SETS.values()) for place, label in enumerate(labels)
    }
    if any(key and key[0] in TASKS for key in members):
        return dict(sorted(members.items(), key=lambda item: rank[item[0][0]]))
    return members


def _once(compute: Thunk) -> Thunk:
    found: list[Tensor] = []

    def get() -> Tensor:
        if not found:
            found.append(compute())
        return found[0]

    return get


# --- drawing a model -----------------------------------------------------------------------------

KINDS = (
    "layer",
    "layer",
    "let",
    "let",
    "gate",
    "stitch",
    "experts",
    "experts",
    "grown",
    "chain",
    "pieces",
)
WIDE = (3, 4)
"""Widths of layers; few, so that values often fit each other."""


@dataclass
class Known:
    """What may be read where a statement stands: the widths of each name's members."""

    widths: dict[str, Widths] = field(default_factory=dict)

    def inside(self) -> Known:
        return Known({name: dict(found) for name, found in self.widths.items()})


def _around(name: str, home: Sequence[Label]) -> list[Index]:
    """All but the bound member, and those up to it, before it and from it on."""

    def place(label: Label) -> int:
        return home.index(label)

    return [
        Index(f"!{name}", lambda found, names, _: found != names[name]),
        Index(f"..{name}", lambda found, names, _: place(found) <= place(names[name])),
        Index(f"..{name} - 1", lambda found, names, _: place(found) < place(names[name])),
        Index(f"{name}..", lambda found, names, _: place(found) >= place(names[name])),
    ]


@st.composite
def models(draw: st.DrawFn) -> Model:
    """A model that is correct, with one to seven statements before its heads."""
    writer = Writer(draw)
    statements = writer.block(draw(st.integers(1, 5)), depth=0)
    heads = writer.heads()
    return Model(tuple(statements), tuple(heads), writer.params)


class Writer:
    """Draws statements, keeping account of what each defines."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.params = ""
        self.numbered = itertools.count(1)
        self.known = Known({name: {(): width} for name, width in FEATURES.items()})
        self.known.widths["features"] = {(): sum(FEATURES.values())}

    def name(self, letter: str) -> str:
        return f"{letter}{next(self.numbered)}"

    def pick(self, options: Sequence):
        return self.draw(st.sampled_from(list(options)))

    # left sides

    def left(self, name: str) -> Left:
        count = self.pick([0, 1, 1, 1, 2])
        dims: list[Dim] = []
        for _ in range(count):
            dims.append(self.dim(dims))
        return Left(name, tuple(dims))

    def dim(self, before: Sequence[Dim]) -> Dim:
        bound = {dim.binds for dim in before}
        kinds = ["number", "param", "named", "side", "odd", "task", "later", "first"]
        kinds = [kind for kind in kinds if kind not in bound]
        if "task" in bound:
            kinds = [kind for kind in kinds if kind not in ("named", "later", "first")]
            kinds.append("ragged")
        match self.pick(kinds):
            case "number":
                n = self.pick([1, 2, 3])
                return Dim(str(n), lambda _: range(1, n + 1))
            case "param":
                n, name = self.pick([1, 2, 3]), self.name("n")
                self.params += f"param {name} = {n}\n"
                return Dim(name, lambda _: range(1, n + 1))
            case "ragged":
                counts, name = [self.pick([1, 2, 3]) for _ in TASKS], self.name("own")
                self.params += f"param {name} = {counts}\n"
                return Dim(
                    f"{name}[task]",
                    lambda names: range(1, counts[TASKS.index(str(names["task"]))] + 1),
                )
            case "named":
                name = self.name("t")
                return Dim(f"{name} in task", lambda _: TASKS, name, TASKS)
            case "later":
                name = self.name("t")
                return Dim(f"{name} in task[2..]", lambda _: TASKS[1:], name, TASKS)
            case "first":
                return Dim("task[1]", lambda _: TASKS[:1])
            case "task":
                return Dim("task", lambda _: TASKS, "task", TASKS)
            case kind:
                labels = SETS[kind]
                return Dim(kind, lambda _: labels, kind, labels)

    # right sides

    def index(self, labels: Sequence[Label], homes: Mapping[str, tuple[Label, ...]]) -> Index:
        """An index of one place in which these labels stand; it keeps some for every binding."""
        options = [Index("*", lambda *_: True)]
        label = self.pick(labels)
        shown = f'"{label}"' if label in SETS["side"] else str(label)
        options.append(Index(shown, lambda found, *_: found == label, one=True))
        for name, home in homes.items():
            if set(home) <= set(labels):
                own = Index(name, lambda found, names, _, name=name: found == names[name], one=True)
                options.extend([own] * 3)
                options.extend(_around(name, home))
        if all(isinstance(found, int) for found in labels):
            stop = label
            options.append(Index(f"..{stop}", lambda found, *_: found <= stop))
            options.append(Index(f"{stop}..", lambda found, *_: found >= stop))
        return self.pick(options)

    def ref(
        self, known: Known, left: Left, fits: Callable[[Ref], bool], *, whole: bool = False
    ) -> Ref:
        """A reading of something known, narrowed by indices; `fits` says whether it will do."""
        homes = {dim.binds: dim.home for dim in left.dims if dim.binds}
        for _ in range(4):
            names = [n for n in known.widths if known.widths[n]]
            name = self.pick([*names, *([n for n in names if () not in known.widths[n]] * 2)])
            family = list(known.widths[name])
            places = [list(dict.fromkeys(column)) for column in zip(*family, strict=True)]
            count = len(places) if whole else self.draw(st.integers(0, len(places)))
            ref = Ref(name, tuple(self.index(places[i], homes) for i in range(count)))
            if fits(ref):
                return ref
        return Ref("features")

    def refs(self, known: Known, left: Left, *, alike: int | None, most: int = 3) -> list[Ref]:
        """Readings for a list: none is empty; with `alike`, all are of that width."""

        def fits(ref: Ref) -> bool:
            found = [self.reads([ref], known, names) for _, names in left.members()]
            return all(w and (alike is None or set(w) == {alike}) for w in found)

        made = [self.ref(known, left, fits) for _ in range(self.draw(st.integers(1, most)))]
        return [ref for ref in made if fits(ref)]

    def reads(self, refs: Sequence[Ref], known: Known, names: Names) -> list[int]:
        """The widths of what they read."""
        return [
            known.widths[ref.name][key]
            for ref in refs
            for key in ref.keys(list(known.widths[ref.name]), names)
        ]

    # bodies

    def body(self, known: Known, left: Left, *, owns: bool) -> tuple[Body, Widths]:
        join = self.pick(["", "concat", "sum", "mean", *([] if owns else SIGNS)])
        widths: Widths = {}
        if join in SIGNS:
            return self.arithmetic(known, left, join)
        if join in ("sum", "mean"):
            width = self.pick(WIDE)
            refs = self.refs(known, left, alike=width)
            join = join if refs else ""
        if join == "concat":
            refs = self.refs(known, left, alike=None)
        if not join:
            refs = [self.single(known, left)]
        for key, names in left.members():
            found = self.reads(refs, known, names)
            widths[key] = sum(found) if join == "concat" else found[0]
        steps = self.steps(owns=owns)
        last = [step.widths[-1] for step in steps if step.widths]
        if last:
            widths = dict.fromkeys(widths, last[-1])
        return Body(join, tuple(refs), tuple(steps)), widths

    def arithmetic(self, known: Known, left: Left, sign: str) -> tuple[Body, Widths]:
        """`value sign value`, `value sign number`; what is divided by is never near zero."""
        first = self.single(known, left)
        widths = {key: self.reads([first], known, names)[0] for key, names in left.members()}
        number = self.pick(["2", "0.5", "3"])
        if sign == "/" or len(set(widths.values())) > 1 or self.pick([True, False]):
            return Body(sign, (first,), tuple(self.steps(owns=False)), (number,)), widths
        width = next(iter(widths.values()))

        def fits(ref: Ref) -> bool:
            found = [self.reads([ref], known, names) for _, names in left.members()]
            return all(w == [width] for w in found) and all(index.one for index in ref.index)

        second = self.ref(known, left, fits, whole=True)
        second = second if fits(second) else first
        return Body(sign, (first, second), tuple(self.steps(owns=False))), widths

    def single(self, known: Known, left: Left) -> Ref:
        """A reading of one value."""

        def fits(ref: Ref) -> bool:
            one = all(len(self.reads([ref], known, names)) == 1 for _, names in left.members())
            return one and all(index.one for index in ref.index)

        return self.ref(known, left, fits, whole=True)

    def steps(self, *, owns: bool) -> list[Step]:
        made: list[Step] = []
        for _ in range(self.draw(st.integers(1 if owns else 0, 3))):
            act = self.pick(list(ACTS))
            kind = self.pick(["linear", "dense", "mlp", "act"] if owns else ["act"])
            if kind == "act":
                made.append(Step(act, act=act))
            elif kind == "linear":
                n, bias = self.pick(WIDE), self.pick([True, False])
                made.append(Step(f"linear({n}{'' if bias else ', bias: no'})", (n,), bias=bias))
            elif kind == "dense":
                n = self.pick(WIDE)
                made.append(Step(f"dense({n}, act: {act})", (n,), act))
            else:
                many = tuple(self.pick(WIDE) for _ in range(self.draw(st.integers(1, 2))))
                made.append(Step(f"mlp({', '.join(map(str, many))}, act: {act})", many, act))
        return made

    # statements

    def block(self, count: int, depth: int) -> list[Statement | Repeat]:
        made: list[Statement | Repeat] = []
        for _ in range(count):
            kinds = [
                "layer",
                "layer",
                "let",
                "gate",
                "experts",
                "experts",
                "grown",
                "chain",
                "pieces",
            ]
            if depth == 0:
                kinds.append("repeat")
            kind = self.pick(kinds)
            if kind == "repeat":
                made.extend(self.repeat())
            else:
                made.extend(self.statement(kind, self.known))
        return made

    def statement(self, kind: str, known: Known) -> list[Statement]:
        left = self.left(self.name({"layer": "f", "let": "l", "gate": "g"}.get(kind, "z")))
        if kind in ("gate", "stitch"):
            made = self.gate(left, known) if kind == "gate" else self.stitch(left, known)
            return [made] if made else []
        if kind == "experts":
            return self.experts(known)
        if kind == "grown":
            return self.grown(known)
        if kind == "chain":
            return self.chain(known)
        if kind == "pieces":
            return self.pieces(known)
        body, widths = self.body(known, left, owns=kind == "layer")
        known.widths[left.name] = widths
        return [Statement(kind, left, body)]

    def gate(self, left: Left, known: Known) -> Statement | None:
        width = self.pick(WIDE)
        candidates = self.refs(known, left, alike=width)
        selectors = self.refs(known, left, alike=None, most=2)
        if not candidates or not selectors:
            return None
        known.widths[left.name] = dict.fromkeys((key for key, _ in left.members()), width)
        return self.mix(left, candidates, selectors)

    def stitch(self, left: Left, known: Known) -> Statement | None:
        width = self.pick(WIDE)
        candidates = self.refs(known, left, alike=width)
        if not candidates or not left.members():
            return None
        found = [self.reads(candidates, known, names) for _, names in left.members()]
        several = ["softmax"] if all(len(widths) > 1 for widths in found) else []
        router, per = self.pick(["free", "sigmoid", *several]), self.pick(["scalar", "channel"])
        init = self.pick(["", ", init: even", ", init: own(0.8)", ", init: last(0.6)"])
        known.widths[left.name] = dict.fromkeys((key for key, _ in left.members()), width)
        options = f"({router}, per: {per}{init})"
        return Statement(
            "stitch", left, Body("", tuple(candidates)), options=options, router=router
        )

    def mix(self, left: Left, candidates: Sequence[Ref], selectors: Sequence[Ref]) -> Statement:
        """A gate with a router drawn for it."""
        router, temperature = self.pick(["softmax", "sigmoid"]), self.pick([1.0, 0.5])
        bias = self.pick([False, True])
        written = f"{router}(temperature: {temperature})" if temperature != 1.0 else router
        plain = written == "softmax" and not bias and self.pick([True, False])
        return Statement(
            "gate",
            left,
            Body("", tuple(candidates)),
            selectors=tuple(selectors),
            options="" if plain else f"({written}{', bias: yes' if bias else ''})",
            router=router,
            temperature=temperature,
            bias=bias,
        )

    def experts(self, known: Known) -> list[Statement]:
        """One or two families of experts of one width, and a gate that mixes them."""
        width, made = self.pick(WIDE), list[Statement]()
        for _ in range(self.pick([1, 2])):
            expert = self.left(self.name("e"))
            body, widths = self.body(known, expert, owns=True)
            steps = (*body.steps, Step(f"linear({width})", (width,)))
            known.widths[expert.name] = dict.fromkeys(widths, width)
            made.append(Statement("expert", expert, replace(body, steps=steps)))
        left = self.left(self.name("g"))
        names = [statement.left.name for statement in made]
        experts = Known({name: known.widths[name] for name in names})
        candidates = [r for r in self.refs(experts, left, alike=width) if r.name in names]
        missed = set(names) - {ref.name for ref in candidates}
        candidates += [Ref(name) for name in names if name in missed]
        selectors = self.refs(known, left, alike=None, most=2) or [Ref("features")]
        known.widths[left.name] = dict.fromkeys((key for key, _ in left.members()), width)
        return [*made, self.mix(left, candidates, selectors)]

    def grown(self, known: Known) -> list[Statement]:
        """Several members for each member of a family, each reading that one."""
        homes = {"task": TASKS, **SETS}
        fits = {
            name: bound
            for name, widths in known.widths.items()
            for bound, home in homes.items()
            if list(widths) == [(label,) for label in home]
        }
        if not fits:
            return []
        source, count = self.pick(list(fits)), self.pick([2, 3])
        bound = fits[source]
        first = Dim(bound, lambda _: homes[bound], bound, homes[bound])
        left = Left(self.name("f"), (first, Dim(str(count), lambda _: range(1, count + 1))))
        steps = (Step(f"linear({WIDE[0]})", (WIDE[0],)), *self.steps(owns=False))
        if self.pick([True, False]):
            left = Left(left.name, left.dims[::-1])
        known.widths[left.name] = dict.fromkeys((key for key, _ in left.members()), WIDE[0])
        return [Statement("layer", left, Body("", (Ref(source, (_bound(first),)),), steps))]

    def chain(self, known: Known) -> list[Statement]:
        """Members that wait for one another: each reads the one before it."""
        name, t, width = self.name("z"), self.name("t"), self.pick(WIDE)
        first = Left(name, (Dim("task[1]", lambda _: TASKS[:1]),))
        later = Left(name, (Dim(f"{t} in task[2..]", lambda _: TASKS[1:], t, TASKS),))
        body, _ = self.body(known, first, owns=False)
        before = Index(
            f"{t} - 1",
            lambda found, names, _: TASKS.index(str(found)) + 1 == TASKS.index(str(names[t])),
        )
        step = Step(f"linear({width})", (width,))
        known.widths[name] = {(task,): width for task in TASKS}
        second = Body("concat", (self.single(known, later), Ref(name, (before,))), (step,))
        if second.refs[0].name == name:
            second = Body("concat", (Ref("features"), second.refs[1]), (step,))
        start = replace(body, steps=(*body.steps, step))
        return [Statement("layer", first, start), Statement("layer", later, second)]

    def pieces(self, known: Known) -> list[Statement]:
        """A family defined by two statements, the last member first."""
        name, made, widths = self.name("p"), [], {}
        for text, labels in (("task[3]", TASKS[2:]), ("task[..2]", TASKS[:2])):
            binds = self.name("t") if text == "task[..2]" else None
            shown = f"{binds} in {text}" if binds else text
            left = Left(name, (Dim(shown, lambda _, found=labels: found, binds, TASKS),))
            body, found = self.body(known, left, owns=True)
            made.append(Statement("layer", left, body))
            widths |= found
        known.widths[name] = {(task,): widths[task,] for task in TASKS}
        return made

    def repeat(self) -> list[Statement | Repeat]:
        """A stream, and a repeat that moves it, keeping its widths."""
        left = Left(self.name("s"), self.left("").dims[:1])
        width = self.pick(WIDE)
        start = Statement("layer", Left(f"{left.name}_0", left.dims), *self._start(left, width))
        first = Ref(start.left.name, tuple(_bound(dim) for dim in left.dims if dim.binds))
        if left.dims and not left.dims[0].binds:
            return [start]
        stream = Statement("stream", left, Body("", (first,)))
        self.known.widths[start.left.name] = dict.fromkeys((k for k, _ in left.members()), width)
        self.known.widths[left.name] = dict(self.known.widths[start.left.name])
        inside, body = self.known.inside(), list[Statement | Repeat]()
        outer, self.known = self.known, inside
        for _ in range(self.draw(st.integers(0, 2))):
            body.extend(
                self.statement(self.pick(["layer", "let", "gate", "experts", "grown"]), inside)
            )
        move = self.move(left, width, inside)
        self.known = outer
        loop: Repeat = Repeat(self.draw(st.integers(1, 3)), (*body, move))
        if self.pick([False, False, True]):
            loop = Repeat(self.pick([1, 2]), (loop,))
        return [start, stream, loop]

    def _start(self, left: Left, width: int) -> tuple[Body]:
        del left
        step = Step(f"linear({width})", (width,))
        return (Body("", (Ref(self.pick(["features", "age", "job"])),), (step,)),)

    def move(self, left: Left, width: int, known: Known) -> Statement:
        if self.pick([True, False]):
            refs = self.refs(known, left, alike=width)
            selectors = self.refs(known, left, alike=None, most=1)
            if refs and selectors:
                body = Body("", tuple(refs))
                return Statement("gate", left, body, moves=True, selectors=tuple(selectors))
        body, _ = self.body(known, left, owns=True)
        step = Step(f"linear({width})", (width,))
        return Statement("layer", left, replace(body, steps=(*body.steps, step)), moves=True)

    def heads(self) -> list[Statement]:
        """Heads that read what was defined last, and something else."""
        dims = [(Dim("task", lambda _: TASKS, "task", TASKS),)]
        if self.pick([True, False, False]):
            dims = [
                (Dim("click", lambda _: TASKS[:1]),),
                (Dim("t in task[2..]", lambda _: TASKS[1:], "t", TASKS),),
            ]
        made: list[Statement] = []
        for dim in dims:
            left = Left("head", dim)
            last = [Ref(name) for name in list(self.known.widths)[-2:]]
            more = self.refs(self.known, left, alike=None)
            steps = self.steps(owns=True) if self.pick([True, False]) else []
            made.append(Statement("head", left, Body("concat", (*last, *more), tuple(steps))))
        return made


def _bound(dim: Dim) -> Index:
    name = str(dim.binds)
    return Index(name, lambda found, names, _: found == names[name])
