"""The command `compile`: a spec as PyTorch source, or as it is at an earlier arrow."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from mtlspec import pipeline
from mtlspec.cli.output import STDIO, give, read_spec, say, tell, write_text
from mtlspec.cli.usage import Schema, Settings, UsageError, parse_settings
from mtlspec.files import read_part
from mtlspec.pipeline import Outcome, Stage

if TYPE_CHECKING:
    from mtlspec.emit.compiled import Compiled


def compile(
    spec: Annotated[str, Parameter(name="SPEC")],
    /,
    *,
    output: Annotated[str | None, Parameter(name=["--output", "-o"], metavar="FILE")] = None,
    emit: Stage = "python",
    settings: Settings = (),
    schema: Schema = None,
    run: Annotated[str | None, Parameter(metavar="RUN")] = None,
    data: Annotated[str | None, Parameter(metavar="DATA")] = None,
) -> None:
    """Compile a spec to stand-alone PyTorch source.

    The source imports torch alone and is what `mtlspec train` executes. How many
    rows an embedding table has may be known from data only: `--run` and `--data`
    fold that in; without, the class takes `sizes`.

    Example: mtlspec compile specs/ple.mtl -o ple.py

    Parameters
    ----------
    spec
        A spec; `-` is stdin, `mtl:ple.mtl` the library's.
    output
        Write to this file, unless there are errors. The default is stdout.
    emit
        `tree` is the spec with all that it uses, in one file.
    run
        Take the sizes of tables from this run.
    data
        Take the sizes of tables from the rows that `train --data` would train on.
    """
    settings_given = parse_settings(settings)
    read = cache(read_spec)  # stdin can be read once

    def compile_upto(stage: Stage, sizes: Mapping[str, int] | None = None) -> Outcome:
        outcome = pipeline.run(
            spec,
            read=read,
            peek=read_part,
            overlays=settings_given,
            schema=schema,
            sizes=sizes,
            upto=stage,
        )
        outcome.report.stop_on_errors()
        return outcome

    if run is not None and data is not None:
        raise UsageError("`--run` and `--data` exclude each other", "a run knows its data")
    sizes = None
    if run is not None:
        sizes = _sizes_of_run(run)
    elif data is not None:
        code = compile_upto("python").code
        assert code is not None
        sizes = _sizes_of_data(code, data)
    outcome = compile_upto(emit, sizes)
    tell(d for d in outcome.report.found if d.severity == "warning")
    _put(_show(outcome, emit), output)


def _put(text: str, output: str | None) -> None:
    if output is None or output == STDIO:
        give(text)
    else:
        write_text(output, text)
        say(f"wrote {output}")


def _show(outcome: Outcome, stage: Stage) -> str:
    match stage:
        case "tree":
            from mtlspec.graph.files.effective import effective_text

            assert outcome.program is not None
            return effective_text(outcome.program)
        case "graph":
            from mtlspec.graph.printer import print_graph

            assert outcome.graph is not None
            return print_graph(outcome.graph)
        case "plan":
            from mtlspec.plan.printer import print_plan

            assert outcome.plan is not None
            return print_plan(outcome.plan)
        case "python":
            assert outcome.code is not None
            return outcome.code.source


def _sizes_of_run(name: str) -> Mapping[str, int]:
    from mtlspec.training.info import read_info
    from mtlspec.training.run_directory import find_run

    return read_info(find_run(name)).sizes


def _sizes_of_data(code: "Compiled", path: str) -> Mapping[str, int]:
    """The sizes that training on these rows with the spec's own split gives."""
    from mtlspec.data import fit, load_table, split_rows

    table = load_table(code.schema, path)
    rows, _ = split_rows(table, code.schema, code.train.valid, code.train.seed)
    return fit(code.schema, table.take(rows), path).sizes
