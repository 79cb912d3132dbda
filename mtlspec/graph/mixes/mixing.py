"""Gates and stitches: candidates weighed by a router of computed or of learned scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.options import read_model
from mtlspec.graph.expressions import express
from mtlspec.graph.mixes import scores
from mtlspec.graph.mixes.candidates import (
    Candidate,
    NoCandidates,
    joined_type,
    mixed_type,
    read_candidates,
)
from mtlspec.graph.mixes.coefficients import Blocks, Start, initial_scores
from mtlspec.graph.mixes.of_one import GateOfOne, StitchOfOne
from mtlspec.graph.mixes.scores import ScoresAreGiven, ScoresElsewhere, Wanted
from mtlspec.graph.node import Mix, Node, Route
from mtlspec.graph.values import Failed
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.types import Tensor, Type
from mtlspec.words.routers import PERTURBED, GateOptions, Misfit, MixOptions, Router, StitchOptions
from mtlspec.words.word import Options


class NoSelector(Error):
    """A gate needs something to choose by.

    What it means: what stands after `by` is `none`, or an empty part of a family.

    Example:
        gate g[task] = e by none

    Instead:
        gate g[task] = e by features
        stitch g[task] = e                 # coefficients that no row decides

    Why: a gate computes its coefficients from a value.
    """

    id = "MTL0507"
    title = "a gate needs a value to choose by"
    name: str
    span: Span

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"`{self.name}` is left with none", primary=True)]

    def help(self) -> str:
        return "a `stitch` mixes with coefficients that no value decides"


class SelectorAxes(Error):
    """A gate chooses by a vector, for each row or for each token of its candidates.

    What it means: the selector has another axis, which the candidates do not share.

    Example:
        weight w : f32[4, 8]
        gate g = a, b by w

    Instead:
        weight w : f32[8]
        gate g = a, b by w

    Why: each vector gives one mixture, so that there are as many mixtures as vectors.
    """

    id = "MTL0514"
    title = "a gate chooses by a vector"
    found_type: str
    candidates: str
    span: Span

    def labels(self) -> Sequence[Label]:
        text = f"{self.found_type}, where the candidates are {self.candidates}"
        return [Label(self.span, text, primary=True)]


class RouterMisfit(Error):
    """A router fits the candidates that it weighs.

    What it means: the router keeps more candidates than there are, or has an option that means
    nothing here.

    Example:
        expert e[4] = features -> mlp(8)
        gate(top(5)) g = e by features

    Instead:
        gate(top(2)) g = e by features

    Why: a router that chooses needs something to choose from.
    """

    id = "MTL0508"
    title = "a router fits the candidates that it weighs"
    router: str
    misfit: Misfit
    span: Span

    def headline(self) -> str:
        return f"`{self.router}` {self.misfit.why}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return self.misfit.instead


class BeginsWithoutBias(Error):
    """A gate that begins with given coefficients has a bias.

    What it means: `init:` stands beside `bias: no`.

    Example:
        gate(init: even, bias: no) g = e by features

    Instead:
        gate(init: even) g = e by features

    Why: W s differs from row to row, so that only W = 0 and a bias give every row the same.
    """

    id = "MTL0513"
    title = "a gate that begins with given coefficients has a bias"
    span: Span
    init: Span

    def labels(self) -> Sequence[Label]:
        return [
            Label(self.span, "leave this out", primary=True),
            Label(self.init, "W begins with zeros, and b with these"),
        ]


@dataclass(frozen=True, slots=True)
class Mixing:
    """A gate or a stitch that is being built: its options and its candidates."""

    b: Builder
    statement: tree.Gate | tree.Stitch
    read: MixOptions
    candidates: Sequence[Candidate]
    where: Where

    @property
    def span(self) -> Span:
        return self.statement.span

    @property
    def nodes(self) -> list[Node]:
        return [candidate.node for candidate in self.candidates]

    @property
    def router(self) -> Router:
        assert isinstance(self.read.router.word, Router)
        return self.read.router.word

    def fits(self, *, by_row: bool) -> bool:
        """Whether the router fits the candidates; if not, that is reported."""
        options, count = self.read.router.options, len(self.candidates)
        misfit = self.router.misfit(options, count, by_row=by_row)
        if self.read.per == "matrix" and self.router.compares:
            misfit = Misfit(
                "compares candidates, and a matrix has no number per candidate",
                "of a matrix each number is on its own, as by `free`",
            )
        if misfit is not None:
            given = [arg.span for arg in self.statement.options if arg.name is None]
            place = given[0] if given else self.span
            self.b.report.add(RouterMisfit(self.router.name, misfit, place))
        return misfit is None

    def alone(self) -> Node | None:
        """The one candidate that a mix is, where its router gives it 1 in any case."""
        if len(self.candidates) != 1 or not self.router.alone:
            return None
        assert self.where.owner is not None
        only, statement = self.candidates[0].node, self.where.owner.statement
        self.b.alone.add(only.key)
        if not self.b.report.errors:  # else others may be missing
            self.b.report.add(GateOfOne(statement.keyword, statement.name, self.span))
        return only

    def initial(self) -> tuple[Start, ...] | None:
        """How the scores begin."""
        assert self.where.owner is not None
        keys = [candidate.index for candidate in self.candidates]
        found = initial_scores(self.b, self.read, self.where.owner.index, keys, self.where)
        value, widths = self.value, self.widths
        if found is None or not isinstance(value, Tensor) or self.read.per != "matrix":
            return found
        (nothing,) = self.router.invert(self.read.router.options, [0.0]) or (0.0,)
        return tuple(
            Blocks(start.numbers, start.drawn, widths=widths, other=nothing, columns=value.width)
            for start in found
        )

    @property
    def value(self) -> Type:
        """The type of the mixture; a mix by matrices is as wide as the first own candidate."""
        if self.read.per != "matrix":
            return mixed_type(self.nodes)
        assert self.where.owner is not None
        member = self.where.owner.index
        own = [c.node for c in self.candidates if member and c.index[: len(member)] == member]
        return joined_type(self.nodes, (own or self.nodes)[0])

    @property
    def widths(self) -> tuple[int, ...]:
        """How wide each candidate is."""
        types = [node.type for node in self.nodes]
        return tuple(kind.width for kind in types if isinstance(kind, Tensor) and kind.shape)

    def wanted(self, starts: Sequence[Start] | None) -> Wanted:
        """The scores that are to be learned: of a matrix, one per number of the candidates."""
        kind = self.value
        channels = 1
        if isinstance(kind, Tensor) and self.read.per != "scalar":
            channels = kind.width
        count = sum(self.widths) if self.read.per == "matrix" else len(self.candidates)
        return Wanted(self.read.router, count, channels, self.read.lr, starts)

    def mixed(self, scores: Sequence[Node], count: int, channels: int) -> Node:
        """Σ aᵢ cᵢ with a = router(ℓ).

        Coefficients of rows are [*tokens, n], with channels [*tokens, n, d], others [n, 1|d]; the
        matrices of candidates lie below one another, [their widths, width].
        """
        assert self.where.owner is not None
        owner, kind = self.where.owner, scores[0].type
        assert isinstance(kind, Tensor)
        plain = kind.rows and self.read.per == "scalar"
        lead = kind.shape[:-1] if kind.rows else ()
        shape = (*lead, count) if plain else (*lead, count, channels)
        names = [each.name for each in self.router.reads(self.read.router.options, count)]
        known = {name: node.key for name, node in zip(names, scores, strict=True)}
        perturb = self.router.perturb(self.read.router.options)
        if perturb is not None:
            scores = [self.b.apply(perturb, kind, tuple(scores), owner, self.span)]
            known[PERTURBED] = scores[0].key
        quantities = tuple((what, known[name]) for what, name in self.router.quantities.items())
        route = Route(self.read.router, count, -1 if plain else -2, quantities)
        found = Tensor(shape, rows=kind.rows)
        coefficients = self.b.add(route, found, tuple(scores), owner, self.span)
        places = tuple(c.span for c in self.candidates)
        mix = Mix(len(places), places, self.read.per)
        inputs = (*self.nodes, coefficients)
        value = self.value
        if isinstance(value, Tensor):
            value = replace(value, rows=value.rows or kind.rows)
        return self.b.add(mix, value, inputs, owner, self.span)


def gate(b: Builder, statement: tree.Gate, where: Where) -> Node:
    """Σ aᵢ cᵢ with a = router(ℓ), ℓ being computed from a selector or given."""
    assert where.owner is not None
    options = read_model(b, "gate", GateOptions, statement.options, where, statement.span)
    mixing = _mixing(b, statement, options, where)
    call = scores.call_of(statement.selectors, where)
    if call is not None and mixing is not None:
        return _by_scores(mixing, call)
    selectors = [n for expr in statement.selectors for n in express.nodes(b, expr, where)]
    if not selectors:
        b.report.add(NoSelector(where.owner.statement.name, statement.span))
    if mixing is None or not selectors:
        return b.nothing(where.owner, statement.span)
    return _by_selector(mixing, selectors)


def _by_selector(mixing: Mixing, selectors: Sequence[Node]) -> Node:
    """ℓ = W s, or W s + b."""
    b, read, owner = mixing.b, cast("GateOptions", mixing.read), mixing.where.owner
    assert owner is not None
    if read.init and read.bias is False:
        b.report.add(BeginsWithoutBias(_option(mixing, "bias"), _option(mixing, "init")))
        return b.nothing(owner, mixing.span)
    by_row = any(isinstance(s.type, Tensor) and s.type.rows for s in selectors)
    tokens = any(isinstance(s.type, Tensor) and s.type.tokens for s in selectors)
    if not mixing.fits(by_row=by_row and not tokens):
        return b.nothing(owner, mixing.span)
    only = mixing.alone()
    if only is not None:
        return only
    starts = mixing.initial() if read.init else None
    selector = scores.join(b, selectors, mixing.span, mixing.where)
    fine = starts is not None or not read.init
    if not fine or isinstance(selector, Failed) or not _may_select(mixing, selector):
        return b.nothing(owner, mixing.span)
    wanted, bias = mixing.wanted(starts), bool(read.bias)
    if not wanted.candidates:  # of matrices, where a candidate has an error
        return b.nothing(owner, mixing.span)
    made = scores.computed(b, selector, wanted, mixing.span, mixing.where, bias=bias)
    if isinstance(made, Failed) or not isinstance(made[0].type, Tensor):
        return b.nothing(owner, mixing.span)
    return mixing.mixed(made, wanted.candidates, wanted.channels)


def _may_select(mixing: Mixing, selector: Node) -> bool:
    """Whether a selector is a vector, or one for each token of the candidates."""
    kind, mixture = selector.type, mixing.value
    if not isinstance(kind, Tensor) or not isinstance(mixture, Tensor):
        return True
    lead = kind.shape[:-1]
    if kind.shape and lead == mixture.shape[: len(lead)] and lead == kind.tokens:
        return True
    assert isinstance(mixing.statement, tree.Gate)
    place = mixing.statement.selectors[0].span
    mixing.b.report.add(SelectorAxes(str(kind), str(mixture), place))
    return False


def _by_scores(mixing: Mixing, call: tree.Call) -> Node:
    """ℓ as it is given."""
    b, count, owner = mixing.b, len(mixing.candidates), mixing.where.owner
    assert owner is not None
    statement = mixing.statement
    assert isinstance(statement, tree.Gate)
    fine = len(statement.selectors) == 1
    if not fine:
        b.report.add(ScoresElsewhere(call.span))
    for arg in statement.options:
        if arg.name is not None and arg.name.name in ("bias", "init", "lr", "per"):
            b.report.add(ScoresAreGiven(f"`{arg.name.name}:`", arg.span, call.span))
            fine = False
    if len(mixing.router.reads(mixing.read.router.options, count)) > 1:
        place = next(arg.span for arg in statement.options if arg.name is None)
        b.report.add(ScoresAreGiven(f"`{mixing.router.name}`", place, call.span))
        fine = False
    given = scores.scores_given(b, call, count, mixing.where)
    if not fine or isinstance(given, Failed) or not isinstance(given.type, Tensor):
        return b.nothing(owner, mixing.span)
    if not mixing.fits(by_row=given.type.rows and not given.type.tokens):
        return b.nothing(owner, mixing.span)
    return mixing.alone() or mixing.mixed([given], count, 1)


def stitch(b: Builder, statement: tree.Stitch, where: Where) -> Node:
    """Σ aᵢ cᵢ with a = router(ℓ), ℓ learned as it is."""
    assert where.owner is not None
    options = read_model(b, "stitch", StitchOptions, statement.options, where, statement.span)
    mixing = _mixing(b, statement, options, where)
    if mixing is None or not mixing.fits(by_row=False):
        return b.nothing(where.owner, statement.span)
    only = mixing.alone()
    if only is not None:
        return only
    starts = mixing.initial()
    if starts is None:
        return b.nothing(where.owner, statement.span)
    first, *others = mixing.candidates
    if not others and not first.counted and not b.report.errors:  # else others may be missing
        b.report.add(StitchOfOne(where.owner.statement.name, statement.span))
    wanted = mixing.wanted(starts)
    made = scores.learned(b, wanted, statement.span, where)
    return mixing.mixed(made, wanted.candidates, wanted.channels)


def _mixing(
    b: Builder, statement: tree.Gate | tree.Stitch, options: Options | None, where: Where
) -> Mixing | None:
    """A mix with its options and candidates; None after an error."""
    assert where.owner is not None
    read = cast("MixOptions | None", options)
    if read is not None and isinstance(read.router.word, Router):
        where.owner.attributes.update(read.router.word.names)
    candidates = read_candidates(b, statement.candidates, where)
    if not candidates:
        b.report.add(NoCandidates(where.owner.statement.name, statement.span))
    if read is None or not candidates:
        return None
    return Mixing(b, statement, read, candidates, where)


def _option(mixing: Mixing, name: str) -> Span:
    """Where an option is given."""
    given = (arg for arg in mixing.statement.options if arg.name is not None)
    return next(arg.span for arg in given if arg.name is not None and arg.name.name == name)
