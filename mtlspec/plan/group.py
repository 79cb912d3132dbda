"""Graph → first plan: members of a statement that have the same structure become one bank.

On entry: a graph without errors. On exit: a plan whose banks stand in the order of the spec, are
called by their keys, and may still wait for one another in circles.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence

from mtlspec import pysource as py
from mtlspec.graph.graph import Graph
from mtlspec.graph.node import (
    MASK,
    RAW,
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
    Route,
    Statement,
    Term,
    WeightsOf,
)
from mtlspec.graph.schema import FeatureField
from mtlspec.plan.cut import Group, Member, cut_groups
from mtlspec.plan.members import by_statement
from mtlspec.plan.plan import (
    Action,
    Bank,
    Cell,
    Head,
    Inner,
    Operand,
    Plan,
    Reading,
    Source,
    layer_attributes,
    part_paths,
)
from mtlspec.plan.providers import BATCH, PART, WEIGHT, label_provider
from mtlspec.types import Tensor
from mtlspec.words.initialisers import Parameter
from mtlspec.words.ops import Op
from mtlspec.words.word import Bound, Options


def group_members(graph: Graph, sizes: Mapping[str, int]) -> Plan:
    """The first plan of a graph; `sizes` gives the rows of tables that are known."""
    groups = [
        group
        for statement, members in by_statement(graph)
        for group in _alike(graph, statement, members)
    ]
    groups = cut_groups(graph, groups)
    places = {**_column_places(graph), **_places(groups), **_part_places(groups)}
    places |= _weight_places(graph, groups)
    raw = {n.key: n.role.field for n in graph.built() if isinstance(n.role, RawColumn)}
    return Plan(
        name=graph.name,
        class_name=graph.name,
        columns=graph.embedded,
        joined=_joined(graph),
        places={n.role.name: n.role for n in graph.built() if isinstance(n.role, Place)},
        tasks=graph.tasks,
        banks=tuple(_bank(graph, group, places, raw) for group in groups),
        heads={task: _head(graph, keys, places) for task, keys in graph.heads.items()},
        tables=_tables(graph, sizes),
    )


def _tables(graph: Graph, sizes: Mapping[str, int]) -> dict[str, int]:
    """The rows of the tables whose size is known, from the data or from the spec alone."""
    tables = {field.table.name: field.table for field in graph.features if field.table}
    rows = {name: sizes.get(name, table.rows) for name, table in tables.items()}
    return {name: count for name, count in rows.items() if count is not None}


def _head(graph: Graph, keys: Iterable[str], places: Mapping[str, Source]) -> Head:
    kind = next(graph.node(key).type for key in keys)
    assert isinstance(kind, Tensor)
    return Head(tuple(places[key] for key in keys), kind)


def _alike(graph: Graph, statement: Statement, members: Iterable[Member]) -> list[Group]:
    groups: dict[Hashable, list[Member]] = {}
    for member in members:
        groups.setdefault(_structure(graph, member), []).append(member)
    return [
        Group(f"{'.'.join(map(str, statement.order))}:{place}", statement, tuple(group))
        for place, group in enumerate(groups.values())
    ]


def _structure(graph: Graph, member: Member) -> Hashable:
    """What two members must have in common to be computed as one."""
    inner = {node.key: place for place, node in enumerate(member.nodes)}
    return tuple(
        (_action(node), node.type, tuple(_input(graph, key, inner) for key in node.inputs))
        for node in member.nodes
    )


def _input(graph: Graph, key: str, inner: Mapping[str, int]) -> Hashable:
    """An input of the same member by its place, another by its type; raw columns by name."""
    if key in inner:
        return inner[key]
    return key if key.startswith(RAW) else graph.node(key).type


def _action(node: Node) -> Hashable:
    match node.role:
        case Apply(op, parameters, inner, lent):
            return (_in_common(op), _shapes(parameters), inner, lent)
        case Held(op, parameters, inner, types):
            return ("held", str(op), _shapes(parameters), inner, types)
        case Learned(parameter, inner, attribute):
            return ("learned", _shapes((parameter,)), inner, attribute)
        case Route(router, candidates, axis):
            return (str(router), candidates, axis)
        case Mix(candidates, _, per):
            return ("mix", candidates, per)
        case Prediction(task):
            return ("prediction", task.word.name)
        case ErrorOf(task, meaning):
            names = py.Name("prediction"), py.Name("label")
            return ("error", py.flat(task.word.write_error(task.options, meaning, *names)))
        case Term(name, proximal):
            return ("loss", name, proximal)
        case Column() | RawColumn() | Mask() | Place() | WeightsOf() | LabelOf() | Nothing():
            raise AssertionError(f"{node.key} is no part of a bank")


def _in_common(op: Bound) -> str:
    """An op with the options that members share."""
    own = op.word.by_member if isinstance(op.word, Op) else ()
    return f"{op.word.name} {op.options.model_dump(exclude=set(own))}" if own else str(op)


def _each(nodes: Sequence[Node]) -> tuple[Options, ...]:
    """The options of each member's op, where they differ."""
    ops = [node.role.op for node in nodes if isinstance(node.role, Apply)]
    differ = any(isinstance(op.word, Op) and op.word.by_member for op in ops[:1])
    found = tuple(op.options for op in ops) if differ else ()
    return found if len(set(found)) > 1 else ()


