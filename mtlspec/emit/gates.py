"""Gates and stitches in PyTorch: the coefficients, and what they weigh."""

from collections.abc import Sequence
from dataclasses import replace

from mtlspec import pysource as py
from mtlspec.emit.axes import for_members, spread_out
from mtlspec.emit.mixes import Run, Weighing, in_layout, mixed, multiplied, runs
from mtlspec.emit.readings import Pattern, Read
from mtlspec.emit.writing import Writing, shape_comment
from mtlspec.graph.node import Mix, Route
from mtlspec.names import fresh, identifier
from mtlspec.plan.plan import Cell, Inner, Operand
from mtlspec.words.routers import Router

LONGEST_TARGET = 32
"""Names left of a `split`; more of them are kept in one variable."""
LAST = py.Constant(-1)


def write_route(code: Writing, cell: Cell, route: Route) -> Read:
    """The coefficients of a mix, in a variable unless they are learned as they are."""
    router = route.router.word
    assert isinstance(router, Router)
    code.functions.update(router.copies(route.router.options))
    code.depth.append(0)
    operands = [code.operand(operand) for operand in cell.operands]
    stacked = any(operand.stacked for operand in operands)
    if router.draws and code.bank.stacked and not stacked:
        members = len(code.bank.members)
        operands = [replace(o, expr=for_members(o, members)) for o in operands]
        stacked = True
    scores = [in_layout(operand, cell.type) for operand in operands]
    written = router.write(route.router.options, scores, route.candidates, route.axis)
    kind: Pattern = "each" if stacked else "one"
    plain = isinstance(written, py.Name) and not cell.type.rows
    if plain or cell is code.bank.cells[-1]:
        return Read(written, kind, cell.type)
    weights = code.free("a")
    comment = shape_comment(cell.type, code.bank, stacked=stacked) if cell.type.rows else ""
    code.body.append(py.Assign(weights, written, comment))
    return Read(weights, kind, cell.type)


def write_mix(code: Writing, cell: Cell, mix: Mix) -> Read:
    """Σ aᵢ cᵢ, a term for each run of candidates that lie side by side."""
    weights = code.operand(cell.operands[mix.candidates])
    code.depth.append(1)
    if mix.per == "matrix":
        return _product(code, cell, mix, weights)
    if not isinstance(weights.expr, py.Name):
        name = code.free("a")
        code.body.append(py.Assign(name, weights.spread()))
        weights = Read(name, "each" if weights.stacked else "one", weights.type)
    assert isinstance(weights.expr, py.Name)
    weighing = Weighing.of(weights.type, mix.per, cell.type)
    found = runs(cell.operands[: mix.candidates], code.plan)
    if any(len(run.readings) > 1 for run in found):
        code.lowerings.update(weighing.lowerings)
    parts = _split(code, weights.expr, found, dim=weighing.axis)
    terms = [
        mixed(run, part, weighing, code.plan, code.variable, code.values)
        for run, part in zip(found, parts, strict=True)
    ]
    stacked = weights.stacked or any(own for _, own in terms)
    total = _added(code, [term for term, _ in terms])
    return Read(total, "each" if stacked else "one", cell.type)


def _product(code: Writing, cell: Cell, mix: Mix, weights: Read) -> Read:
    """Σ Aᵢ cᵢ: candidates side by side times the matrices below one another."""
    candidates = [code.operand(operand) for operand in cell.operands[: mix.candidates]]
    stacked = any(candidate.stacked for candidate in candidates)
    whole = _beside(code, cell.operands[: mix.candidates], candidates)
    x = Read(whole, "each" if stacked else "one", candidates[0].type)
    weights = Read(weights.spread(), "each" if weights.stacked else "one", weights.type)
    either = stacked or weights.stacked
    return Read(multiplied(weights, x, cell.type), "each" if either else "one", cell.type)


def _beside(code: Writing, operands: Sequence[Operand], candidates: Sequence[Read]) -> py.Expr:
    """Candidates side by side, in their last axis."""
    run = runs(operands, code.plan)[0]
    if run.slots == tuple(operands) and run.is_whole(code.plan):
        values = py.call("list", code.variable(run.provider or ""))
        return py.call("torch.cat", values, dim=LAST)
    joined = spread_out(candidates, len(code.bank.members))
    return joined[0] if len(joined) == 1 else py.call("torch.cat", py.array(joined), dim=LAST)


def _split(code: Writing, weights: py.Name, found: Sequence[Run], dim: int) -> list[py.Expr]:
    """The coefficients of each run, named after what they weigh."""
    if len(found) == 1:
        return [weights]
    taken = code.taken
    lead = weights.text.rpartition(".")[2]
    names = [py.Name(fresh(f"{lead}_{_run_name(code, run)}", taken)) for run in found]
    sizes = py.array(py.Constant(len(run.slots)) for run in found)
    split = py.call("torch.split", weights, sizes, dim=py.Constant(dim))
    target = ", ".join(name.text for name in names)
    if len(target) > LONGEST_TARGET:
        parts = py.Name(fresh(f"{lead}_parts", taken))
        code.body.append(py.Assign(parts, split))
        return [py.pick(parts, place) for place in range(len(found))]
    code.body.append(py.Assign(py.Name(target), split))
    return list(names)


def _run_name(code: Writing, run: Run) -> str:
    slot = run.slots[0]
    return "own" if isinstance(slot, Inner) else identifier(code.names[slot.providers[0]])


def _added(code: Writing, terms: Sequence[py.Expr]) -> py.Expr:
    """The sum of the runs, a line each."""
    total = terms[0]
    name = code.free("y")
    for term in terms[1:]:
        code.body.append(py.Assign(name, total))
        total = py.Binary("+", name, term)
    return total
