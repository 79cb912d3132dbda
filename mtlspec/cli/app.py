"""The command `mtlspec`: finds the command that is meant, runs it, and turns what it raises into
messages and exit codes.

0 fine, 1 the input is wrong, 2 the call is wrong, 3 a fault of mtlspec, 130 interrupted. A
command is a function in a module of its own name, imported when it is called; it returns its
exit code, or None for 0.
"""

import gc
import os
import shlex
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App, CycloptsError

from mtlspec.cli.output import STDIO, prepare_streams, tell
from mtlspec.cli.usage import Misuse, UsageError, explain_misuse
from mtlspec.diagnostics import Error, SpecError

OBJECTS = 100_000
"""How many new objects call for a search for circles. Modules and graphs are many objects that
stay; Python's own 700 searches them over and over, a sixth of the time of `check`."""

COMMANDS = {
    "check": "Report the errors of specs, all of them at once.",
    "compile": "Compile a spec to stand-alone PyTorch source.",
    "train": "Train a spec on data.",
    "export": "Export a run to ONNX.",
    "explain": "Explain an error's code, or a word or a sign of the language.",
    "fmt": "Format specs: one canonical form, no options.",
}
"""Every command with the first line of its function's docstring."""

WRONG_INPUT, WRONG_CALL, FAULT, INTERRUPTED, BROKEN_PIPE = 1, 2, 3, 130, 141


class Fault(Error):
    """Whatever the input is, mtlspec must not fail by itself.

    What it means: mtlspec came upon something that it does not expect anywhere. The spec may be
    right or wrong; that it is not told which is a defect of mtlspec. The exit code is 3.

    Instead: report it with the command and the file that the message names; the file holds the
    traceback and no data.

    Why: a message that guesses at the cause would be worse than none.
    """

    id = "internal"
    title = "mtlspec must not fail by itself"
    raised: str
    file: str
    command: str

    def headline(self) -> str:
        return f"mtlspec failed: {self.raised}"

    def notes(self) -> Sequence[str]:
        return (f"the traceback is in {self.file}", f"the command was {self.command}")

    def help(self) -> str:
        return "this is a defect of mtlspec: please report it with that file"


def main(tokens: Sequence[str] | None = None) -> int:
    """Runs the command line (`sys.argv` unless given) and returns the exit code."""
    given = list(sys.argv[1:] if tokens is None else tokens)
    gc.set_threshold(OBJECTS)
    prepare_streams()
    try:
        code = run(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # what reads us has had enough; the interpreter's own flush must not complain either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except Exception as error:  # the one place for a fault of our own
        tell([_write_fault(error, given)])
        raise SystemExit(FAULT) from error
    finally:
        if tokens is None:
            # the process ends: nothing is worth a last search for circles, a fifth of `check`
            gc.freeze()
    return code


def run(tokens: Sequence[str]) -> int:
    """Runs a command line; errors of its call and of its input are told on stderr."""
    try:
        result: object = build_app(tokens)(
            [STDIO if token == "-" else token for token in tokens], result_action="return_value"
        )
    except CycloptsError as error:
        return _refuse(explain_misuse(error, COMMANDS))
    except UsageError as error:
        return _refuse(error.misuse)
    except SpecError as error:
        tell(error.diagnostics)
        return WRONG_INPUT
    return result if isinstance(result, int) else 0


def build_app(tokens: Sequence[str]) -> App:
    """The app for a command line; the commands that the line does not name stay unimported."""
    app = App(
        name="mtlspec",
        help="A small language for multi-task models, compiled to PyTorch.",
        help_format="plaintext",
        version=lambda: f"mtlspec {version('mtlspec')}",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
    )
    for place, (name, line) in enumerate(COMMANDS.items()):
        app.command(
            f"mtlspec.cli.{name}:{name}",
            name=name,
            sort_key=place,
            # a help text given here would hide the docstring of the command that is called
            help=None if name in tokens else line,
        )
    return app


def _refuse(misuse: Misuse) -> int:
    tell([misuse])
    return WRONG_CALL


def _write_fault(error: Exception, tokens: Sequence[str]) -> Fault:
    handle, path = tempfile.mkstemp(prefix="mtlspec-", suffix=".txt", text=True)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(traceback.format_exception(error))
    raised = traceback.format_exception_only(error)[-1].strip()
    return Fault(raised, path, shlex.join(["mtlspec", *tokens]))
