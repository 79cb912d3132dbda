"""Groups → groups: what others read inside a statement becomes a value of its own.

`mixing(g)` reads the coefficients of a gate, a loss its scores. A bank has one value, so members
of a statement are cut behind every node that others read; each piece becomes a bank, the last one
the statement's own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mtlspec.graph.graph import Graph
from mtlspec.graph.node import Apply, Index, Learned, Node, Statement, WeightsOf


@dataclass(frozen=True, slots=True)
class Member:
    """The nodes that one member of a statement makes, in order; the last is its value."""

    index: Index
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Members of a statement with the same structure, and the key of the bank they become.

    `part` names what it computes, where that is not the statement's value.
    """

    key: str
    statement: Statement
    members: tuple[Member, ...]
    part: str = ""


def cut_groups(graph: Graph, groups: Sequence[Group]) -> list[Group]:
    """The groups, each in as many pieces as it takes, in order."""
    return [piece for group in groups for piece in _pieces(graph, group)]


def _pieces(graph: Graph, group: Group) -> Iterator[Group]:
    ends = sorted(_ends(graph, group))
    starts = [0, *(end + 1 for end in ends[:-1])]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        members = tuple(
            Member(member.index, member.nodes[start : end + 1]) for member in group.members
        )
        last = members[0].nodes[-1]
        if end == ends[-1]:
            part = "" if _is_value(graph, last) else _name(last)
            yield replace(group, members=members, part=part)
        else:
            yield Group(f"{group.key}/{number}", group.statement, members, _name(last))


def _is_value(graph: Graph, node: Node) -> bool:
    """Whether the last built node of a member is its value, and not on the way to one.

    It is on the way where nobody reads the value, and where one name takes it in parts.
    """
    site = node.site
    later = (f"{site.logical}:{site.ordinal + 1}", f"{site.logical}[1]:0")
    is_block = site.statement.keyword == "block"  # it has no value
    return is_block or not any(key in graph.nx.nodes for key in later)


def _ends(graph: Graph, group: Group) -> set[int]:
    """The places of nodes that end a piece: the last, those that others read, and what pieces need
    of one another.
    """
    count = len(group.members[0].nodes)
    ends = {count - 1}
    if group.statement.keyword == "block":  # it computes nothing
        return ends
    for member in group.members:
        own = {node.key for node in member.nodes}
        for place, node in enumerate(member.nodes):
            readers = [r for r in graph.readers(node) if not isinstance(r.role, WeightsOf)]
            if any(reader.key not in own and reader.key in graph.live for reader in readers):
                ends.add(place)
    while True:
        more = _crossing(group.members[0], ends) - ends
        if not more:
            return ends
        ends |= more


def _crossing(member: Member, ends: set[int]) -> set[int]:
    """The places of nodes that a later piece reads."""
    places = {node.key: place for place, node in enumerate(member.nodes)}
    piece = [sum(end < place for end in ends) for place in range(len(member.nodes))]
    return {
        places[key]
        for place, node in enumerate(member.nodes)
        for key in node.inputs
        if key in places and piece[places[key]] != piece[place]
    }


def _name(node: Node) -> str:
    """What the value of a piece is called, behind the name of the statement."""
    match node.role:
        case Apply(op, _, inner):
            return inner if inner and not inner.isdigit() else op.word.name
        case Learned():
            return node.role.attribute
        case _:
            return "coefficients"
