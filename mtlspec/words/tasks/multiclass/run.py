"""Reads the labels of one of several classes, and finds the classes where none are listed."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr

from mtlspec.diagnostics import SpecError
from mtlspec.words.column import ColumnError, ColumnPlace
from mtlspec.words.tasks._labels.run import as_classes, is_class, read_classes, show_class
from mtlspec.words.tasks.multiclass import MulticlassOptions
from mtlspec.words.word import Options

POSSIBLE = "a text, a whole number, a bool, or null"
"""What a label may be, in words."""

accepts = is_class


class OtherCount(ColumnError):
    """The training rows hold as many classes as the task says.

    What it means: `multiclass(n)` takes the values of the training rows as its classes, and there
    are more of them, or fewer.

    Example: `species : multiclass(2)` where `species` holds three

    Instead: `species : multiclass(3)`, or `species : multiclass(values: [setosa, versicolor])`

    Why: an output that no row teaches, or a class without one, would only show in service.
    """

    id = "MTL0627"
    title = "the training rows hold as many classes as the task says"
    needed: int
    classes: tuple[str | int, ...]

    def headline(self) -> str:
        count = "1 class" if len(self.classes) == 1 else f"{len(self.classes)} classes"
        return f"the training rows hold {count}, not {self.needed}"

    def found(self) -> str:
        shown = ", ".join(map(show_class, self.classes[:12]))
        return f"{shown}, …" if len(self.classes) > 12 else shown or "no label at all"

    def help(self) -> str:
        return "list the classes: `values: […]` fixes them, whichever of them the rows hold"


class Fitted(BaseModel):
    """The classes, in the order of what is served."""

    model_config = ConfigDict(frozen=True)
    classes: tuple[StrictInt, ...] | tuple[StrictStr, ...]

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.classes)


def fit(values: pa.ChunkedArray, options: Options, place: ColumnPlace) -> Fitted:
    """The values of the training rows, sorted. Raises `SpecError` (MTL0627)."""
    assert isinstance(options, MulticlassOptions)
    found = pc.unique(as_classes(values, place, "multiclass")).to_pylist()
    classes: tuple[str | int, ...] = tuple(sorted(c for c in found if c is not None))
    if len(classes) != (options.n or max(2, len(classes))):
        raise SpecError([OtherCount(place, options.n or 2, classes)])
    return Fitted.model_validate({"classes": classes})


def read_labels(
    values: pa.ChunkedArray, options: Options, fitted: BaseModel | None, place: ColumnPlace
) -> NDArray[np.float32]:
    """float32 [N]: the place of the class, from 0; NaN without a label (MTL0626)."""
    assert isinstance(options, MulticlassOptions)
    classes = options.values
    if classes is None:
        assert isinstance(fitted, Fitted)
        classes = fitted.classes
    return read_classes(values, classes, place, "multiclass")
