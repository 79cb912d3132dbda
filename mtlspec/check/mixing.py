"""Rules of gates and stitches."""

import re
from collections.abc import Iterable, Iterator, Sequence

from mtlspec.diagnostics import Error, Label, Warn
from mtlspec.graph.build import Built
from mtlspec.graph.builder import marks_of
from mtlspec.graph.node import Index, Mix, Node, Nothing, Statement
from mtlspec.source import Span
from mtlspec.types import Tensor
from mtlspec.words.routers import Per


class CandidatesDiffer(Error):
    """The candidates of one gate have one shape.

    What it means: a gate returns the weighted sum of its candidates, and these differ in shape.

    Example:
        expert mine[task, 3] = features -> mlp(128, 64)
        expert ours[2]       = features -> mlp(128, 96)
        gate g[task] = mine[task], ours by features

    Instead: end both in the same width.

    Why: numbers at the same place are added, so each candidate needs a number at each place.
    """

    id = "MTL0304"
    title = "candidates of one gate must have one shape"
    place_of_other: Span
    first: Span
    first_name: str
    first_type: str
    other: Span
    other_name: str
    other_type: str
    keyword: str = "gate"

    def headline(self) -> str:
        return f"candidates of one {self.keyword} must have one shape"

    def labels(self) -> Sequence[Label]:
        text = f"`{self.other_name}` is {self.other_type}, `{self.first_name}` is {self.first_type}"
        arise = [Label(self.first, self.first_type), Label(self.other, self.other_type)]
        named = (self.first_name, self.other_name)
        return [
            Label(self.place_of_other, text, primary=True),
            *(label for label, name in zip(arise, named, strict=True) if name != "features"),
        ]

    def notes(self) -> Sequence[str]:
        return [f"a {self.keyword} returns the weighted sum of its candidates"]

    def help(self) -> str:
        line = self.other.file.line(self.other.line).strip()
        mended = self._mended()
        if mended is None or max(len(line), len(mended)) > LONGEST_EXAMPLE:
            return "end both in the same width"
        number = self.other.line
        changes = f"{number} - {line}\n{number} + {mended}"
        return f"end both in the same width, for example\n{changes}"

    def _mended(self) -> str | None:
        """The line of the other candidate with the width of the first, where it is a number."""
        first, other = _LAST_WIDTH.search(self.first_type), _LAST_WIDTH.search(self.other_type)
        if not first or not other:
            return None
        numbers = re.compile(rf"(?<![\w.]){other[1]}(?![\w.])")
        places = [found.start() for found in numbers.finditer(self.other.text)]
        line = self.other.file.line(self.other.line)
        if not places or self.other.column - 1 + len(self.other.text) > len(line):
            return None
        start = self.other.column - 1 + places[-1]
        return f"{line[:start]}{first[1]}{line[start + len(other[1]) :]}".strip()


_LAST_WIDTH = re.compile(r"(\d+)\]$")
LONGEST_EXAMPLE = 66
"""The longest line that is shown as an example: it is not broken at 80 columns."""


def candidates_of_a_mix_have_one_shape(built: Built) -> Iterator[CandidatesDiffer]:
    """One error a gate: the first candidate that differs from the first of all."""
    reported: set[Span] = set()
    for node, mix in built.graph.mixes():
        first, *others = built.graph.inputs(node)[: mix.candidates]
        for other, place in zip(others, mix.places[1:], strict=True):
            if node.span not in reported and _differ(first, other, mix.per):
                reported.add(node.span)
                yield _differing(node, place, first, other).led_by(marks_of(node.site.statement))


def _differ(first: Node, other: Node, per: Per) -> bool:
    """Whether two candidates cannot be mixed; matrices take candidates of any width."""
    if not isinstance(first.type, Tensor) or not isinstance(other.type, Tensor):
        return False
    if per == "matrix":
        return first.type.shape[:-1] != other.type.shape[:-1]
    return first.type.shape != other.type.shape


def _differing(mix: Node, place: Span, first: Node, other: Node) -> CandidatesDiffer:
    return CandidatesDiffer(
        place,
        first.span,
        first.site.logical,
        str(first.type),
        other.span,
        other.site.logical,
        str(other.type),
        mix.site.statement.keyword,
    )


class ExpertUnmixed(Error):
    """An expert is listed by some gate or stitch.

    What it means: the experts are computed, but no gate chooses among them.

    Example:
        expert e[4] = features -> mlp(8)
        head[task] = mean(e)

    Instead:
        layer e[4] = features -> mlp(8)       # or: gate g[task] = e by features

    Why: `expert` promises that its use is reported gate by gate.
    """

    id = "MTL0501"
    title = "an expert must be listed by a gate or a stitch"
    name: str
    span: Span

    def headline(self) -> str:
        return f"no gate or stitch lists the expert `{self.name}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return f"add `{self.name}` to the candidates of a gate, or write `layer` instead"


def every_expert_is_listed_by_a_mix(built: Built) -> Iterable[ExpertUnmixed]:
    """An expert of which no member is a candidate; silent where some mix has an error.

    One without members, such as `expert ours[0]`, makes nothing that could be listed.
    """
    graph = built.graph
    unread = built.unread & {"gate", "stitch", ""}
    if unread or any(isinstance(node.role, Nothing) for node in graph.nodes()):
        return
    listed = {statement.span for statement, _ in _listed(built)}
    made = (s for s in reversed(graph.statements) if s.keyword == "expert" and s.members)
    experts = {statement.span: statement for statement in made}
    for span, statement in reversed(experts.items()):
        if span not in listed:
            yield ExpertUnmixed(statement.name, span).led_by(marks_of(statement))


class IdleExperts(Warn):
    """Some members of a family of experts are in no list."""

    id = "idle-experts"
    title = "an expert is listed by a gate or a stitch"
    name: str
    idle: int
    count: int
    some: str
    span: Span

    def headline(self) -> str:
        return f"no gate or stitch lists {self.idle} of the {self.count} experts `{self.name}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"`{self.some}` is one of them", primary=True)]

    def help(self) -> str:
        return "in a list of candidates an index that is left out means all members"


def every_member_of_the_experts_is_listed(built: Built) -> Iterable[IdleExperts]:
    """Of experts that some mix lists; silent where part of the model has an error."""
    if built.incomplete:
        return
    listed = set(_listed(built))
    for statement in built.graph.statements:
        members = statement.members if statement.keyword == "expert" else ()
        idle = [member for member in members if (statement, member) not in listed]
        if 0 < len(idle) < len(members):
            some = statement.logical(idle[0])
            yield IdleExperts(statement.name, len(idle), len(members), some, statement.span).led_by(
                marks_of(statement)
            )


def _listed(built: Built) -> Iterator[tuple[Statement, Index]]:
    """The members that are candidates, and those that called the components they are of.

    Of a candidate that is made in the list also the members that it is made of.
    """
    graph = built.graph
    todo = [c for node, mix in graph.mixes() for c in graph.inputs(node)[: mix.candidates]]
    todo += [graph.node(key) for key in built.alone]
    while todo:
        candidate = todo.pop()
        statement, index = candidate.site.statement, candidate.site.index
        yield statement, index
        yield from ((c.statement, index[: c.depth]) for c in statement.callers())
        if statement.keyword in ("gate", "stitch") and not isinstance(candidate.role, Mix):
            todo.extend(graph.inputs(candidate))
