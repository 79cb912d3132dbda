"""How commands are called: the options that several share, and what is wrong with a call."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.argument import Argument, ArgumentCollection
from cyclopts.exceptions import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    RepeatArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
)

from mtlspec.diagnostics import Error, closest

Settings = Annotated[
    tuple[str, ...],
    Parameter(
        name="--set",
        negative="",
        show_default=False,
        metavar="NAME=VALUE",
        help="Replace a value of the spec: `--set own=5`, `--set train.epochs=3`. Repeatable.",
    ),
]
"""The option `--set`, as given; `parse_settings` reads it."""

Schema = Annotated[
    str | None,
    Parameter(
        name="--schema",
        metavar="FILE",
        help="Take the features and tasks from this file, not from those that the spec brings.",
    ),
]
"""The option `--schema`."""

Color = Annotated[
    Literal["auto", "always", "never"],
    Parameter(help="`auto` colours a terminal, unless NO_COLOR is set."),
]
"""The option `--color`."""


class Misuse(Error):
    """A command must be called as its help says.

    What it means: the command line names a command or an option that does not exist, leaves out
    what a command needs, or gives an option a value that it cannot take. Nothing was run; the
    exit code is 2.

    Example:
        mtlspec chek specs/ple.mtl

    Instead:
        mtlspec check specs/ple.mtl

    Why: `mtlspec COMMAND --help` lists what a command takes. An argument that is not understood
    is never dropped.
    """

    id = "usage"
    title = "a command must be called as its help says"
    message: str
    hint: str = ""

    def headline(self) -> str:
        return self.message

    def help(self) -> str:
        return self.hint


class UsageError(Exception):
    """Raised by a command that cannot be run as it was called; exit code 2."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.misuse = Misuse(message, hint)
        super().__init__(message)


def parse_settings(given: Sequence[str]) -> Mapping[str, str]:
    """`("own=5",)` as `{"own": "5"}`; a name given twice has its last value.

    Raises `UsageError` where there is no name or no `=`.
    """
    settings: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"`--set {text}` is not of the form `name=value`",
                "for example `--set own=5` or `--set train.epochs=3`",
            )
        settings[name.strip()] = value.strip()
    return settings


def explain_misuse(error: CycloptsError, commands: Iterable[str]) -> Misuse:
    """What cyclopts found wrong with a command line, in our words."""
    match error:
        case UnknownCommandError():
            return _unknown_command(error, sorted(commands))
        case UnknownOptionError():
            return _unknown_option(error)
        case MissingArgumentError():
            return _missing_argument(error)
        case CoercionError():
            return _unfit_value(error)
        case RepeatArgumentError():
            return Misuse(f"`{error.token.keyword}` is given twice", "it takes one value")
        case UnusedCliTokensError():
            rest = " ".join(error.unused_tokens or ())
            return Misuse(f"`{_command(error)}` cannot use `{rest}`", _see_help(error))
        case _:
            return Misuse(str(error).rstrip(".").lower(), _see_help(error))


def _command(error: CycloptsError) -> str:
    return " ".join(("mtlspec", *(error.command_chain or ())))


def _see_help(error: CycloptsError) -> str:
    return f"see `{_command(error)} --help`"


def _unknown_command(error: UnknownCommandError, commands: Sequence[str]) -> Misuse:
    word = (error.unused_tokens or [""])[0]
    if word.startswith("-"):
        return _no_such_option(error, word, ("--help", "--version"))
    meant = closest(word, commands)
    listed = ", ".join(f"`{name}`" for name in commands)
    hint = f"did you mean `mtlspec {meant}`?" if meant else f"the commands are {listed}"
    return Misuse(f"there is no command `{word}`", hint)


def _unknown_option(error: UnknownOptionError) -> Misuse:
    option = (error.token.keyword or error.token.value).partition("=")[0]
    return _no_such_option(error, option, _option_names(error.argument_collection))


def _option_names(arguments: ArgumentCollection) -> Sequence[str]:
    shown = (argument for argument in arguments if argument.parse and argument.show)
    return [name for argument in shown for name in argument.names if name.startswith("-")]


def _no_such_option(error: CycloptsError, option: str, options: Sequence[str]) -> Misuse:
    meant = closest(option, (*options, "--help"))
    hint = f"did you mean `{meant}`?" if meant else _see_help(error)
    return Misuse(f"`{_command(error)}` has no option `{option}`", hint)


def _missing_argument(error: MissingArgumentError) -> Misuse:
    name = error.keyword or _shown_name(error.argument)
    if name.startswith("-"):
        return Misuse(f"`{name}` needs a value", _see_help(error))
    return Misuse(f"`{_command(error)}` needs `{name}`", _see_help(error))


def _unfit_value(error: CoercionError) -> Misuse:
    name = (error.token.keyword if error.token else None) or _shown_name(error.argument)
    value = error.token.value if error.token else ""
    choices = _choices(error)
    if choices:
        meant = closest(value, choices)
        listed = ", ".join(f"`{choice}`" for choice in choices)
        hint = f"did you mean `{meant}`?" if meant else f"it is one of {listed}"
    else:
        hint = _see_help(error)
    return Misuse(f"`{name}` cannot be `{value}`", hint)


def _shown_name(argument: Argument | None) -> str:
    return argument.name if argument else "an argument"


def _choices(error: CoercionError) -> Sequence[str]:
    if error.argument is None:
        return ()
    return error.argument.get_choices() or ()
