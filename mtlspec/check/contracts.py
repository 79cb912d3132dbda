"""Rules of contracts: what a spec requires of its own graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add, eq, ge, gt, le, lt, mul, ne, sub

from mtlspec.check.reached import (
    TABLE,
    Reached,
    multiply_adds,
    parameters_of,
    reached,
    shortest_way,
)
from mtlspec.diagnostics import Error, Label
from mtlspec.graph.bodies.contracts import (
    Apart,
    Arithmetic,
    Bound,
    Condition,
    Joined,
    Measure,
    Quantity,
    Reaches,
    Things,
)
from mtlspec.graph.build import Built
from mtlspec.graph.graph import Graph
from mtlspec.source import Span


class ContractBroken(Error):
    """What a spec requires of its architecture holds.

    What it means: the finished graph is not as a `require` says.

    Example:
        layer bottom = features -> mlp(64)
        head[task] = bottom
        require apart(click, buy)

    Instead: let each task have layers and tables of its own, or name what they may share,
    `apart(click, buy, except: [bottom, features])`.

    Why: who shares what is the design of a multi-task model. A contract keeps it from being
    changed by a slip of the pen, in this file or in one that it uses.
    """

    id = "MTL0413"
    title = "what a spec requires of its architecture holds"
    contract: str
    span: Span
    why: str
    mark: Span | None
    text: str

    def headline(self) -> str:
        return self.why

    def labels(self) -> Sequence[Label]:
        marks = [Label(self.span, "required here", primary=True)]
        if self.mark is not None:
            marks.append(Label(self.mark, self.text))
        return marks


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a condition does not hold, and the place that shows it."""

    span: Span
    why: str
    mark: Span | None = None
    text: str = ""


def every_contract_holds(built: Built) -> Iterator[ContractBroken]:
    """Silent where part of the model has an error, for then it is not what was meant."""
    if built.incomplete:
        return
    court = Court(built.graph)
    for contract in built.contracts:
        failure = court.judge(contract.condition)
        if failure is not None:
            text = contract.span.text
            yield ContractBroken(
                text, failure.span, failure.why, failure.mark, failure.text
            ).led_by(contract.around)


SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "==": eq,
    "!=": ne,
}
ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": lambda x, y: x / y if y else float("nan"),
}


@dataclass(frozen=True)
class Court:
    """Judges conditions on one graph."""

    graph: Graph
    known: dict[tuple[str, tuple[str, ...]], Reached] = field(
        default_factory=dict[tuple[str, tuple[str, ...]], Reached]
    )

    def judge(self, condition: Condition) -> Failure | None:
        """Why a condition does not hold; None if it does."""
        match condition:
            case Apart():
                return self._apart(condition)
            case Reaches():
                return self._reaches(condition)
            case Bound():
                return self._bound(condition)
            case Joined("not", (part,)):
                held = self.judge(part) is None
                text = part.span.text
                return Failure(condition.span, f"`{text}` holds, and must not") if held else None
            case Joined("and"):
                failures = (self.judge(part) for part in condition.parts)
                return next((failure for failure in failures if failure), None)
            case Joined():
                failures = [self.judge(part) for part in condition.parts]
                return failures[0] if all(failures) else None

    def _apart(self, asked: Apart) -> Failure | None:
        without = asked.through.keys if asked.through else ()
        allowed = {f"{TABLE}{name}" for name in (asked.through.tables if asked.through else ())}
        one, two = (self._of(task, without) for task in (asked.first, asked.second))
        shared = [key for key in self._in_order(one.owners & two.owners) if key not in allowed]
        if not shared:
            return None
        more = f" and {len(shared) - 1} more" if len(shared) > 1 else ""
        lead = f"`{asked.first}` and `{asked.second}` share {self._called(shared[0])}{more}"
        return Failure(asked.span, lead, self._place(shared[0]), "reaches both")

    def _reaches(self, asked: Reaches) -> Failure | None:
        owners = self._owners(asked.things)
        if not owners:
            return Failure(asked.span, f"`{asked.things.text}` owns no weights")
        if asked.word == "serves":
            own = self._of(asked.task).owners
            missing = next((key for key in owners if key not in own), None)
            if missing is None:
                return None
            why = f"{self._called(missing)} does not reach `{asked.task}`"
            return Failure(asked.span, why, self._place(missing), "ends elsewhere")
        for task in self.graph.heads:
            found = self._of(task).owners if task != asked.task else frozenset[str]()
            stray = next((key for key in owners if key in found), None)
            if stray is not None:
                why = f"{self._called(stray)} also serves `{task}`{self._way(stray, task)}"
                return Failure(asked.span, why, self._place(stray), f"reaches `{task}` too")
        return None

    def _bound(self, asked: Bound) -> Failure | None:
        left, right = self._amount(asked.left), self._amount(asked.right)
        if SIGNS[asked.sign](left, right):
            return None
        what, limit = asked.span.text, _shown(right)
        name = what.partition(asked.sign)[0].strip()
        return Failure(asked.span, f"`{name}` is {_shown(left)}, not {asked.sign} {limit}")

    def _amount(self, quantity: Quantity) -> float:
        match quantity:
            case Arithmetic():
                left, right = self._amount(quantity.left), self._amount(quantity.right)
                return ARITHMETIC[quantity.sign](left, right)
            case Measure():
                return self._measure(quantity)
            case _:
                return quantity

    def _measure(self, asked: Measure) -> int:
        if isinstance(asked.of, Things):
            if asked.word == "parameters":
                return parameters_of(self.graph, self._owners(asked.of))
            return multiply_adds(self.graph, asked.of.keys)
        tasks = [asked.of] if asked.of is not None else list(self.graph.heads)
        found = [self._of(task) for task in tasks]
        if asked.word == "parameters":
            return parameters_of(self.graph, {key for f in found for key in f.owners})
        return multiply_adds(self.graph, {key for f in found for key in f.computed})

    def _of(self, task: str, without: tuple[str, ...] = ()) -> Reached:
        key = (task, without)
        if key not in self.known:
            heads = self.graph.heads.get(task, ())
            self.known[key] = reached(self.graph, heads, frozenset(without))
        return self.known[key]

    def _owners(self, things: Things) -> list[str]:
        """What owns the weights of things, in the order of the graph."""
        nodes = [self.graph.node(key) for key in things.keys if key in self.graph.nx.nodes]
        owned = [node.key for node in nodes if node.parameters]
        return [*owned, *(f"{TABLE}{name}" for name in things.tables)]

    def _in_order(self, owners: frozenset[str]) -> list[str]:
        tables = sorted(key for key in owners if key.startswith(TABLE))
        return [*(key for key in self.graph.nx.nodes if key in owners), *tables]

    def _called(self, key: str) -> str:
        if key.startswith(TABLE):
            return f"the table of `{key.removeprefix(TABLE)}`"
        return f"`{self.graph.node(key).site.logical}`"

    def _place(self, key: str) -> Span | None:
        if key.startswith(TABLE):
            name = key.removeprefix(TABLE)
            return next((f.span for f in self.graph.schema.features if f.name == name), None)
        return self.graph.node(key).site.statement.span

    def _way(self, key: str, task: str) -> str:
        """The first other member on the shortest way from weights to a prediction."""
        if key.startswith(TABLE):
            return ""
        way = [node.site for node in shortest_way(self.graph, key, self.graph.heads[task])]
        between = [s.logical for s in way if s.statement.keyword not in ("head", "features")]
        own = self.graph.node(key).site.logical
        other = next((name for name in between if name != own), "")
        return f", through `{other}`" if other else ""


def _shown(amount: float) -> str:
    return f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,}"
