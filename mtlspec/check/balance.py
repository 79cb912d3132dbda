"""Rules of `balance`: it names losses that there are, and finds the layer that it measures at."""

from collections.abc import Iterator, Sequence

from mtlspec.diagnostics import Error, Label, closest
from mtlspec.graph.build import Built
from mtlspec.graph.graph import Graph
from mtlspec.graph.node import Term
from mtlspec.graph.sharing import last_shared
from mtlspec.source import Span
from mtlspec.words.balance import Balance


class BalanceUnknownLoss(Error):
    """`balance` names tasks that are trained, and `loss` terms of the model.

    What it means: a weight is given for something that is no part of the objective: there is no
    task and no `loss` statement of the name, the task has no head in this model or no label, or the
    term is a step that follows the optimiser's and scales itself (`method: prox`).

    Example:
        train { balance : static(incom: 0.5) }

    Instead:
        train { balance : static(income: 0.5) }

    Why: a weight that nothing is multiplied by would be dropped, and the loss that was meant
    would keep the weight 1.
    """

    id = "MTL0720"
    title = "`balance` names tasks that are trained, and `loss` terms"
    name: str
    word: str
    known: tuple[str, ...]
    reason: str
    """Why what has that name cannot be weighed; empty where nothing has."""
    span: Span | None

    def headline(self) -> str:
        return self.reason or f"`{self.name}` is neither a task nor a loss term"

    def labels(self) -> Sequence[Label]:
        if self.span is None:
            return ()
        near = None if self.reason else closest(self.name, self.known)
        return (Label(self.span, f"did you mean `{near}`?" if near else "", primary=True),)

    def place(self) -> str:
        return "train.balance"

    def help(self) -> str:
        return f"`{self.word}` can weigh {', '.join(f'`{name}`' for name in self.known)}"


class NothingShared(Error):
    """`gradnorm` measures gradients at a layer that all tasks share.

    What it means: no layer, expert or gate of the model learns from the losses of all tasks. What
    they share, if anything, are tables of categories or the coefficients of a stitch, and those are
    not measured at.

    Example:
        model apart { layer h[task] = features -> mlp(64)  head[task] = h[task] }
        train { balance : gradnorm }

    Instead: give the tasks a layer in common, or balance them by what needs none, such as
    `uncertainty` or `dwa`.

    Why: the method makes the tasks pull equally hard at one thing. Where they pull at different
    things there is nothing to compare; a table of a category is touched by a few rows of a batch
    only, and its gradient says which rows those were.
    """

    id = "MTL0721"
    title = "gradients are compared at a layer that all tasks share"
    word: str
    tasks: tuple[str, ...]
    span: Span | None

    def headline(self) -> str:
        shown = " and ".join(f"`{name}`" for name in self.tasks)
        who = shown if len(self.tasks) == 2 else f"all {len(self.tasks)} tasks"
        return f"no layer leads to {who}, and `{self.word}` measures at one that does"

    def labels(self) -> Sequence[Label]:
        return (Label(self.span, primary=True),) if self.span else ()

    def place(self) -> str:
        return "train.balance"

    def help(self) -> str:
        return "`uncertainty`, `dwa` and `dtp` need no shared layer"


def balance_finds_what_it_needs(built: Built) -> Iterator[Error]:
    """What its options name, and a shared layer where it measures at one."""
    bound, graph = built.train.balance, built.graph
    word = bound.word
    assert isinstance(word, Balance)
    if not graph.heads or built.incomplete:
        return
    tasks = [task for task in graph.tasks if task.trained]
    trained = tuple(task.name for task in tasks)
    terms = [name for name, proximal in _terms(graph) if not proximal]
    known = tuple(dict.fromkeys([*(task.family or task.name for task in tasks), *terms]))
    for name in word.names(bound.options):
        if name not in known and name not in trained:
            span = bound.names.get(name, bound.span)
            yield BalanceUnknownLoss(name, word.name, known, _reason(graph, name), span)
    if word.needs_shared_layer and len(trained) > 1 and not last_shared(graph):
        yield NothingShared(word.name, trained, bound.span)


def _terms(graph: Graph) -> Iterator[tuple[str, bool]]:
    """The name of each loss term, and whether it is a proximal step."""
    for key in graph.terms:
        node = graph.node(key)
        yield node.site.statement.name, isinstance(node.role, Term) and node.role.proximal


def _reason(graph: Graph, name: str) -> str:
    if any(name == term for term, _ in _terms(graph)):
        return f"the loss `{name}` is a proximal step, which is no part of the objective"
    if all(name != task.name for task in graph.schema.tasks):
        return ""
    lacks = "label" if name in graph.heads else "head"
    return f"the task `{name}` has no {lacks}, so it has no loss to weigh"
