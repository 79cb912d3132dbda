"""The command `train`: a spec and data in, a run's folder out."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from mtlspec import pipeline
from mtlspec.cli.output import give, read_spec, tell
from mtlspec.cli.usage import Schema, Settings, UsageError, parse_settings
from mtlspec.files import read_part

if TYPE_CHECKING:
    from mtlspec.emit.compiled import Compiled

_LARGEST_SEED = 2**63 - 1


def train(
    spec: Annotated[str, Parameter(name="SPEC")],
    /,
    *,
    data: Annotated[str, Parameter(metavar="DATA")],
    valid: Annotated[str | None, Parameter(metavar="DATA|SHARE")] = None,
    out: Annotated[str | None, Parameter(metavar="FOLDER")] = None,
    settings: Settings = (),
    schema: Schema = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: Literal["auto", "bar", "lines", "none"] = "auto",
) -> int:
    """Train a spec on data.

    Leaves a run behind: a folder with the spec, its source, what was fitted on
    the training rows, the metrics of each epoch, and the best and last weights.
    Ctrl-C saves and stops; a second one stops at once.

    Example: mtlspec train mtl:mmoe.mtl --data census.parquet --valid 0.1

    Parameters
    ----------
    spec
        A spec; `-` is stdin, `mtl:ple.mtl` the library's.
    data
        Parquet or CSV: a file, a folder or a glob. Where
        tasks say `from:`, it lies beside their data sets, or
        is the folder of all.
    valid
        The rows to validate on: a data set, or a share of
        `--data` such as 0.1. The default is the spec's.
    out
        The folder of the run; it has to be new or empty. The
        default is `runs/NAME-N`.
    seed
        Of weights, split, order of rows and dropout. The default is the spec's.
    threads
        How many processor threads PyTorch uses. The default is its own.
    progress
        `auto` is a bar on a terminal and lines elsewhere.
    """
    if threads is not None and threads < 1:
        raise UsageError(f"`--threads` cannot be {threads}", "it is 1 or more")
    if seed is not None and not 0 <= seed <= _LARGEST_SEED:
        raise UsageError(f"`--seed` cannot be {seed}", "it is 0 or more and fits 63 bits")
    compile_spec = _compiler(spec, parse_settings(settings), schema)

    from mtlspec.training import TrainRequest, describe
    from mtlspec.training import train as train_run

    request = TrainRequest(spec, data, valid, out, seed, threads, progress)
    result = train_run(request, compile_spec)
    tell(result.warnings)
    give(describe(result))
    return 0 if result.signal is None else 128 + result.signal


def _compiler(
    spec: str, overlays: Mapping[str, str], schema: str | None
) -> "Callable[[Mapping[str, int] | None], Compiled]":
    """Compiles the spec for sizes, first for none, when its warnings are told."""
    read = cache(read_spec)  # stdin can be read once, and both compilations mean one text

    def compile_spec(sizes: Mapping[str, int] | None) -> "Compiled":
        outcome = pipeline.run(
            spec, read=read, peek=read_part, overlays=overlays, schema=schema, sizes=sizes
        )
        outcome.report.stop_on_errors()
        if sizes is None:
            tell(found for found in outcome.report.found if found.severity == "warning")
        assert outcome.code is not None
        return outcome.code

    return compile_spec
