"""Programs in a few lines, what is said of them, and what their graphs hold."""

from collections.abc import Mapping

from mtlspec import pipeline
from mtlspec.diagnostics import Diagnostic, SpecError
from mtlspec.graph.graph import Graph
from mtlspec.types import Tensor

SCHEMA = """
features { age, wage : numeric   job : category(4) }
tasks {
    click : binary(label: clicked)
    cart  : binary(label: carted)
    buy   : binary(label: bought)
}
"""
"""Eight numbers a row: two for each number, four for `job`."""


def program(statements: str, *, before: str = "", schema: str = SCHEMA) -> str:
    """A text with a schema, more declarations, and a model of these statements."""
    return f"{schema}{before}\nmodel m {{\n{statements}\n}}\n"


def run(
    text: str,
    *,
    files: Mapping[str, str] | None = None,
    overlays: Mapping[str, str] | None = None,
    schema: str | None = None,
    upto: pipeline.Stage = "graph",
) -> pipeline.Outcome:
    """The outcome of `spec.mtl` with that text, beside other files."""
    texts = {"spec.mtl": text, **(files or {})}

    def read(path: str) -> str:
        if path not in texts:
            raise FileNotFoundError(2, "No such file or directory")
        return texts[path]

    return pipeline.run("spec.mtl", read=read, overlays=overlays, schema=schema, upto=upto)


def graph_of(text: str, **given) -> Graph:
    """The graph of a program that has no error."""
    outcome = run(text, **given)
    assert not outcome.report.errors, SpecError(outcome.report.errors)
    assert outcome.graph is not None
    assert outcome.graph.heads
    return outcome.graph


def build(statements: str, *, before: str = "", **given) -> Graph:
    """The graph of a model of these statements."""
    return graph_of(program(statements, before=before), **given)


def said_of(text: str, **given) -> list[str]:
    """What is said of a program: each id with the text that it marks."""
    return [_said(d) for d in run(text, **given).report.found]


def said(statements: str, *, before: str = "", **given) -> list[str]:
    """What is said of a model of these statements."""
    return said_of(program(statements, before=before), **given)


def _said(diagnostic: Diagnostic) -> str:
    label = diagnostic.primary
    return f"{diagnostic.id} {' '.join(label.span.text.split()) if label else ''}".strip()


def one(diagnostic_id: str, text: str, **given) -> Diagnostic:
    """The only diagnostic of that id."""
    (found,) = (d for d in run(text, **given).report.found if d.id == diagnostic_id)
    return found


def types(graph: Graph, name: str) -> dict[str, str]:
    """The type of each member's value, by logical name, of the statements of that name."""
    last = {n.site.logical: n for n in graph.nodes() if n.site.statement.name == name}
    return {logical: str(node.type) for logical, node in last.items()}


def members(graph: Graph, name: str) -> list[str]:
    return list(types(graph, name))


def widths(graph: Graph, name: str) -> list[int]:
    """The last dimension of each member's value."""
    last = {n.site.logical: n for n in graph.nodes() if n.site.statement.name == name}
    return [n.type.width for n in last.values() if isinstance(n.type, Tensor)]


def reads(graph: Graph, logical: str) -> list[str]:
    """The values of others that a member reads, in order."""
    nodes = [n for n in graph.nodes() if n.site.logical == logical]
    assert nodes, f"there is no {logical}"
    sources = [source.site.logical for node in nodes for source in graph.inputs(node)]
    return [source for source in sources if source != logical]
