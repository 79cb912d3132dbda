"""Strategies for whole syntax trees: any tree that the grammar can make, and no other."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from mtlspec.source import SourceFile, Span
from mtlspec.syntax import tree as t

NOWHERE = Span(SourceFile("generated", ""), 0, 0)
RESERVED = frozenset(
    "mtl use as param in set features tasks model component train stage layer expert let block "  # noqa: SIM905
    "weight stream gate by stitch head loss require repeat return and or not yes no none".split()
)
LEVELS = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6}
COMPARISON, SUM, SIGN, POSTFIX = 4, 5, 7, 8

names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True).filter(
    lambda name: name not in RESERVED
)
idents = st.builds(t.Ident, names, span=st.just(NOWHERE))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=8)
key_names = st.one_of(names, st.sampled_from(sorted(RESERVED)), texts)
keys = st.builds(t.Ident, key_names, span=st.just(NOWHERE))


def node(kind: Callable[..., t.Node], *parts: object, **named: object) -> t.Node:
    return kind(*parts, **named, span=NOWHERE)


def level(expr: t.Node) -> int:
    """How tightly an expression binds, as the grammar has it."""
    if isinstance(expr, t.Flow):
        return 0
    if isinstance(expr, t.Binary):
        return LEVELS.get(expr.op, COMPARISON)
    if isinstance(expr, t.Unary):
        return 3 if expr.op == "not" else SIGN
    return POSTFIX if isinstance(expr, t.Pick | t.Call | t.MemberOf) else 9


def fit(expr: t.Node, least: int) -> t.Node:
    """The expression, in parentheses where the grammar needs them."""
    return expr if level(expr) >= least else node(t.Paren, expr)


def binary(op: str, left: t.Node, right: t.Node) -> t.Node:
    own = LEVELS.get(op, COMPARISON)
    first = fit(left, own + 1 if own == COMPARISON else own)
    return node(t.Binary, op, first, fit(right, own + 1))


def unary(op: str, value: t.Node) -> t.Node:
    return node(t.Unary, op, fit(value, 3 if op == "not" else SIGN))


def number(value: float) -> t.Node:
    return node(t.Int if isinstance(value, int) else t.Float, value, repr(value))


numbers = st.one_of(
    st.integers(0, 2**63 - 1), st.floats(0, allow_nan=False, allow_infinity=False)
).map(number)
strings = texts.map(lambda text: node(t.String, text))
atoms = st.one_of(
    names.map(lambda name: node(t.Name, name)),
    numbers,
    strings,
    st.booleans().map(lambda truth: node(t.Bool, truth)),
    st.sampled_from([node(t.NoneValue), node(t.FeaturesValue), node(t.HeadValue)]),
)


def tuples(of: st.SearchStrategy[t.Node], least: int = 0) -> st.SearchStrategy[tuple[t.Node, ...]]:
    return st.lists(of, min_size=least, max_size=3).map(tuple)


def ranges(of: st.SearchStrategy[t.Node]) -> st.SearchStrategy[t.Node]:
    ends = of.map(lambda end: fit(end, SUM))
    return st.builds(lambda a, b: node(t.Range, a, b), ends, ends)


def braces(inner: st.SearchStrategy[t.Node]) -> st.SearchStrategy[t.Node]:
    simple = st.one_of(
        names.map(lambda name: node(t.Name, name)),
        strings,
        st.integers(0, 99).map(number),
    )
    member = st.builds(lambda key, group: node(t.BraceMember, key, group), simple, inner)
    return tuples(member, 1).map(lambda members: node(t.Braces, members))


def sets() -> st.SearchStrategy[t.Node]:
    return braces(st.one_of(st.none(), braces(st.none())))


def places(of: st.SearchStrategy[t.Node]) -> st.SearchStrategy[t.Node]:
    return st.one_of(
        of,
        ranges(of),
        of.map(lambda end: node(t.Range, fit(end, SUM), None)),
        of.map(lambda end: node(t.Range, None, fit(end, SUM))),
        st.builds(lambda a, b: node(t.Bind, a, b), idents, st.one_of(of, ranges(of), sets())),
        st.just(node(t.Every)),
        of.map(lambda value: node(t.Others, fit(value, POSTFIX))),
    )


def arguments(of: st.SearchStrategy[t.Node], least: int = 0) -> st.SearchStrategy[object]:
    one = st.builds(
        lambda name, value: node(t.Arg, name, value),
        st.one_of(st.none(), keys),
        st.one_of(of, ranges(of)),
    )
    return tuples(one, least)


def grown(of: st.SearchStrategy[t.Node]) -> st.SearchStrategy[t.Node]:
    """Expressions made of others."""
    signs = st.sampled_from(["or", "and", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"])
    base = of.map(lambda value: fit(value, POSTFIX))
    return st.one_of(
        st.builds(lambda a, b: node(t.Flow, a, fit(b, 1)), of, of),
        st.builds(binary, signs, of, of),
        st.builds(unary, st.sampled_from(["not", "-"]), of),
        st.builds(lambda a, b: node(t.Pick, a, b), base, tuples(places(of), 1)),
        st.builds(lambda a, b: node(t.Call, a, b), base, arguments(of)),
        st.builds(lambda a, b: node(t.MemberOf, a, b), base, idents),
        of.map(lambda value: node(t.Paren, value)),
        tuples(of).map(lambda items: node(t.Array, items)),
    )


exprs = st.recursive(atoms, grown, max_leaves=12)
short = st.recursive(atoms, grown, max_leaves=3)
indices = st.one_of(st.none(), tuples(places(short), 1))
targets = st.builds(lambda name, index: node(t.Target, name, index), idents, indices)
values = tuples(short, 1)
set_values = st.one_of(short, ranges(short), sets())
set_decls = st.builds(lambda name, value: node(t.SetDecl, name, value), idents, set_values)
moves = st.booleans()


def made(kind: Callable[..., t.Node], *parts: st.SearchStrategy[object]) -> st.SearchStrategy:
    return st.tuples(*parts).map(lambda found: node(kind, *found))


statements = st.deferred(
    lambda: st.one_of(
        set_decls,
        made(t.Layer, tuples(targets, 1), moves, values),
        made(t.Let, tuples(targets, 1), moves, values),
        made(t.Expert, targets, st.just(False), short),
        made(t.Block, targets, short),
        made(t.Weight, targets, short, st.one_of(st.none(), short)),
        made(t.Stream, targets, short),
        made(t.Gate, arguments(short), targets, moves, values, values),
        made(t.Stitch, arguments(short), targets, moves, values),
        made(t.Loss, targets, short),
        made(t.Require, exprs),
        made(t.Return, values),
        st.builds(
            lambda index, found: node(t.Head, index, found, index_span=NOWHERE),
            tuples(places(short), 1),
            values,
        ),
        repeats,
    )
)
bodies = st.lists(statements, max_size=3).map(tuple)
repeats = st.builds(
    lambda name, over, body: node(t.Repeat, name, over, body, head_span=NOWHERE),
    st.one_of(st.none(), idents),
    st.one_of(short, ranges(short)),
    bodies,
)
field_keys = st.builds(lambda name, index: node(t.FieldKey, name, index), keys, indices)
fields = made(t.Field, tuples(field_keys, 1), values)
stages = made(t.Stage, idents, tuples(fields))
domains = st.one_of(
    short.map(lambda value: fit(value, POSTFIX)),
    ranges(short),
    tuples(short, 1).map(lambda items: node(t.Choices, items)),
)
component_params = made(t.ComponentParam, targets, st.one_of(st.none(), short))
items = st.one_of(
    set_decls,
    made(t.Use, strings, arguments(short), st.one_of(st.none(), idents)),
    made(t.Param, idents, exprs, st.one_of(st.none(), domains)),
    made(t.Features, tuples(fields)),
    made(t.Tasks, tuples(fields)),
    made(t.Train, tuples(st.one_of(fields, stages))),
    made(t.Model, idents, bodies),
    made(t.Component, idents, tuples(component_params), bodies),
)
files = tuples(items).map(
    lambda found: node(t.File, NOWHERE.file, number(1), found),
)
