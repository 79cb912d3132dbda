"""What is wrong with a call: a message on stderr, exit code 2, and nothing run."""

import pytest

from mtlspec.cli.usage import UsageError, parse_settings
from tests.cli.conftest import RunCommand

CALLS = [
    (("chek", "two.mtl"), "there is no command `chek`", "did you mean `mtlspec check`?"),
    (("xyz",), "there is no command `xyz`", "the commands are `check`, `compile`"),
    (("--hlep",), "`mtlspec` has no option `--hlep`", "did you mean `--help`?"),
    (("-z",), "`mtlspec` has no option `-z`", "see `mtlspec --help`"),
    (
        ("check", "two.mtl", "--shcema", "x.mtl"),
        "`mtlspec check` has no option `--shcema`",
        "did you mean `--schema`?",
    ),
    (
        ("check", "two.mtl", "--shcema=x.mtl"),
        "`mtlspec check` has no option `--shcema`",
        "did you mean `--schema`?",
    ),
    (("check",), "`mtlspec check` needs `FILE`", "see `mtlspec check --help`"),
    (("check", "two.mtl", "--set"), "`--set` needs a value", "see `mtlspec check --help`"),
    (
        ("check", "two.mtl", "--set", "own"),
        "`--set own` is not of the form `name=value`",
        "for example `--set own=5`",
    ),
    (("check", "two.mtl", "--set", "=5"), "`--set =5` is not of the form", "for example"),
    (
        ("compile", "two.mtl", "--emit", "grahp"),
        "`--emit` cannot be `grahp`",
        "did you mean `graph`?",
    ),
    (
        ("check", "two.mtl", "--format", "yaml"),
        "`--format` cannot be `yaml`",
        "it is one of `full`, `concise`, `json`",
    ),
    (
        ("check", "two.mtl", "--schema", "a.mtl", "--schema", "b.mtl"),
        "`--schema` is given twice",
        "it takes one value",
    ),
    (("compile", "two.mtl", "more"), "`mtlspec compile` cannot use `more`", "see"),
    (
        ("compile", "two.mtl", "--run", "a", "--data", "b"),
        "`--run` and `--data` exclude each other",
        "a run knows its data",
    ),
    (
        ("check", "nothing/*.mtl"),
        "there is no spec in `nothing/*.mtl`",
        "specs are files that end in `.mtl`",
    ),
    (("explain", "adan"), "there is nothing called `adan` to explain", "did you mean `adam`?"),
]


@pytest.mark.parametrize(("tokens", "message", "hint"), CALLS, ids=lambda call: " ".join(call))
def test_a_wrong_call_is_refused_with_a_hint(
    mtlspec: RunCommand, tokens: tuple[str, ...], message: str, hint: str
) -> None:
    ran = mtlspec(*tokens)
    assert ran.code == 2
    assert ran.out == ""
    first, _, rest = ran.err.partition("\n")
    assert first.startswith(f"error[usage]: {message}")
    assert f"= help: {hint}" in rest


def test_a_usage_error_reads_like_a_diagnostic(mtlspec: RunCommand) -> None:
    assert mtlspec("check", "two.mtl", "--colour", "never").err == (
        "error[usage]: `mtlspec check` has no option `--colour`\n"
        "   = help: did you mean `--color`?\n"
    )


def test_set_splits_at_the_first_equals_sign() -> None:
    given = ("own=5", "label = a == b", "widths=[[256, 128], [64]]")
    assert parse_settings(given) == {
        "own": "5",
        "label": "a == b",
        "widths": "[[256, 128], [64]]",
    }


def test_the_last_of_two_settings_of_a_name_counts() -> None:
    assert parse_settings(("own=5", "own=6")) == {"own": "6"}


@pytest.mark.parametrize("text", ["own", "", "=5", " =5"])
def test_a_setting_needs_a_name_and_an_equals_sign(text: str) -> None:
    with pytest.raises(UsageError):
        parse_settings((text,))
