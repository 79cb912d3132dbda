"""Sets: ordered collections of labels that families are indexed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.expressions import columns, express
from mtlspec.graph.indexing import picks
from mtlspec.graph.indexing.membership import (
    MOST_MEMBERS,
    GroupsOverlap,
    HalfPartition,
    MemberTwice,
    NotAnIndex,
    NotInAGroup,
    TooMany,
    ValuesUnknown,
)
from mtlspec.graph.indexing.slices import refuse_backwards
from mtlspec.graph.naming.names import NameInACircle, NoDataSets, UnknownName
from mtlspec.graph.naming.scope import Bound, Constants, FeatureName, Lazy, Sets, TaskName
from mtlspec.graph.values import (
    FAILED,
    Bare,
    Element,
    Failed,
    IndexSet,
    Members,
    Value,
    describe,
)
from mtlspec.syntax import tree
from mtlspec.words.data_sets import SOURCE


def read_set(b: Builder, declaration: tree.SetDecl, where: Where) -> Sets:
    """The symbol of `set n = …`; its members are worked out when they are first needed."""
    name = declaration.name

    def compute() -> IndexSet | Failed:
        found = index_set(b, declaration.value, where)
        if isinstance(found, Failed):
            return FAILED
        return replace(found, name=name.name, home=found.home or (found if found.name else None))

    def in_circle() -> IndexSet | Failed:
        b.report.add(NameInACircle(name.name, name.span))
        return FAILED

    return Sets(name.name, name.span, Lazy(compute, in_circle))


def index_set(
    b: Builder, over: tree.Expr | tree.Range | tree.Braces, where: Where
) -> IndexSet | Failed:
    """The set, range, group or family's index set that is meant by `… in over`."""
    if isinstance(over, tree.Braces):
        return _braces(b, over, where)
    if isinstance(over, tree.Range):
        return _range(b, over, where)
    match found := express.value(b, over, where):
        case IndexSet():
            return found
        case Element() if found.group is not None:
            return found.group
        case Members() if found.members and len(next(iter(found.members))) == 1:
            return IndexSet(found.name, tuple(key[0] for key in found.members))
        case Failed():
            return FAILED
        case Bare(name):
            element = picks.named_element(name, where)
            if element is not None and element.group is not None:
                return element.group
            return express.unknown_name(b, name, over.span, where, role="a set")
        case _:
            b.report.add(NotAnIndex(describe(found), over.span))
            return FAILED


def _range(b: Builder, over: tree.Range, where: Where) -> IndexSet | Failed:
    ends = express.numbers(b, over, where)
    if isinstance(ends, Failed):
        return FAILED
    first, last = int(ends.start), int(ends.stop)
    if refuse_backwards(b, first, last, over.span):
        return FAILED
    if last - first + 1 > MOST_MEMBERS:
        b.report.add(TooMany(last - first + 1, over.span))
        return FAILED
    return IndexSet("", tuple(range(first, last + 1)))


# --- written out ---------------------------------------------------------------------------------


def _braces(b: Builder, over: tree.Braces, where: Where) -> IndexSet | Failed:
    """`{a, b}`: members of a set that exists, or new names; `{g: {a}, h: {b}}`: a partition."""
    grouped = [member for member in over.members if member.group is not None]
    if grouped:
        return _partition(b, over, where)
    members = [_member(b, member, where) for member in over.members]
    if any(isinstance(member, Failed) for member in members):
        return FAILED
    elements = [member for member in members if isinstance(member, Element)]
    homes = [element.home for element in elements]
    home = homes[0] if homes and all(h == homes[0] for h in homes) else None
    if home is not None and not _all_belong(b, over, members, home):
        return FAILED
    labels = tuple(m.label if isinstance(m, Element) else m for m in members)
    return _each_once(b, over, IndexSet("", labels, home))  # pyright: ignore[reportArgumentType]


def _member(b: Builder, member: tree.BraceMember, where: Where) -> Element | str | int | Failed:
    """A member that is written in braces: that of another set, or one of its own."""
    key = member.key
    if not isinstance(key, tree.Name):
        return key.value
    match symbol := where.scope.find(key.name):
        case Bound() | TaskName() | Constants():
            found = express.value(b, key, where)
        case FeatureName(joined=True):
            return Element(symbol.name, columns.feature_set(where))
        case _:
            return key.name
    if isinstance(found, Element | Failed):
        return found
    if isinstance(found, bool) or not isinstance(found, str | int):
        b.report.add(NotAnIndex(describe(found), key.span))
        return FAILED
    return found


