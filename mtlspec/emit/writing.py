"""What the code of a bank is written into, and how its cells read what they need."""

from dataclasses import dataclass, field

from mtlspec import pysource as py
from mtlspec.emit.readings import Read, read, source
from mtlspec.plan.plan import Bank, Inner, Operand, Plan, Reading
from mtlspec.types import Tensor, show_dim


def shape_comment(kind: Tensor, bank: Bank, *, stacked: bool) -> str:
    """`[6, B, 64]`."""
    axes = [*[str(len(bank.members))] * stacked, *["B"] * kind.rows, *map(show_dim, kind.shape)]
    return f"[{', '.join(axes)}]" if axes else ""


@dataclass(slots=True)
class Writing:
    """The code of one bank so far; `values` and `depth` are of the cells that are written.

    `names` gives the variable of each provider; no variable of `avoid` is assigned to.
    """

    bank: Bank
    plan: Plan
    names: dict[str, str]
    avoid: frozenset[str] = frozenset()
    layers: list[tuple[str, py.Expr]] = field(default_factory=list[tuple[str, py.Expr]])
    arrays: list[py.Stmt] = field(default_factory=list[py.Stmt])
    body: list[py.Stmt] = field(default_factory=list[py.Stmt])
    lowerings: set[str] = field(default_factory=set[str])
    functions: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    values: list[Read] = field(default_factory=list[Read])
    depth: list[int] = field(default_factory=list[int])

    def variable(self, provider: str) -> py.Expr:
        return py.Name(self.names[provider])

    def operand(self, operand: Operand) -> Read:
        if isinstance(operand, Inner):
            return self.values[operand.cell]
        return read(operand, self.plan, self.variable)

    def by_member(self, operand: Operand) -> list[py.Expr]:
        """An operand as each member reads it."""
        if isinstance(operand, Reading):
            return [source(one, self.variable) for one in operand.sources]
        value, count = self.values[operand.cell], len(self.bank.members)
        return [py.pick(value.expr, n) if value.stacked else value.expr for n in range(count)]

    def depth_of(self, operand: Operand) -> int:
        return self.depth[operand.cell] if isinstance(operand, Inner) else 0

    @property
    def taken(self) -> set[str]:
        """The names that no variable may have."""
        return {self.names[provider] for provider in self.bank.providers} | self.avoid

    def free(self, name: str) -> py.Name:
        """A variable of that name, or of one that nobody has."""
        return py.Name(name if name not in self.taken else f"{name}_")
