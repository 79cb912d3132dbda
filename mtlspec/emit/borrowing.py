"""Calls of the layers of blocks, by whoever the weights are lent to."""

from collections.abc import Sequence
from dataclasses import dataclass

from mtlspec import pysource as py
from mtlspec.emit.axes import for_members, with_row, without_row
from mtlspec.emit.readings import Read, Variable
from mtlspec.plan.plan import Plan, Reading
from mtlspec.types import Tensor
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound

ONCE = (1, 1)


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What a call gives; read in several `rounds` it has those in front: `in_order` joins them."""

    read: Read
    rounds: tuple[int, int] = ONCE

    def in_order(self, value: py.Expr) -> py.Expr:
        """The value of each member, in the order of the members."""
        if self.rounds[0] > 1:
            value = py.method(value, "transpose", py.Constant(0), py.Constant(1))
        return py.method(value, "flatten", py.Constant(0), py.Constant(1))


def borrowed(
    op: Bound,
    lender: Reading,
    operands: Sequence[Read],
    plan: Plan,
    variable: Variable,
    kind: Tensor,
) -> Borrowed:
    """An op with the weights that `lender` names.

    All members may call one layer, or a whole block in its order; else each calls a layer itself.
    """
    word, options = op.word, op.options
    assert isinstance(word, Op)
    block = plan.bank_of(lender.providers[0])
    assert block is not None
    if block.stacked:
        return _of_stack(op, lender, operands, len(block.members), variable, kind)
    if lender.one is not None and (word.reads_groups or not any(o.stacked for o in operands)):
        written = word.write(options, [o.spread() for o in operands], variable(lender.one.provider))
        stacked = any(operand.stacked for operand in operands)
        return Borrowed(Read(written, "each" if stacked else "one", kind))
    calls = [
        word.write(options, [_of_member(o, place) for o in operands], variable(source.provider))
        for place, source in enumerate(lender.sources)
    ]
    return Borrowed(Read(py.call("torch.stack", py.array(calls)), "each", kind))


def call_block(
    whole: Reading, values: Sequence[Read], plan: Plan, variable: Variable, kind: Tensor
) -> Read:
    """A block as a whole, of values; a stack of blocks is one, else members may have their own."""
    provider, *others = whole.providers
    block = plan.bank_of(provider)
    assert block is not None
    if others:
        calls = [
            py.call(variable(source.provider), *(_of_member(value, place) for value in values))
            for place, source in enumerate(whole.sources)
        ]
        return Read(py.call("torch.stack", py.array(calls)), "each", kind)
    members = len(whole.sources)
    given = [for_members(v, members) if block.stacked else v.spread() for v in values]
    stacked = block.stacked or any(value.stacked for value in values)
    called = py.call(variable(provider), *given)
    return Read(called, "each" if stacked else "one", kind)


def _of_stack(
    op: Bound,
    lender: Reading,
    operands: Sequence[Read],
    count: int,
    variable: Variable,
    kind: Tensor,
) -> Borrowed:
    """A call of a block with `count` members, all of them in order, once or several times."""
    assert isinstance(op.word, Op)
    rounds = lender.rounds(count)
    assert rounds is not None
    lined = [_in_rounds(o, rounds, count) for o in operands]
    written = op.word.write(op.options, [with_row(o) for o in lined], variable(lender.providers[0]))
    return Borrowed(Read(without_row(written, lined), "each", kind), rounds)


def _in_rounds(value: Read, rounds: tuple[int, int], count: int) -> Read:
    """The values of the members with those that call one layer behind one another."""
    times, repeats = rounds
    if rounds == ONCE or not value.stacked:
        return Read(_shared(value, count, rounds), "each", value.type)
    if times > 1 and value.pattern == "groups" and value.repeat == count:
        minus = [py.Constant(-1)] * (1 + value.type.rows + len(value.type.shape))
        return Read(py.method(value.expr, "expand", py.Constant(count), *minus), "each", value.type)
    sizes = py.sized(times, count) if times > 1 else py.sized(count, repeats)
    parts: py.Expr = py.method(value.spread(), "unflatten", py.Constant(0), sizes)
    if times > 1:
        parts = py.method(parts, "transpose", py.Constant(0), py.Constant(1))
    return Read(parts, "each", value.type)


def _shared(value: Read, count: int, rounds: tuple[int, int]) -> py.Expr:
    """A value for each call, where calls are made once or all members share the value."""
    if rounds == ONCE:
        return for_members(value, count)
    own = [py.Constant(-1)] * (value.type.rows + len(value.type.shape))
    sizes = [py.Constant(count), py.Constant(rounds[0] * rounds[1]), *own]
    return py.method(value.expr, "expand", *sizes)


def _of_member(value: Read, place: int) -> py.Expr:
    return py.pick(value.spread(), place) if value.stacked else value.expr