def _shapes(parameters: tuple[Parameter, ...]) -> Hashable:
    """What members' parameters must have in common: all but how they begin."""
    return tuple((p.name, p.shape, p.rows_of, p.outputs_of, p.lr, p.frozen) for p in parameters)


def _column_places(graph: Graph) -> dict[str, Source]:
    places: dict[str, Source] = {}
    for node in graph.built():
        if isinstance(node.role, Column):
            places[node.key] = Source(column_provider(node.role.field.name), None)
        elif isinstance(node.role, RawColumn):
            places[node.key] = Source(BATCH, None)
        elif isinstance(node.role, LabelOf):
            places[node.key] = Source(label_provider(node.role), None)
        elif isinstance(node.role, Mask):
            places[node.key] = Source(f"{MASK}{node.role.field.name}", None)
        elif isinstance(node.role, Place):
            places[node.key] = Source(node.role.name, None)
        elif node.site.statement.keyword == "features" and isinstance(node.role, Apply):
            places[node.key] = Source(node.site.statement.name, None)
    return places


def column_provider(name: str) -> str:
    """The provider of a single feature."""
    return f"column {name}"


def _places(groups: Iterable[Group]) -> dict[str, Source]:
    """Where the value of each member is found."""
    return {
        member.nodes[-1].key: Source(group.key, place if group.statement.family else None)
        for group in groups
        for place, member in enumerate(group.members)
    }


def _part_places(groups: Iterable[Group]) -> dict[str, Source]:
    """Where the parts of blocks are found."""
    return {
        node.key: Source(f"{group.key}{PART}{path}", place if group.statement.family else None)
        for group in groups
        if group.statement.keyword == "block"
        for place, member in enumerate(group.members)
        for node, path in zip(member.nodes, _paths_of(member), strict=True)
    }


def _paths_of(member: Member) -> list[str]:
    return part_paths([node.role for node in member.nodes])


def _weight_places(graph: Graph, groups: Iterable[Group]) -> dict[str, Source]:
    """Where the weight matrices that are read as values are found."""
    paths = {
        node.key: attributes
        for group in groups
        for member in group.members
        for attributes in [_layers(group, member)]
        for node in member.nodes
    }
    homes = {
        node.key: Source(group.key, place if group.statement.family else None)
        for group in groups
        for place, member in enumerate(group.members)
        for node in member.nodes
    }
    places: dict[str, Source] = {}
    for node in graph.built():
        if isinstance(node.role, WeightsOf):
            home, role = homes[node.role.owner], node.role
            layer = paths[role.owner].get(role.inner, "")
            path = f"{layer}.{role.parameter.name}".removeprefix(".")
            places[node.key] = Source(f"{home.provider}{WEIGHT}{path}", home.position)
    return places


def _layers(group: Group, member: Member) -> Mapping[str, str]:
    """The attributes of a member's layers; a block of one layer is that layer."""
    if group.statement.keyword == "block" and len(member.nodes) == 1:
        return {}
    return layer_attributes(node.role for node in member.nodes)


def _joined(graph: Graph) -> dict[str, tuple[str, ...]]:
    """The features that are read joined, in order, by provider."""
    found: dict[str, tuple[str, ...]] = {}
    for node in graph.built():
        if node.site.statement.keyword == "features" and isinstance(node.role, Apply):
            columns = [source.role for source in graph.inputs(node)]
            names = tuple(role.field.name for role in columns if isinstance(role, Column))
            found[node.site.statement.name] = names
    return found


def _bank(
    graph: Graph, group: Group, places: Mapping[str, Source], raw: Mapping[str, FeatureField]
) -> Bank:
    first = group.members[0]
    inner = {node.key: place for place, node in enumerate(first.nodes)}
    cells: list[Cell] = []
    for place, node in enumerate(first.nodes):
        assert isinstance(node.role, Action)
        assert isinstance(node.type, Tensor)
        operands: list[Operand] = []
        for slot, key in enumerate(node.inputs):
            if key in inner:
                operands.append(Inner(inner[key]))
                continue
            keys = [member.nodes[place].inputs[slot] for member in group.members]
            kind = graph.node(key).type
            assert isinstance(kind, Tensor)
            operands.append(Reading(tuple(places[key] for key in keys), kind))
        owned = tuple(member.nodes[place].parameters for member in group.members)
        owned = owned if any(owned) else ()
        columns = tuple(raw[key] for key in node.inputs if key in raw)
        each = _each([member.nodes[place] for member in group.members])
        cells.append(Cell(node.role, tuple(operands), node.type, owned, columns, each, node.use))
    members = tuple(member.index for member in group.members)
    family = group.statement.family
    key, statement = group.key, group.statement
    return Bank(key, key, key, statement, members, family, tuple(cells), group.part)
