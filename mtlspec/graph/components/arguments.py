"""Calls of components: values by place, options by name, as the component declares them."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.option_values import OptionValue
from mtlspec.graph.calls.options import OptionTwice, TooManyByPlace, read_model
from mtlspec.graph.calls.owning import place_of_load
from mtlspec.graph.components.expansion import expand
from mtlspec.graph.components.parameters import Given, enter_parameters
from mtlspec.graph.expressions import express
from mtlspec.graph.naming.scope import ComponentName
from mtlspec.graph.naming.unknown import UnknownOption
from mtlspec.graph.node import Node
from mtlspec.graph.values import (
    FAILED,
    Absent,
    Bare,
    Failed,
    Members,
    Recipe,
    Results,
    Value,
    describe,
)
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.owning import OwnerOptions


class ComponentValues(Error):
    """A component takes a value for each of its parameters that have no default.

    What it means: the call gives more values than the component has such parameters, or fewer.

    Example:
        component join(a, b) {
            let y = concat(a, b)
            return y
        }
        model m { let z = join(features) }

    Instead:
        model m { let z = join(features, age) }

    Why: a parameter without a default has nothing to stand in for what is missing.
    """

    id = "MTL0230"
    title = "a component takes a value for each parameter without a default"
    name: str
    parameters: tuple[str, ...]
    given: int
    span: Span
    declared: Span

    def headline(self) -> str:
        count = len(self.parameters)
        many = "1 value" if count == 1 else f"{count or 'no'} values"
        return f"`{self.name}` takes {many}, not {self.given}"

    def labels(self) -> Sequence[Label]:
        text = ", ".join(f"`{name}`" for name in self.parameters)
        return [
            Label(self.span, primary=True),
            Label(self.declared, f"its values are {text}" if text else "it has options only"),
        ]


class ValueByName(Error):
    """A value is given to a component by place, never by name.

    What it means: an argument names a parameter that has no default.

    Example:
        component tower(x, width = 64) { … }
        layer y = tower(x: features)

    Instead:
        layer y = tower(features, width: 32)

    Why: values stand in order, or flow in with `->`, as those of an op do; names are for options.
    """

    id = "MTL0412"
    title = "a value is given by place, an option by name"
    name: str
    span: Span

    def headline(self) -> str:
        return f"`{self.name}` is a value, and values are given by place"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        return "leave its name out, or let it flow in: `x -> …`"


def call_component(
    b: Builder,
    component: ComponentName,
    expr: tree.Call | tree.Name | tree.MemberOf,
    flowing: tuple[Given, ...],
    where: Where,
) -> Value:
    """A call with its values; without any it is a recipe, unless the component takes none."""
    args = expr.args if isinstance(expr, tree.Call) else ()
    needed = [p for p in component.component.params if p.default is None]
    given = _values(b, args, len(needed) - len(flowing), where, flowing=bool(flowing))
    if isinstance(given, Failed):
        return FAILED
    if where.owner is None or (needed and not given and not flowing):
        return _recipe(b, component, expr, where)
    own, common = _apart(component, args[len(given) :])
    options = _options(b, component, own, where)
    learned = read_model(b, component.name, OwnerOptions, common, where, expr.span)
    given = (*flowing, *given)
    if options is None or not isinstance(learned, OwnerOptions) or component.broken:
        return FAILED
    if len(given) != len(needed):
        known = tuple(p.target.span.text for p in needed)
        b.report.add(ComponentValues(component.name, known, len(given), expr.span, component.span))
        return FAILED
    names = enter_parameters(b, component, given, options, where)
    if names is None:
        return FAILED
    load = place_of_load(common, expr.span)
    return expand(b, component, names, where.owner, expr.span, where.scope, learned, load)


def _apart(
    component: ComponentName, args: Sequence[tree.Arg]
) -> tuple[list[tree.Arg], list[tree.Arg]]:
    """The component's own options, and those that every call takes which owns weights."""
    known = {p.target.name.name for p in component.component.params}
    common = OwnerOptions.model_fields.keys() - known
    own = [arg for arg in args if arg.name is None or arg.name.name not in common]
    return own, [arg for arg in args if arg not in own]


def _recipe(
    b: Builder, component: ComponentName, expr: tree.Call | tree.Name | tree.MemberOf, where: Where
) -> Recipe | Failed:
    """A call without its values, unless they were given by name."""
    values = [p.target.name.name for p in component.component.params if p.default is None]
    for arg in expr.args if isinstance(expr, tree.Call) else ():
        if arg.name is not None and arg.name.name in values:
            _refuse_name(b, arg.name)
            return FAILED
    return Recipe(expr, where.scope)


def _refuse_name(b: Builder, name: tree.Ident) -> None:
    """Reports a value that is given by name, unless a `=` behind that has been reported."""
    behind = name.span.file.text[name.span.stop :].lstrip()
    if not behind.startswith("="):
        b.report.add(ValueByName(name.name, name.span))


def _values(
    b: Builder, args: Sequence[tree.Arg], count: int, where: Where, *, flowing: bool
) -> tuple[Given, ...] | Failed:
    """The values that a call begins with; a constant in front of all others makes a recipe."""
    given: list[Given] = []
    fine = True
    for place, arg in enumerate(args):
        if arg.name is not None or isinstance(arg.value, tree.Range):
            break
        found = express.value(b, arg.value, where)
        if not isinstance(found, Node | Members | Absent | Failed):
            recipe = place == 0 and not flowing and not isinstance(found, Bare | Results)
            if place >= count or recipe:
                break
            found = express.no_value(b, found, arg.value, where)
        if isinstance(found, Failed):
            fine = False
        else:
            given.append((found, arg.span))
    return tuple(given) if fine else FAILED


def _options(
    b: Builder, component: ComponentName, args: Sequence[tree.Arg], where: Where
) -> dict[str, tuple[Value, Span]] | None:
    """The options of a call, by name; None after an error."""
    known = {p.target.name.name: p for p in component.component.params}
    names = [name for name, p in known.items() if p.default is not None]
    left = list(names)
    found: dict[str, tuple[Value, Span]] = {}
    fine = True
    for arg in args:
        name = arg.name.name if arg.name else left.pop(0) if left else None
        error: Error | None = None
        if name is None:
            error = TooManyByPlace(component.name, tuple(names), bool(names), arg.span)
        elif name in known and name not in names and arg.name is not None:
            _refuse_name(b, arg.name)
            fine = False
            continue
        elif name not in names and arg.name is not None:
            error = UnknownOption(component.name, name, tuple(names), arg.name.span)
        elif name in found:
            error = OptionTwice(name, arg.span)
        if error is not None or name is None:
            if error is not None:
                b.report.add(error)
            fine = False
            continue
        value = _constant(b, component.name, name, arg, where)
        fine = fine and not isinstance(value, Failed)
        found[name] = (value, arg.value.span)
    return found if fine else None


def _constant(b: Builder, component: str, name: str, arg: tree.Arg, where: Where) -> Value:
    """What an option is given: anything that is known before the model runs."""
    if isinstance(arg.value, tree.Range):
        return express.numbers(b, arg.value, where)
    found = express.value(b, arg.value, where)
    if isinstance(found, Node | Members | Results):
        needed = "a constant or a recipe, as every option does"
        b.report.add(OptionValue(component, name, arg.span, describe(found), needed))
        return FAILED
    return found
