"""`mtlspec check`: every error of every spec, or a line for each that has none."""

import io
import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import SPEC, RunCommand

WIDE = """\
mtl 1
use "schema.mtl"
model wide {
    expert a = features -> mlp(8)
    expert b = features -> mlp(6)
    gate g[task] = a, b by features
    head[clik] = g[click] -> mlp(4)
}
"""
SCHEMA = """\
mtl 1
features {
    age : numeric(normalize)
}
tasks {
    click : binary
}
"""
DEAD = """\
mtl 1
use "schema.mtl"
model dead {
    layer used = features -> mlp(8)
    layer idle = features -> mlp(8)
    head[click] = used -> mlp(4)
}
"""


PAGE = """\
error[MTL0304]: candidates of one gate must have one shape
   ╭─ wide.mtl:6:23
   │
 4 │     expert a = features -> mlp(8)
   │                            ────── f32[8]
 5 │     expert b = features -> mlp(6)
   │                            ────── f32[6]
 6 │     gate g[task] = a, b by features
   │                       ^ `b` is f32[6], `a` is f32[8]
   │
   = note: a gate returns the weighted sum of its candidates
   = help: end both in the same width, for example
        5 - expert b = features -> mlp(6)
        5 + expert b = features -> mlp(8)

error[MTL0201]: `clik` is not a task, a set or a number
   ╭─ wide.mtl:7:10
 7 │     head[clik] = g[click] -> mlp(4)
   │          ^^^^ did you mean `click`?

ok  schema.mtl · 1 feature · 1 task · no model

2 errors in 1 file · 43 ms
more about one of them: mtlspec explain MTL0304
"""


def write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.mtl").write_text(text, encoding="utf-8")


def test_a_spec_without_errors_answers_in_one_line(mtlspec: RunCommand) -> None:
    ran = mtlspec("check", "two.mtl")
    # 6 → 8 → 4 → 1, the last two for each of two tasks: 56 + 2 · (36 + 5)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "ok  two.mtl · 2 tasks · 138 parameters · 1 table\n"


def test_notes_of_a_spec_without_errors_are_named_and_shown_when_asked_for(
    mtlspec: RunCommand,
) -> None:
    write(schema=SCHEMA, dead=DEAD)
    ran = mtlspec("check", "dead.mtl")
    assert ran.code == 0
    assert ran.out.splitlines()[1] == "    1 note (-v): dead-statement"
    shown = mtlspec("check", "dead.mtl", "-v")
    assert shown.code == 0
    assert "note[dead-statement]: " in shown.out
    assert "dead.mtl:5:" in shown.out
    assert shown.out.splitlines()[-1].startswith("ok  dead.mtl · ")


def test_all_errors_of_all_specs_are_reported_at_once(mtlspec: RunCommand) -> None:
    write(schema=SCHEMA, wide=WIDE, half="mtl 1\nmodel half {\n    layer a = features -> \n")
    ran = mtlspec("check", "wide.mtl", "half.mtl", "two.mtl")
    assert (ran.code, ran.err) == (1, "")
    for message in ("error[MTL0304]", "error[MTL0201]", "error[MTL01", "ok  two.mtl"):
        assert message in ran.out
    assert ran.out.count("error[") == ran.out.count("\n   ╭─ ")


def test_errors_notes_and_a_summary_are_one_page(mtlspec: RunCommand) -> None:
    write(schema=SCHEMA, wide=WIDE)
    ran = mtlspec("check", "wide.mtl", "schema.mtl")
    assert (ran.code, ran.err) == (1, "")
    assert re.sub(r"\d+ ms|\d\.\d s", "43 ms", ran.out) == PAGE
    assert max(map(len, ran.out.splitlines())) <= 80


def test_an_error_in_a_file_that_two_specs_use_is_reported_once(mtlspec: RunCommand) -> None:
    write(schema=SCHEMA.replace("normalize", "normalise"), dead=DEAD, again=DEAD)
    ran = mtlspec("check", "dead.mtl", "again.mtl")
    assert ran.code == 1
    assert ran.out.count("error[") == 1


def test_a_folder_means_the_specs_in_it_and_below(mtlspec: RunCommand) -> None:
    Path("below/deep").mkdir(parents=True)
    write(**{"below/one": SPEC, "below/deep/two": SPEC})
    Path("below/readme.txt").write_text("not a spec", encoding="utf-8")
    names = [line.split()[1] for line in mtlspec("check", "below").out.splitlines()]
    assert names == [str(Path("below/deep/two.mtl")), str(Path("below/one.mtl"))]


