"""The graph as text: every value with its op, its type and what it reads.

Within the paragraph of a member, `.2` is the third of its own values; a value of another member
is named by that member, and by its place where it is not the member's last.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby

from mtlspec.graph.graph import Graph
from mtlspec.graph.node import (
    Apply,
    Column,
    ErrorOf,
    Held,
    LabelOf,
    Learned,
    Mask,
    Mix,
    Node,
    Nothing,
    Place,
    Prediction,
    RawColumn,
    Role,
    Route,
    Site,
    Term,
    WeightsOf,
)


def print_graph(graph: Graph) -> str:
    """One paragraph per member, inputs before their readers; the same text for the same spec."""
    last = {node.site.logical: node.site.ordinal for node in graph.nodes()}
    lines = [f"graph {graph.name}", "", "columns"]
    lines += [_line(graph, node, last) for node in graph.nodes() if isinstance(node.role, Column)]
    rest = (node for node in graph.nodes() if not isinstance(node.role, Column))
    for _, nodes in groupby(rest, key=lambda node: node.site.logical):
        lines += ["", *_paragraph(graph, list(nodes), last)]
    return "\n".join(lines) + "\n"


def _paragraph(graph: Graph, nodes: list[Node], last: Mapping[str, int]) -> Iterator[str]:
    statement, logical = nodes[0].site.statement, nodes[0].site.logical
    alone = statement.name.partition("[")[0] == statement.keyword
    yield logical if alone else f"{statement.keyword} {logical}"
    for node in nodes:
        yield _line(graph, node, last)


def _line(graph: Graph, node: Node, last: Mapping[str, int]) -> str:
    is_column = isinstance(node.role, Column)
    name = node.site.logical if is_column else f".{node.site.ordinal} {_describe(node.role)}"
    reads = [_operand(source.site, node.site, last) for source in graph.inputs(node)]
    built = "" if node.key in graph.live else "    # reaches no head: not built"
    return f"    {name}: {node.type}{' <- ' if reads else ''}{', '.join(reads)}{built}"


def _operand(site: Site, reader: Site, last: Mapping[str, int]) -> str:
    if site.logical == reader.logical:
        return f".{site.ordinal}"
    place = "" if site.ordinal == last[site.logical] else f".{site.ordinal}"
    return f"{site.logical}{place}"


def _describe(role: Role) -> str:
    match role:
        case Column(field):
            return field.name
        case Apply(op, _, _, lent):
            return f"{op} of a block" if lent else str(op)
        case Held(op):
            return f"weights of {op}"
        case Route(router, candidates):
            return f"{candidates} coefficients by {router}"
        case Mix(candidates):
            return f"mix of {candidates}"
        case Prediction(task):
            return f"prediction of {task.name}"
        case WeightsOf(owner, inner, parameter):
            return f"weights {owner.partition(':')[0]}.{inner}.{parameter.name}"
        case LabelOf() | Place():
            return role.name
        case ErrorOf(task, _):
            return f"error of {task.name}"
        case Term(name):
            return f"loss {name}"
        case Mask(field):
            return f"mask of {field.name}"
        case RawColumn(field):
            return f"raw {field.name}"
        case Learned():
            return f"learned {role.parameter.name}"
        case Nothing():
            return "unknown"
