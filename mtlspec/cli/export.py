"""The command `export`: a run as one ONNX file, and a report of what was found on the way."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

import mtlspec
from mtlspec.cli.output import give, tell
from mtlspec.diagnostics import Note, SpecError

if TYPE_CHECKING:
    import pyarrow as pa

    from mtlspec.training import Run


class RowsOfTheRun(Note):
    """An exported file is compared with the trained model on the rows that the run validated on.

    What it means: these rows are read again from where they were when the run was trained. They
    are not there any more, or cannot be read.

    Example:
        mtlspec export @last -o model.onnx                            # the data were moved

    Instead:
        mtlspec export @last -o model.onnx --data elsewhere/valid.parquet

    Why: the comparison needs real rows. Any that hold the columns of the features will do; labels
    are not needed.
    """

    id = "rows-of-the-run"
    title = "an exported file is compared on the rows that the run validated on"

    def headline(self) -> str:
        return "the exported file is compared on the rows that the run validated on"

    def help(self) -> str:
        return "name other rows with `--data`"


def export(
    run: Annotated[str, Parameter(name="RUN")],
    /,
    *,
    output: Annotated[str, Parameter(name=["--output", "-o"], metavar="FILE")],
    data: Annotated[str | None, Parameter(metavar="DATA")] = None,
) -> None:
    """Export a run to ONNX.

    The file takes the raw columns under their names, strings as strings, and
    gives each task's probability. It is compared with the PyTorch model on real
    rows before it is put in its place.

    Example: mtlspec export @last -o model.onnx

    Parameters
    ----------
    run
        A run's folder, its name below `runs`, or `@last`.
    output
        Where the ONNX file goes.
    data
        The rows to compare on. The default is those that the run validated on.
    """
    from mtlspec.export import describe
    from mtlspec.export import export as export_run

    opened = mtlspec.open_run(run)
    tell(opened.notes)
    rows = _rows_of(opened) if data is None else _rows(opened, data)
    report = export_run(
        opened.compiled,
        opened.fitted,
        opened.module,
        rows,
        Path(output),
        provenance=_provenance(opened),
    )
    give(describe(report))


def _provenance(run: "Run") -> dict[str, str]:
    facts = {"run": run.info.name, "spec": run.info.spec, "seed": str(run.info.seed)}
    return facts if run.info.best is None else {**facts, "epoch": str(run.info.best.epoch)}


def _rows(run: "Run", path: str) -> "pa.Table":
    from mtlspec.data import load_rows, load_table

    load = load_table if Path(path).is_dir() else load_rows  # a folder may hold several data sets
    return load(run.compiled.schema, path, labels=False)


def _rows_of(run: "Run") -> "pa.Table":
    """The rows that the run validated on."""
    import pyarrow as pa

    from mtlspec.data import load_table, split_rows
    from mtlspec.training.info import DataSet

    info = run.info
    whole = info.valid if isinstance(info.valid, DataSet) else info.data
    try:
        # rows are held out by what training read, which may be a column of no feature
        table = load_table(run.compiled.schema, whole.path, labels=whole is info.data)
    except SpecError as error:
        raise SpecError([*error.diagnostics, RowsOfTheRun()]) from error
    if isinstance(info.valid, DataSet):
        return table
    _, valid = split_rows(table, run.compiled.schema, info.valid, info.seed)
    return table.take(pa.array(valid))
