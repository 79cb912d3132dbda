"""What banks are called: the names of the spec, so that each holds what the spec calls by it.

A statement may end in the call of a component. Its value is then what the component returns, and
what it computed itself are the component's arguments.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from mtlspec.graph.node import Apply, Caller, Statement
from mtlspec.plan.plan import Bank, Plan
from mtlspec.plan.providers import key_of

RETURN = "return"
"""The keyword of the statements that end components."""


@dataclass(frozen=True)
class Titles:
    """The titles of a plan's banks, made of the statements' and of what computes a part."""

    plan: Plan
    _known: dict[Statement, tuple[str, str]] = field(
        default_factory=dict[Statement, tuple[str, str]]
    )

    def of(self, bank: Bank) -> str:
        """`mine@1`, in a component `h@1.mine`; behind it what computes a part, `h@1_gate`."""
        return _with(self._of(bank.statement)[0], self._part(bank))

    def alone(self, bank: Bank) -> str:
        """The same without what leads there: `mine`."""
        return _with(self._of(bank.statement)[1], self._part(bank))

    def _of(self, statement: Statement) -> tuple[str, str]:
        if statement not in self._known:
            self._known[statement] = self._found(statement)
        return self._known[statement]

    def _found(self, statement: Statement) -> tuple[str, str]:
        caller = statement.caller
        if caller is None:
            return statement.title, statement.name
        whole, alone = self._of(caller.statement)
        if statement in self._values:
            return whole, alone
        if statement.keyword != RETURN:
            own = statement.title.removeprefix(f"{caller.title}.")
            return f"{whole}{_tail(caller)}.{own}", statement.name
        place = statement.name.removeprefix(RETURN)
        return f"{whole}{_tail(caller)}.{caller.component}{place}", f"{caller.component}{place}"

    def _part(self, bank: Bank) -> str:
        """What a bank computes on the way to its statement's value."""
        if bank.part or bank.statement not in self._handed_on:
            return bank.part
        action = bank.cells[-1].action
        return action.op.word.name if isinstance(action, Apply) else "given"

    @cached_property
    def _readers(self) -> dict[str, list[Bank]]:
        """The banks that read a bank, by its key."""
        found: dict[str, list[Bank]] = defaultdict(list)
        for bank in self.plan.banks:
            for key in dict.fromkeys(map(key_of, bank.providers)):
                found[key].append(bank)
        return found

    @cached_property
    def _predicted(self) -> set[str]:
        """The keys of the banks whose values are predictions."""
        heads = self.plan.heads.values()
        return {key_of(source.provider) for head in heads for source in head.sources}

    @cached_property
    def _calling(self) -> set[Statement]:
        """The statements that call components."""
        return {c.statement for bank in self.plan.banks for c in bank.statement.callers()}

    @cached_property
    def _handed_on(self) -> set[Statement]:
        """The statements whose own values are arguments alone."""
        own = [b for b in self.plan.banks if b.statement in self._calling and not b.part]
        return {b.statement for b in own if not self._is_read_outside(b, b.statement)}

    @cached_property
    def _values(self) -> set[Statement]:
        """The statements of components whose values are those of the statements that call them."""
        kept = self._calling - self._handed_on
        own = {bank.statement for bank in self.plan.banks if not bank.part} & kept
        ends: dict[Statement, set[Statement]] = defaultdict(set)
        for bank in self.plan.banks:
            for statement, caller in _led_to(bank.statement):
                if not bank.part and caller not in own and self._is_read_outside(bank, caller):
                    ends[caller].add(statement)
        return {only for found in ends.values() if len(found) == 1 for only in found}

    def _is_read_outside(self, bank: Bank, statement: Statement) -> bool:
        """Whether others read a bank than what a statement calls."""
        readers = (reader.statement for reader in self._readers.get(bank.key, ()))
        inside = (statement in [c.statement for c in reader.callers()] for reader in readers)
        return bank.key in self._predicted or not all(inside)


def _led_to(statement: Statement) -> Iterator[tuple[Statement, Statement]]:
    """A statement of a component with the one that calls it, as that has the value of the call."""
    while statement.caller is not None and statement.caller.results == 1:
        yield statement, statement.caller.statement
        statement = statement.caller.statement


def _tail(caller: Caller) -> str:
    return f".{caller.number}" if caller.number else ""


def _with(title: str, part: str) -> str:
    return f"{title}_{part}" if part else title
