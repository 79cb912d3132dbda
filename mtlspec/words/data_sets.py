"""Data sets by their paths: what ends their files' names, and what a spec calls them."""

from typing import Final

PARQUET: Final = (".parquet", ".parq", ".pq")
CSV: Final = (".csv", ".csv.gz")
SOURCE: Final = "source"
"""The value, and the column of the served model, that is the name of a row's data set."""
REST: Final = "data"
"""What the data set after `--data` is called, which tasks without `from:` read."""
LABEL: Final = "label"
"""The column that a task's label is where it has a data set of its own and no `label:`."""


def name_of(path: str | None) -> str:
    """What a data set is called in the language: its path, without the ending of a file."""
    if path is None:
        return REST
    endings = [end for end in (*PARQUET, *CSV) if path.lower().endswith(end)]
    return path[: -max(map(len, endings))] if endings else path
