"""What is learned from the training rows before training: vocabularies, means, edges.

The fitted state is all that an encoding needs; it is kept in the run and built into the ONNX.
"""

from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, SerializeAsAny

from mtlspec.data.files import origin
from mtlspec.data.label_reading import fit_tasks
from mtlspec.diagnostics import Diagnostic, Label, Warn
from mtlspec.graph.schema import FeatureField, Schema
from mtlspec.source import Span
from mtlspec.words.column import ColumnPlace
from mtlspec.words.serving import ColumnKind


class EmptyColumn(Warn):
    """A feature has values in the training rows.

    What it means: in all training rows the column is null (or, for a category with `min_count:`,
    no value comes often enough). The feature is the same in every row and teaches nothing.

    Example: a column that the export of the data filled only from last month on

    Instead: leave the feature out, or train on rows that have it

    Why: the model would meet values in service that it never saw.
    """

    id = "empty-column"
    title = "a feature has values in the training rows"
    feature: str
    column: str
    span: Span

    def headline(self) -> str:
        return f"`{self.feature}` has no value in the training rows"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"reads column `{self.column}`", primary=True)]


class ColumnInput(BaseModel):
    """How a raw column is served: one input [batch, 1] of this kind.

    A null is the empty string, the integer -2**63 or NaN. A column that is read both as a number
    and as a category of integers is int64.
    """

    model_config = ConfigDict(frozen=True)
    kind: ColumnKind


class Fitted(BaseModel):
    """The fitted state of all features, and the raw columns that they read.

    `features` is by the name of the state: that of the feature whose table it is, where several
    read one table.
    """

    model_config = ConfigDict(frozen=True)
    columns: dict[str, ColumnInput]
    features: dict[str, SerializeAsAny[BaseModel]]
    tasks: dict[str, SerializeAsAny[BaseModel]] = {}
    """What is kept of labels, such as the order of classes, by task."""

    @property
    def sizes(self) -> dict[str, int]:
        """How many rows each table has, and how many classes each task that counts them."""
        states = {**self.features, **self.tasks}
        rows = {name: getattr(fitted, "rows", None) for name, fitted in states.items()}
        return {name: count for name, count in rows.items() if count is not None}

    def to_json(self) -> str:
        return self.model_dump_json(indent=1)

    @staticmethod
    def from_json(text: str, schema: Schema) -> "Fitted":
        """The state of a schema's features; raises `ValueError` where the text holds another."""
        read = _Stored.model_validate_json(text)
        states = {feature.state: feature.fitting for feature in schema.features}
        absent = [name for name in states if name not in read.features]
        if absent:
            raise ValueError(f"nothing is fitted for {', '.join(absent)}")
        features: dict[str, BaseModel] = {
            name: bound.word.part("run").Fitted.model_validate(read.features[name])
            for name, bound in states.items()
        }
        needed = dict.fromkeys(feature.column for feature in schema.features)
        return Fitted(
            columns={name: read.columns[name] for name in needed},
            features=features,
            tasks={
                task.name: task.word.part("run").Fitted.model_validate(read.tasks[task.name])
                for task in schema.trained
                if task.word.fits(task.options)
            },
        )


class _Stored(BaseModel):
    columns: dict[str, ColumnInput]
    features: dict[str, dict[str, object]]
    tasks: dict[str, dict[str, object]] = {}


def fit(schema: Schema, table: pa.Table, path: str = "the table") -> Fitted:
    """Fits every feature and task on these rows, which are the training rows and no others.

    Features of one table are fitted together. The columns have been checked. Raises `SpecError`
    for values that a feature cannot take (MTL0612, MTL0613, MTL0642).
    """
    together: dict[str, list[FeatureField]] = {}
    for feature in schema.features:
        together.setdefault(feature.state, []).append(feature)
    features = {name: _fit(fields, table, path) for name, fields in together.items()}
    return Fitted(
        columns=_columns(schema, table.schema, features),
        features=features,
        tasks=fit_tasks(schema, table, path),
    )


def _fit(fields: Sequence[FeatureField], table: pa.Table, path: str) -> BaseModel:
    """The one state of features that share it."""
    fitting = fields[0].fitting
    given: list[tuple[pa.ChunkedArray, ColumnPlace]] = []
    for field in fields:
        place, column = place_of(field, table, path), table.column(field.column)
        entries = field.word.part("run").entries(column, field.options, place)
        given.append((entries, place))
    state: BaseModel = fitting.word.part("run").fit(given, fitting.options)
    return state


def check_fitted(schema: Schema, fitted: Fitted) -> list[Diagnostic]:
    """A warning for each feature without a value in the training rows (`empty-column`)."""
    return [
        EmptyColumn(feature.name, feature.column, feature.span)
        for feature in schema.features
        if getattr(fitted.features[feature.state], "empty", False)
    ]


def place_of(feature: FeatureField, table: pa.Table, path: str) -> ColumnPlace:
    """Where a feature's column comes from."""
    return ColumnPlace(path, feature.column, feature.span, origin(table))


def input_kinds(features: Iterable[FeatureField], columns: pa.Schema) -> dict[str, ColumnKind]:
    """How each column that features read is served."""
    kinds: dict[str, list[ColumnKind]] = {}
    for feature in features:
        kind = feature.word.part("run").input_kind(columns.field(feature.column).type)
        kinds.setdefault(feature.column, []).append(kind)
    return {name: _one_kind(found) for name, found in kinds.items()}


def _one_kind(found: Iterable[ColumnKind]) -> ColumnKind:
    """Strings before integers before numbers."""
    rank: tuple[ColumnKind, ...] = ("string", "int64", "float32")
    return min(found, key=rank.index)


def _columns(
    schema: Schema, columns: pa.Schema, features: Mapping[str, BaseModel]
) -> dict[str, ColumnInput]:
    """How each column is served; one without a single value is of its table's kind."""
    kinds = input_kinds(schema.features, columns)
    for field in schema.features:
        if pa.types.is_null(columns.field(field.column).type):
            kinds[field.column] = getattr(features[field.state], "kind", kinds[field.column])
    return {name: ColumnInput(kind=kind) for name, kind in kinds.items()}
