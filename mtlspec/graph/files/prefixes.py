"""Names with a dot: `p.cgc`, of a file that is used `as p`."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.naming.names import UnknownName
from mtlspec.graph.naming.scope import FeatureName, Prefix, Scope
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.words.registry import names


class NoPrefix(Error):
    """A name with a dot is one of a file that is used under a prefix.

    What it means: what stands before the dot is no prefix.

    Example:
        use "mtl:std/cgc.mtl"
        model m { layer h, s = std.cgc(x, features) }

    Instead:
        use "mtl:std/cgc.mtl" as std
        model m { layer h, s = std.cgc(x, features) }

    Why: values, params and sets have no parts with names of their own.
    """

    id = "MTL0416"
    title = "a name with a dot is one of a file that is used under a prefix"
    name: str
    span: Span
    prefixes: tuple[str, ...]
    instead: str = ""

    def headline(self) -> str:
        return f"`{self.name}` is not a prefix"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        if self.instead:
            return self.instead
        if self.prefixes:
            return "the prefixes are " + ", ".join(f"`{name}`" for name in self.prefixes)
        return '`use "f.mtl" as p` makes the names of a file `p.name`'


class PrefixAlone(Error):
    """A prefix stands before a name, never alone.

    What it means: the name of a prefix stands where a value or a constant is needed.

    Example:
        use "mtl:std/cgc.mtl" as std
        model m { layer h = std(features) }

    Instead:
        model m { layer h, s = std.cgc(x, features) }

    Why: a file is nothing that could be called or read; what it declares is.
    """

    id = "MTL0417"
    title = "a prefix stands before a name"
    name: str
    span: Span
    names: tuple[str, ...]

    def headline(self) -> str:
        return f"`{self.name}` is a prefix, and stands before a name"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, primary=True)]

    def help(self) -> str:
        known = ", ".join(f"`{self.name}.{name}`" for name in self.names[:8])
        return f"there is {known}" if known else ""


def unknown(expr: tree.MemberOf, scope: Scope) -> Error:
    """What is wrong with a name with a dot that stands for nothing."""
    base = expr.value
    if isinstance(base, tree.Name):
        prefix = scope.find(base.name)
    else:
        prefix = scope.prefixed(base) if isinstance(base, tree.MemberOf) else None
    if not isinstance(prefix, Prefix):
        seen = [name for name, s in scope.visible().items() if isinstance(s, Prefix)]
        return NoPrefix(base.span.text, base.span, tuple(seen), _instead(expr, scope))
    known = tuple(prefix.names)
    found = prefix.names.get(expr.name.name)
    if isinstance(found, Prefix):
        return PrefixAlone(expr.span.text, expr.span, tuple(found.names))
    role = f"a name of `{base.span.text}`"
    return UnknownName(expr.name.name, expr.name.span, role, known, prefix.span)


def _instead(expr: tree.MemberOf, scope: Scope) -> str:
    """What somebody means who writes the dots of Python."""
    name, base, visible = expr.name.name, expr.value.span.text, scope.visible()
    if name.lower() in names("ops"):
        value = base if base in visible else "x"
        return f"an op is applied with an arrow: `{value} -> {name.lower()}`"
    if base == "self" and name in visible:
        return f"write `{name}` alone"
    if base == "features" and isinstance(visible.get(name), FeatureName):
        return f"a feature is read by its name, `{name}`, or as `features[{name}]`"
    return ""
