"""Fields: `features`, `tasks` and `train` blocks become a `Schema` and a `Train`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, cast

from mtlspec.diagnostics import Error, Label
from mtlspec.graph.builder import Builder, Where
from mtlspec.graph.calls.options import read_model, read_word
from mtlspec.graph.fields.tables import read_table
from mtlspec.graph.naming.names import NameInACircle, NameOfAll, NameTwice, NotBuilt
from mtlspec.graph.naming.scope import FeatureName, Lazy
from mtlspec.graph.schema import FeatureField
from mtlspec.graph.values import FAILED, Failed
from mtlspec.source import Span
from mtlspec.syntax import tree
from mtlspec.syntax.printer import print_expr
from mtlspec.words.features import Feature, FeatureOptions
from mtlspec.words.later import SPLITS
from mtlspec.words.train import Train
from mtlspec.words.word import Bound


class OnlyTasksAreFamilies(Error):
    """Only a field of `tasks` may declare a family.

    What it means: a feature, or a field of `train`, has indices.

    Example:
        features { age[i in 1..3] : numeric }

    Instead:
        features { age_1, age_2, age_3 : numeric }

    Why: a feature is read from a column, and a column has one name; the tasks of a family read
    the same columns under different conditions.
    """

    id = "MTL0246"
    title = "only a field of `tasks` may declare a family"
    span: Span

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.span, "indices on a field that is no task", primary=True),)


class FieldOfSeveral(Error):
    """A field has one type, or one value.

    What it means: a comma stands behind the type. All names of a field share its type; a comma
    begins no second one, and a field of `train` takes one value.

    Example:
        age, city : numeric, category

    Instead:
        age  : numeric
        city : category

    Why: a field says of all its names the same, so that each can be read by itself.
    """

    id = "MTL0253"
    title = "a field has one type, or one value"
    names: tuple[str, ...]
    types: tuple[str, ...]
    span: Span
    has: Literal["type", "value"]

    def headline(self) -> str:
        return f"this field has {len(self.types)} {self.has}s"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"a field has one {self.has}", primary=True)]

    def help(self) -> str:
        if self.has == "value":
            return ""
        if len(set(self.types)) == 1:
            names = ", ".join(self.names)
            return f"all names of a field share its type: `{names} : {self.types[0]}`"
        if len(self.names) == len(self.types):
            fields = zip(self.names, self.types, strict=True)
            return f"write a field for each: {', '.join(f'`{n} : {t}`' for n, t in fields)}"
        if len(self.names) == 1:
            return "write a field for each type, under two names: both may read one column"
        return "write a field for each type, with those of the names that have it"


def declare_features(b: Builder, where: Where) -> Iterator[FeatureName]:
    """The symbol of every feature; its type is read when it is first needed."""
    for item in b.program.features:
        if isinstance(item, tree.Broken):
            yield from (_unread(key) for key in item.names)
            continue
        bound = _lazy_type(b, item, where)
        for key in item.keys:
            refuse_family(b, key)
            if key.name.name == "features":
                b.report.add(NameOfAll(key.name.span))
            name, read = key.name, _lazy_feature(b, key.name, bound, where)
            unknown = name.span.file.path in b.program.unknown
            yield FeatureName(name.name, name.span, bound, read, unknown=unknown)


def _unread(key: tree.Ident) -> FeatureName:
    def failed() -> Failed:
        return FAILED

    return FeatureName(key.name, key.span, Lazy(failed, failed), Lazy(failed, failed))


def _lazy_type(b: Builder, item: tree.Field, where: Where) -> Lazy[Bound | Failed]:
    """The type that the features of one field share, read once."""

    def in_circle() -> Failed:
        b.report.add(NameInACircle(item.keys[0].name.name, item.keys[0].name.span))
        return FAILED

    return Lazy(lambda: read_type(b, item, "features", where) or FAILED, in_circle)


def _lazy_feature(
    b: Builder, key: tree.Ident, bound: Lazy[Bound | Failed], where: Where
) -> Lazy[FeatureField | Failed]:
    def compute() -> FeatureField | Failed:
        found = bound.get()
        table = FAILED if isinstance(found, Failed) else read_table(b, key.name, found, where)
        if isinstance(found, Failed) or isinstance(table, Failed):
            return FAILED
        word, options = cast("Feature", found.word), cast("FeatureOptions", found.options)
        return FeatureField(key.name, word, options, key.span, table)

    return Lazy(compute, compute)


def read_train(b: Builder, where: Where) -> Train:
    """The fields of all `train` blocks as one model; the defaults where there is an error."""
    args: dict[str, tree.Arg] = {}
    for item in b.program.train:
        if isinstance(item, tree.Broken):
            continue
        if isinstance(item, tree.Stage):
            b.report.add(NotBuilt("`stage`", item.span))
            continue
        for key in item.keys:
            refuse_family(b, key)
            name = key.name.name
            if name in args:
                b.report.add(NameTwice(name, args[name].span, key.span))
            elif len(item.values) != 1 and name in Train.model_fields:
                b.report.add(_of_several(item, "value"))
            elif _is_later_split(item.values[0]):
                b.report.add(NotBuilt("a split by time or by group", item.span))
            else:
                args[name] = tree.Arg(name=key.name, value=item.values[0], span=item.span)
    span = next((arg.span for arg in args.values()), None)
    if span is None:
        return Train()
    read = read_model(b, "train", Train, tuple(args.values()), where, span)
    return read if isinstance(read, Train) else Train()


def _is_later_split(value: tree.Expr | tree.Range) -> bool:
    """Whether `valid :` says which rows are kept, and not only how many."""
    if not isinstance(value, tree.Call) or not isinstance(value.callee, tree.Name):
        return False
    return value.callee.name in SPLITS


def field_keys(fields: Sequence[tree.Field | tree.Broken]) -> Iterator[tree.Ident]:
    """The names that fields declare, those of broken ones included."""
    for item in fields:
        if isinstance(item, tree.Broken):
            yield from item.names
        else:
            yield from (key.name for key in item.keys)


def read_type(b: Builder, item: tree.Field, kind: str, where: Where) -> Bound | None:
    """The one type of a field; None after an error."""
    if len(item.values) != 1:
        b.report.add(_of_several(item, "type"))
        return None
    return read_word(b, kind, item.values[0], where)


def _of_several(item: tree.Field, has: Literal["type", "value"]) -> FieldOfSeveral:
    first, last = item.values[1].span, item.values[-1].span
    span = Span(first.file, first.start, last.stop)
    names = tuple(key.span.text for key in item.keys)
    return FieldOfSeveral(names, tuple(map(print_expr, item.values)), span, has)


def refuse_family(b: Builder, key: tree.FieldKey) -> None:
    """Reports indices on what is no task."""
    if key.index is not None:
        b.report.add(OnlyTasksAreFamilies(key.span))