def _all_belong(
    b: Builder,
    over: tree.Braces,
    members: Sequence[Element | str | int | Failed],
    home: IndexSet,
) -> bool:
    """Whether no new name stands beside members of a set; it would be one of them, misspelt."""
    for written, member in zip(over.members, members, strict=True):
        if not isinstance(member, Element):
            known = tuple(str(label) for label in home.labels)
            role = f"a member of `{home.name}`, as others here are"
            b.report.add(UnknownName(str(member), written.span, role, known))
            return False
    return True


def _each_once(b: Builder, over: tree.Braces, found: IndexSet) -> IndexSet | Failed:
    first: dict[object, tree.BraceMember] = {}
    for member, label in zip(over.members, found.labels, strict=True):
        if label in first:
            b.report.add(MemberTwice(str(label), first[label].span, member.span))
            return FAILED
        first[label] = member
    return found


def _partition(b: Builder, over: tree.Braces, where: Where) -> IndexSet | Failed:
    """Named groups, each a set; no member may stand in two of them."""
    labels: list[str | int] = []
    groups: list[IndexSet] = []
    for member in over.members:
        if member.group is None or any(m.group for m in member.group.members):
            b.report.add(HalfPartition(member.span, nested=member.group is not None))
            return FAILED
        group = index_set(b, member.group, where)
        if isinstance(group, Failed):
            return FAILED
        key = member.key
        labels.append(key.name if isinstance(key, tree.Name) else key.value)
        groups.append(replace(group, name=str(labels[-1])))
    if not _apart(b, over, groups):
        return FAILED
    return _each_once(b, over, IndexSet("", tuple(labels), groups=tuple(groups)))


def _apart(b: Builder, over: tree.Braces, groups: Sequence[IndexSet]) -> bool:
    seen: dict[object, int] = {}
    for place, group in enumerate(groups):
        for label, member in zip(group.labels, _written(over, place), strict=True):
            if label in seen:
                b.report.add(GroupsOverlap(str(label), over.members[seen[label]].span, member.span))
                return False
            seen[label] = place
    return True


def _written(over: tree.Braces, place: int) -> Sequence[tree.BraceMember]:
    group = over.members[place].group
    return group.members if group is not None else ()


# --- worked out ----------------------------------------------------------------------------------


def group_of(b: Builder, partition: IndexSet, call: tree.Call, where: Where) -> Value:
    """`group(t)`: the member of a partition that holds `t`."""
    arg = call.args[0] if len(call.args) == 1 and call.args[0].name is None else None
    if not partition.groups:
        b.report.add(NotInAGroup(f"`{partition.name}` has no groups", call.callee.span))
        return FAILED
    if arg is None or isinstance(arg.value, tree.Range):
        b.report.add(NotInAGroup("one member is needed", call.span))
        return FAILED
    found = express.value(b, arg.value, where)
    if isinstance(found, Failed):
        return FAILED
    label = found.label if isinstance(found, Element) else found
    label = label.name if isinstance(label, Bare) else label
    for element in partition.elements():
        if element.group is not None and label in element.group.labels:
            return element
    what = f"`{label}`" if isinstance(found, Element | Bare) else describe(found)
    b.report.add(NotInAGroup(f"no group of `{partition.name}` holds {what}", arg.span))
    return FAILED


def values_of(b: Builder, call: tree.Call, where: Where) -> Value:
    """`values(c)`: the values of a category that the spec closes, in the order of its table."""
    arg = call.args[0] if len(call.args) == 1 and call.args[0].name is None else None
    symbol = where.scope.find(arg.value.name) if arg and isinstance(arg.value, tree.Name) else None
    if not isinstance(symbol, FeatureName):
        if symbol is None and arg and isinstance(arg.value, tree.Name) and arg.value.name == SOURCE:
            b.report.add(NoDataSets(arg.span))
        elif not b.blind:
            b.report.add(ValuesUnknown("a category is needed", arg.span if arg else call.span))
        return FAILED
    field = symbol.field
    if field is None:
        return FAILED
    known = field.table.known if field.table else None
    if known is None:
        assert arg is not None
        category = field.table is not None
        unknown = f"the values of `{field.name}` are not known here"
        what = unknown if category else "this is no category"
        b.report.add(ValuesUnknown(what, arg.span, field.span if category else None))
        return FAILED
    return IndexSet("", known, IndexSet(f"values({field.name})", known))