def test_a_glob_means_the_specs_that_it_fits(mtlspec: RunCommand) -> None:
    write(a1=SPEC, a2=SPEC, b1="mtl 1\nmodel")
    ran = mtlspec("check", "a*.mtl")
    assert ran.code == 0
    assert [line.split()[1] for line in ran.out.splitlines()] == ["a1.mtl", "a2.mtl"]


def test_a_spec_named_twice_is_checked_once(mtlspec: RunCommand) -> None:
    assert mtlspec("check", "two.mtl", "*.mtl").out.count("ok ") == 1


def test_a_dash_is_stdin(mtlspec: RunCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(SPEC))
    assert mtlspec("check", "-").out.startswith("ok  <stdin> · 2 tasks")


def test_the_specs_of_the_library_are_reached_by_mtl(mtlspec: RunCommand) -> None:
    ran = mtlspec("check", "mtl:ple.mtl")
    assert ran.code == 0
    assert ran.out.startswith("ok  mtl:ple.mtl · 2 tasks · 2 levels · ")


def test_a_file_that_is_not_there_is_an_error_of_the_input(mtlspec: RunCommand) -> None:
    ran = mtlspec("check", "tow.mtl", "two.mtl")
    assert ran.code == 1
    assert "error[MTL0205]: `tow.mtl` cannot be read" in ran.out
    assert "ok  two.mtl" in ran.out


def test_a_schema_alone_is_no_error(mtlspec: RunCommand) -> None:
    write(schema=SCHEMA)
    ran = mtlspec("check", "schema.mtl")
    assert (ran.code, ran.out) == (0, "ok  schema.mtl · 1 feature · 1 task · no model\n")


def test_a_mistake_in_a_schema_alone_is_an_error(mtlspec: RunCommand) -> None:
    write(schema=SCHEMA.replace("binary", "binry"))
    ran = mtlspec("check", "schema.mtl")
    assert ran.code == 1
    assert ran.out.count("error[") == 1


def test_an_empty_file_has_no_model(mtlspec: RunCommand) -> None:
    write(empty="")
    ran = mtlspec("check", "empty.mtl")
    assert ran.code == 1
    assert "error[MTL0212]" in ran.out


def test_set_replaces_values(mtlspec: RunCommand) -> None:
    wider = mtlspec("check", "mtl:mmoe.mtl", "--set", "experts=2", "--set=expert=[4]")
    narrow = mtlspec("check", "mtl:mmoe.mtl", "--set", "experts=2")
    assert narrow.code == 0
    assert wider.out != narrow.out
    assert mtlspec("check", "two.mtl", "--set", "nothing=3").code == 1


def test_schema_brings_other_features_and_tasks(mtlspec: RunCommand) -> None:
    write(schema=SCHEMA)
    ran = mtlspec("check", "mtl:mmoe.mtl", "--schema", "schema.mtl")
    assert ran.code == 0
    assert ran.out.startswith("ok  mtl:mmoe.mtl · 1 task · ")


def test_concise_is_one_line_for_each_message(mtlspec: RunCommand) -> None:
    write(schema=SCHEMA, wide=WIDE)
    ran = mtlspec("check", "wide.mtl", "--format", "concise")
    assert ran.code == 1
    assert all(line.startswith("wide.mtl:") for line in ran.out.splitlines())
    assert len(ran.out.splitlines()) == 2


def test_json_holds_what_the_terminal_says(mtlspec: RunCommand) -> None:
    write(schema=SCHEMA, wide=WIDE)
    ran = mtlspec("check", "wide.mtl", "two.mtl", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    answer = json.loads(ran.out)
    assert answer["format_version"] == 1
    wide, two = answer["files"]
    assert (wide["file"], wide["ok"], two["ok"]) == ("wide.mtl", False, True)
    assert wide["facts"] == {}
    assert two["facts"] == {"task": 2, "level": 0, "parameter": 138, "table": 1}
    unknown = next(d for d in wide["diagnostics"] if d["id"] == "MTL0201")
    assert unknown["severity"] == "error"
    assert unknown["place"] == {
        "file": "wide.mtl",
        "line": 7,
        "column": 10,
        "end_line": 7,
        "end_column": 14,
    }
    assert unknown["marks"][0]["place"] == unknown["place"]


@pytest.mark.parametrize(
    ("color", "no_color", "painted"),
    [("auto", "", False), ("always", "", True), ("always", "1", True), ("never", "", False)],
)
def test_color_is_for_terminals_or_when_asked_for(
    mtlspec: RunCommand,
    monkeypatch: pytest.MonkeyPatch,
    color: str,
    no_color: str,
    painted: bool,
) -> None:
    write(schema=SCHEMA, wide=WIDE)
    monkeypatch.setenv("NO_COLOR", no_color)
    ran = mtlspec("check", "wide.mtl", "--color", color)
    assert ("\x1b[" in ran.out) is painted
