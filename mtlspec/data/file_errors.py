"""What can be wrong with the files of a data set, before their columns are looked at."""

from __future__ import annotations

from collections.abc import Sequence

from mtlspec.diagnostics import Error, Label
from mtlspec.source import Span


class NoSuchData(Error):
    """Data is a file, a glob that matches files, or a directory of them.

    What it means: nothing was found there, or it may not be read.

    Example:
        --data data/cenus.parquet

    Instead:
        --data data/census.parquet
        --data "data/census/*.parquet"
        --data data/census/

    Why: a run without rows cannot start. A glob in quotes reaches mtlspec, not the shell.
    """

    id = "MTL0601"
    title = "data is a file, a glob that matches files, or a directory of them"
    path: str
    reason: str
    span: Span | None = None
    """The task that has this data set of its own."""

    def headline(self) -> str:
        return f"no data at `{self.path}`: {self.reason}"

    def labels(self) -> Sequence[Label]:
        return [Label(self.span, "its data set, by `from:`", primary=True)] if self.span else []

    def place(self) -> str:
        return self.path


class NeitherParquetNorCsv(Error):
    """Data is Parquet or CSV.

    What it means: the file does not begin as Parquet does, and its name does not end in `.csv`.

    Example:
        --data census.xlsx

    Instead: save it as Parquet (it keeps the types), or as CSV with a header line

    Why: what is in another format would have to be guessed.
    """

    id = "MTL0604"
    title = "data is Parquet or CSV"
    path: str
    named_parquet: bool
    length: int

    def headline(self) -> str:
        return f"`{self.path}` is neither Parquet nor CSV"

    def place(self) -> str:
        return self.path

    def found(self) -> str:
        if self.length == 0:
            return "an empty file"
        return "a file that does not begin with the bytes `PAR1`"

    def expected(self) -> str:
        return "a Parquet file" if self.named_parquet else "Parquet, or a name that ends in `.csv`"


class DamagedFile(Error):
    """A file can be read from its first row to its last.

    What it means: the file begins well, and then something is wrong: it was cut off on its way
    (a Parquet file has its table of contents at its end), or lines of a CSV file differ in their
    number of fields.

    Example: a download that was interrupted

    Instead: fetch or write the file again

    Why: to train on the readable part would be to train on other rows than were asked for.
    """

    id = "MTL0605"
    title = "a file can be read from its first row to its last"
    path: str
    reason: str

    def headline(self) -> str:
        return f"`{self.path}` is damaged or cut off"

    def place(self) -> str:
        return self.path

    def found(self) -> str:
        return self.reason


class NoRows(Error):
    """A data set has rows.

    What it means: the files were read and hold columns at most.

    Example: a CSV file with nothing below its header

    Instead: look at the step that wrote the file

    Why: there is nothing to learn from, and nothing to predict.
    """

    id = "MTL0606"
    title = "a data set has rows"
    path: str

    def headline(self) -> str:
        return f"`{self.path}` has no rows"

    def place(self) -> str:
        return self.path


class FilesDisagree(Error):
    """All files of one data set have the columns that the spec reads, in types that meet.

    What it means: files that are read together differ in a column. Integers and floats meet as
    floats, and a column without any value meets all; strings and numbers do not meet.

    Example: `part-1.csv` has `zip` as integers, `part-2.csv` as strings

    Instead: write the files alike, or name those that belong together with a glob

    Why: rows of which a column is missing would be taken for rows where it is null.
    """

    id = "MTL0607"
    title = "all files of a data set have the same columns"
    column: str
    first: str
    first_has: str
    second: str
    second_has: str

    def headline(self) -> str:
        return f"files of one data set differ in column `{self.column}`"

    def place(self) -> str:
        return self.second

    def notes(self) -> Sequence[str]:
        return (
            f"`{self.first}` {self.first_has}",
            f"`{self.second}` {self.second_has}",
        )


class ColumnTwice(Error):
    """A column's name stands once in a file.

    What it means: two columns of the file have one name.

    Example: a CSV file whose header is `age,income,age`

    Instead: rename one of the two

    Why: which of them is meant would be a guess.
    """

    id = "MTL0608"
    title = "a column's name stands once in a file"
    path: str
    column: str

    def headline(self) -> str:
        return f"`{self.path}` has two columns of the name `{self.column}`"

    def place(self) -> str:
        return self.path
