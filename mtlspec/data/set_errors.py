"""What can be wrong with the data sets of tasks taken together."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.source import Span


class SetsDisagree(Error):
    """A column that features read has types that meet in all data sets.

    What it means: a feature reads one column of every data set that has it, and in two of them the
    column is of types that do not meet. Integers and floats meet as floats; strings and numbers do
    not meet.

    Example: `age` is a number in `sst.parquet`, and a string such as "20-29" in `rte.parquet`

    Instead: write the column alike in both, or give one of the two another name and a feature of
    its own

    Why: a feature has one meaning, one vocabulary and one mean, whatever data set a row is from.
    """

    id = "MTL0671"
    title = "a column that features read has types that meet in all data sets"
    column: str
    first: str
    first_type: str
    second: str
    second_type: str
    span: Span

    def headline(self) -> str:
        return f"two data sets differ in the type of column `{self.column}`"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, f"reads `{self.column}` of both", primary=True)]

    def place(self) -> str:
        return self.second

    def notes(self) -> Sequence[str]:
        return (
            f"it is {self.first_type} in `{self.first}`",
            f"it is {self.second_type} in `{self.second}`",
        )


class FolderWithoutFrom(Error):
    """A task without `from:` reads what stands after `--data`.

    What it means: some tasks have data sets of their own, `from:`, which lie in the folder of
    `--data`, and this one has not. So it would read all that lies in the folder, the data sets of
    the other tasks included.

    Example:
        tasks { sst : binary(from: "sst.parquet")   rte : binary }
        --data glue/

    Instead:
        tasks { sst : binary(from: "sst.parquet")   rte : binary(from: "rte.parquet") }
        --data glue/

    Why: a file after `--data`, `--data glue/rte.parquet`, is read by the tasks without `from:`, and
    the others' data sets lie beside it.
    """

    id = "MTL0673"
    title = "a task without `from:` reads what stands after `--data`"
    path: str
    task: str
    span: Span

    def headline(self) -> str:
        return f"`{self.task}` has no `from:`, and `--data {self.path}` is the folder of all"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "which of its files?", primary=True)]

    def place(self) -> str:
        return self.path

    def help(self) -> str:
        return f"give `{self.task}` a `from:`, or name a file after `--data`"


class NothingReadsData(Error):
    """Where all tasks have data sets of their own, `--data` is their folder.

    What it means: every task of the model says `from:`, which names a data set in the folder of
    `--data`. What stands there is no folder.

    Example:
        tasks { sst : binary(from: "sst.parquet") }
        --data glue/sst.parquet

    Instead:
        --data glue/

    Why: no task would read the file, and whoever named it thinks that one does.
    """

    id = "MTL0677"
    title = "where all tasks have data sets of their own, `--data` is their folder"
    path: str
    exists: bool

    def headline(self) -> str:
        if not self.exists:
            return f"there is no folder `{self.path}`"
        return f"no task reads `{self.path}`: each has a data set of its own"

    def place(self) -> str:
        return self.path

    def expected(self) -> str:
        return "a folder, in which the paths after `from:` lead to data sets"
