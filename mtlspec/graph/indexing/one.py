"""Where one value is needed and a family is given: which of its values may be meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Where
from mtlspec.graph.naming.scope import Bound
from mtlspec.graph.node import Label as Name
from mtlspec.graph.node import Node
from mtlspec.graph.values import Members, Value
from mtlspec.source import Span
from mtlspec.syntax import tree


@dataclass(frozen=True, slots=True)
class Choice:
    """How a spec writes a family, and one of its values: the one of this member, or some one."""

    family: str
    one: str = ""
    own: bool = False

    def help(self) -> str:
        """What to write instead of the family."""
        joined = ", ".join(f"`{op}({self.family})`" for op in ("concat", "mean", "sum"))
        if not self.one:
            return f"join them: {joined}"
        if self.own:
            return f"`{self.one}` is this member's own; {joined} join all"
        return f"pick one, such as `{self.one}`, or join them: {joined}"


class OneValueNeeded(Error):
    """Where one value is needed, a family is too many.

    What it means: the name stands for several values. A family may stand in a list of
    candidates, and as the argument of `concat`, `sum`, `mean` and their like.

    Example:
        layer h[task] = features -> mlp(8)
        head[task] = h -> mlp(8)

    Instead:
        head[task] = h[task] -> mlp(8)        # each task's own
        head[task] = mean(h) -> mlp(8)        # of all of them, for each task

    Why: it would be a guess whether the values were meant to be added, joined or taken in turn.
    """

    id = "MTL0306"
    title = "one value is needed, not a family"
    count: int
    span: Span
    choice: Choice

    def labels(self) -> Sequence[Label]:
        many = "1 value" if self.count == 1 else f"{self.count} values"
        text = f"`{self.choice.family}` is a family of {many}"
        return [Label(self.span, text, primary=True)]

    def help(self) -> str:
        return self.choice.help()


def one_needed(family: Members, span: Span, where: Where) -> OneValueNeeded:
    """What is said of a family in the expression at `span`; marked is where its name stands."""
    written = _written(family, span)
    place = span if written is None else written.span
    return OneValueNeeded(len(family.members), place, choice_of(family, span, where))


def _written(family: Members, span: Span) -> tree.Expr | None:
    """How a family is written in the expression at `span`; None where it is what a call returns."""
    written = family.written
    return written if written is not None and written.span.within(span) else None


def choice_of(family: Members, span: Span, where: Where) -> Choice:
    """How one value of a family is written by whoever stands at `where`."""
    written = _written(family, span)
    if written is None or "\n" in written.span.text:
        return Choice(span.text if "\n" not in span.text else family.name)
    given = written.index if isinstance(written, tree.Pick) else ()
    base = written.value.span.text if isinstance(written, tree.Pick) else written.span.text
    first = next(iter(family.members), ())
    bound = _bound(where)
    index: list[str] = []
    own = True
    for place, label in enumerate(first):
        if place in family.picked and place < len(given):
            index.append(given[place].span.text)
            continue
        labels = {key[place] for key in family.members}
        fits = (n for n, of in bound.items() if of in labels and n not in index)
        name = next(fits, None)
        own = own and name is not None
        index.append(name or _shown(label))
    one = f"{base}[{', '.join(index)}]" if first else ""
    return Choice(written.span.text, one, own and bool(bound))


def _bound(where: Where) -> Mapping[str, Name]:
    """The names that stand for a member here, the innermost first."""
    visible = reversed(where.scope.visible().items())
    return {name: s.element.label for name, s in visible if isinstance(s, Bound)}


def _shown(label: Name) -> str:
    """A label as an index is written: a text that is no name in quotes."""
    return str(label) if isinstance(label, int) or label.isidentifier() else f'"{label}"'


def index_of(expr: tree.Pick, found: Value) -> str:
    """What to write for an index of what has none: of a part of a family, or of one value."""
    inner = expr.value
    if isinstance(found, Node):
        return f"to have some of its numbers, cut it: `let a, b = split({inner.span.text}, …)`"
    if not isinstance(inner, tree.Pick):
        return ""
    arity = max(map(len, found.members), default=0) if isinstance(found, Members) else 0
    if arity < len(inner.index) + len(expr.index):
        return "a part has no index of its own: give its set a name by `set`"
    items = ", ".join(item.span.text for item in (*inner.index, *expr.index))
    return f"the indices of a family stand together: `{inner.value.span.text}[{items}]`"
