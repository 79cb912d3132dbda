"""Diagnostics on a terminal: exactly as designed, never wider, never an escape code too many."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import dedent

import pytest

from mtlspec.diagnostics import Diagnostic, Error, Fix, Label, Note, Warn
from mtlspec.diagnostics.terminal import render, summary
from mtlspec.source import SourceFile, Span


@dataclass(frozen=True)
class Sample(Error):
    id = "MTL0999"
    title = "samples are what they are"
    said: str = ""
    places: tuple[Label, ...] = ()
    where: str = ""
    remarks: tuple[str, ...] = ()
    advice: str = ""
    found_text: str = ""
    expected_text: str = ""
    mending: Fix | None = None

    def headline(self) -> str:
        return self.said or self.title

    def labels(self) -> Sequence[Label]:
        return self.places

    def place(self) -> str:
        return self.where

    def notes(self) -> Sequence[str]:
        return self.remarks

    def help(self) -> str:
        return self.advice

    def found(self) -> str:
        return self.found_text

    def expected(self) -> str:
        return self.expected_text

    def fix(self) -> Fix | None:
        return self.mending


@dataclass(frozen=True)
class SampleNote(Sample, Note):
    severity = "note"
    id = "dead-gate"


@dataclass(frozen=True)
class SampleWarning(Sample, Warn):
    severity = "warning"
    id = "unused-thing"


def file_with(lines: dict[int, str], path: str = "specs/ple_wide.mtl") -> SourceFile:
    return SourceFile(path, "\n".join(lines.get(n, "") for n in range(1, max(lines) + 1)) + "\n")


def mark(
    file: SourceFile, line: int, word: str, text: str = "", primary: bool = False, nth: int = 0
) -> Label:
    found = [m.start() for m in re.finditer(re.escape(word), file.line(line))]
    start = sum(len(part) + 1 for part in file.text.split("\n")[: line - 1]) + found[nth]
    return Label(Span(file, start, start + len(word)), text, primary)


SPEC = file_with(
    {
        10: "        expert mine[task, own] = h[task] -> mlp(128, 64)",
        11: "        expert ours[common]    = s       -> mlp(128, 96)",
        13: "        gate h[task] <- mine[task], ours  by h[task]",
        14: "        gate s       <- mine, ours        by s",
        18: "    head[incom] = h[income] -> mlp(32)",
    }
)
CENSUS = file_with({9: "    income  : binary(label: income_50k)"}, "specs/schemas/census.mtl")


def shapes() -> Sample:
    return Sample(
        "candidates of one gate must have one shape",
        (
            mark(SPEC, 13, "ours", "f32[96], but `mine[task]` is f32[64]", primary=True),
            mark(SPEC, 10, "h[task] -> mlp(128, 64)", "f32[64]"),
            mark(SPEC, 11, "s       -> mlp(128, 96)", "f32[96]"),
        ),
        remarks=("a gate returns the weighted sum of its candidates",),
        advice="end both in the same width, for example\n"
        "11 - expert ours[common]    = s       -> mlp(128, 96)\n"
        "11 + expert ours[common]    = s       -> mlp(128, 64)",
    )


def unknown_task() -> Sample:
    return Sample(
        "`incom` is not a task",
        (
            mark(SPEC, 18, "incom", "did you mean `income`?", primary=True),
            mark(CENSUS, 9, "income", "the tasks are `income` and `marital`"),
        ),
    )


def dead_gate() -> SampleNote:
    return SampleNote(
        "the last `gate s` reaches no head and is not built",
        (mark(SPEC, 14, "s", "in iteration 2 of `repeat levels`", primary=True),),
        remarks=("as in the PLE paper, where the last level has task gates only",),
    )


def test_the_anatomy_of_a_session() -> None:
    assert render([dead_gate(), unknown_task(), shapes()]) == dedent(
        """\
        error[MTL0999]: candidates of one gate must have one shape
           ╭─ specs/ple_wide.mtl:13:37
           │
        10 │         expert mine[task, own] = h[task] -> mlp(128, 64)
           │                                  ─────────────────────── f32[64]
        11 │         expert ours[common]    = s       -> mlp(128, 96)
           │                                  ─────────────────────── f32[96]
           ┆
        13 │         gate h[task] <- mine[task], ours  by h[task]
           │                                     ^^^^
           │                                     f32[96], but `mine[task]` is f32[64]
           │
           = note: a gate returns the weighted sum of its candidates
           = help: end both in the same width, for example
                11 - expert ours[common]    = s       -> mlp(128, 96)
                11 + expert ours[common]    = s       -> mlp(128, 64)

        error[MTL0999]: `incom` is not a task
           ╭─ specs/ple_wide.mtl:18:10
        18 │     head[incom] = h[income] -> mlp(32)
           │          ^^^^^ did you mean `income`?
           ├─ specs/schemas/census.mtl:9:5
         9 │     income  : binary(label: income_50k)
           │     ────── the tasks are `income` and `marital`

        note[dead-gate]: the last `gate s` reaches no head and is not built
           ╭─ specs/ple_wide.mtl:14:14
        14 │         gate s       <- mine, ours        by s
           │              ^ in iteration 2 of `repeat levels`
           = note: as in the PLE paper, where the last level has task gates only"""
    )


def test_concise_is_one_line_each() -> None:
    short = replace(dead_gate(), said="the last `gate s` reaches no head")
    text = render([shapes(), unknown_task(), short], format="concise")
    assert text == dedent(
        """\
        specs/ple_wide.mtl:13:37: error[MTL0999] candidates of one gate must have one shape
        specs/ple_wide.mtl:18:10: error[MTL0999] `incom` is not a task; did you mean `income`?
        specs/ple_wide.mtl:14:14: note[dead-gate] the last `gate s` reaches no head"""
    )


def test_errors_come_first_then_warnings_then_notes_each_by_place() -> None:
    def at(kind: type[Sample], line: int) -> Sample:
        return kind(f"line {line}", (mark(SPEC, line, SPEC.line(line).strip(), "", True),))

    given = [at(SampleNote, 10), at(Sample, 18), at(SampleWarning, 11), at(Sample, 13)]
    lines = render(given, format="concise").splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "error[MTL0999] line 13",
        "error[MTL0999] line 18",
        "warning[unused-thing] line 11",
        "note[dead-gate] line 10",
    ]


def test_a_message_without_spans_says_in_words_where_it_is() -> None:
    message = Sample(
        "the column `age` is missing",
        where="data/census/part-18.parquet",
        found_text="`hours`, `sex`",
        expected_text="`age`",
        advice="leave it out of the schema",
    )
    assert render([message]) == dedent(
        """\
        error[MTL0999]: the column `age` is missing
           ╭─ data/census/part-18.parquet
           = found:    `hours`, `sex`
           = expected: `age`
           = help: leave it out of the schema"""
    )


def test_a_fix_is_put_in_words() -> None:
    label = mark(SPEC, 18, "incom", "", primary=True)

    def fixed(replacement: str, span: Span = label.span) -> str:
        return render([Sample(places=(label,), mending=Fix(span, replacement))]).splitlines()[-1]

    assert fixed("income") == "   = fix: write `income` for `incom`"
    assert fixed("") == "   = fix: delete `incom`"
    assert fixed("x", Span(SPEC, 3, 3)) == "   = fix: write `x` there"


def test_a_fix_that_a_label_says_is_not_said_again() -> None:
    label = mark(SPEC, 18, "incom", "did you mean `income`?", primary=True)
    assert "fix" not in render([Sample(places=(label,), mending=Fix(label.span, "income"))])


def test_two_marks_of_one_line_stand_below_each_other() -> None:
    marks = (mark(SPEC, 18, "h[income]", "one"), mark(SPEC, 18, "mlp(32)", "two", primary=True))
    assert render([Sample(places=marks)]).splitlines()[2:] == [
        "18 │     head[incom] = h[income] -> mlp(32)",
        "   │                   ───────── one",
        "   │                                ^^^^^^^ two",
    ]


def test_several_lines_have_air_around_them_but_not_at_the_end() -> None:
    marks = (mark(SPEC, 13, "gate", primary=True), mark(SPEC, 14, "gate", "and here"))
    lines = render([Sample(places=marks)]).splitlines()
    assert lines[2] == "   │"
    assert lines[-1] == "   │         ──── and here"


def test_an_empty_span_gets_one_caret() -> None:
    file = SourceFile("a.mtl", "let x =\n")
    message = Sample(places=(Label(Span(file, 7, 7), "a value", primary=True),))
    assert render([message]).splitlines()[2:] == [" 1 │ let x =", "   │        ^ a value"]


def test_the_end_of_a_file_can_be_marked() -> None:
    file = SourceFile("a.mtl", "let x =\n")
    message = Sample(places=(Label(Span(file, 8, 8), "here", primary=True),))
    assert render([message]).splitlines()[1:] == ["   ╭─ a.mtl:2:1", " 2 │", "   │ ^ here"]


def test_a_span_of_several_lines_is_marked_on_its_first() -> None:
    file = SourceFile("a.mtl", "repeat 2 {  \n  let x = y\n}\n")
    message = Sample(places=(Label(Span(file, 0, 25), "all of it", primary=True),))
    assert render([message]).splitlines()[2:] == [
        " 1 │ repeat 2 {",
        "   │ ^^^^^^^^^^ all of it",
    ]


def test_line_numbers_of_five_digits_move_the_bar() -> None:
    file = SourceFile("a.mtl", "\n" * 12344 + "let x = y\n")
    message = Sample(places=(Label(Span(file, 12348, 12349), "", True),), advice="so")
    assert render([message]).splitlines()[1:] == [
        "      ╭─ a.mtl:12345:5",
        "12345 │ let x = y",
        "      │     ^",
        "      = help: so",
    ]


def test_tabs_keep_marks_in_their_column() -> None:
    file = SourceFile("a.mtl", "\tlet\tx = y\n")
    message = Sample(places=(mark(file, 1, "x", "here", primary=True),))
    source, carets = render([message]).splitlines()[2:]
    assert source == " 1 │     let x = y"
    assert carets.index("^") == source.index("x")


def test_east_asian_characters_take_two_columns() -> None:
    file = SourceFile("a.mtl", 'let x = "日本" + y\n')
    message = Sample(places=(mark(file, 1, "y", "here", primary=True),))
    source, carets = render([message]).splitlines()[2:]
    assert carets.index("^") == source.index("y") + len("日本")


def test_a_spec_cannot_send_escape_codes() -> None:
    evil = "let x = \x1b[31m\x07\x9b31m\u202e\u2066\x7f\r y"
    file = SourceFile("\x1b]0;title\x07.mtl", f"{evil}\n")
    message = Sample(
        f"`{evil}` is bad",
        (Label(Span(file, 0, len(evil)), f"see {evil}", primary=True),),
        remarks=(evil,),
        advice=evil,
        found_text=evil,
        mending=Fix(Span(file, 0, len(evil)), evil),
    )
    for text in (render([message]), render([message], format="concise")):
        kinds = {unicodedata.category(char) for char in text if char != "\n"}
        assert not kinds & {"Cc", "Cf"}
    assert "␛" in render([message])


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("column", [0, 30, 70, 200, 500])
def test_a_long_line_is_cut_around_its_mark(width: int, column: int) -> None:
    text = "".join(chr(ord("a") + i % 26) for i in range(600))
    file = SourceFile("a.mtl", f"{text}\n")
    span = Span(file, column, column + 5)
    lines = render([Sample(places=(Label(span, "here", primary=True),))], width=width).splitlines()
    source = next(line for line in lines if line.startswith(" 1 │"))
    carets = next(line for line in lines if "^" in line)
    assert all(len(line) <= width for line in lines)
    start = carets.index("^")
    assert source[start : start + carets.count("^")] == span.text


def test_a_line_of_a_megabyte_is_cut_too() -> None:
    file = SourceFile("a.mtl", f'let x = "{"a" * 1_000_000}" y\n')
    message = Sample(places=(Label(Span(file, len(file.text) - 2, len(file.text) - 1), "", True),))
    source, carets = render([message]).splitlines()[2:]
    assert len(source) <= 80
    assert source[carets.index("^")] == "y"


def test_a_mark_far_to_the_right_shows_its_line_once_more() -> None:
    file = SourceFile("a.mtl", f"let x = ({'a + ' * 50}b\n")
    marks = (mark(file, 1, "(", "opened here", primary=True), mark(file, 1, "b", "missing here"))
    lines = render([Sample(places=marks)]).splitlines()[2:]
    assert lines[0].startswith(" 1 │ let x = (a + a")
    assert lines[0].endswith("…")
    assert lines[2].startswith(" 1 │ …")
    assert lines[2].endswith("+ b")
    assert all(len(line) <= 80 for line in lines)


def test_prose_is_wrapped_and_code_stays_together() -> None:
    advice = "a sentence that is rather long and ends in `let x = features -> mlp(64)` to be read"
    lines = render([Sample(where="here", advice=advice)]).splitlines()[2:]
    assert lines == [
        "   = help: a sentence that is rather long and ends in",
        "        `let x = features -> mlp(64)` to be read",
    ]


@pytest.mark.parametrize("width", [30, 50, 80])
def test_nothing_is_wider_than_asked_for(width: int) -> None:
    text = render([shapes(), unknown_task(), dead_gate()], width=width)
    # a path is kept whole, so that it can be clicked and copied
    assert all(len(line) <= width for line in text.splitlines() if ".mtl:" not in line)


def test_colours_are_asked_for() -> None:
    given: list[Diagnostic] = [shapes(), unknown_task(), dead_gate()]
    plain, colored = render(given), render(given, color=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d*m", "", colored) == plain
    assert "\x1b[31merror[MTL0999]\x1b[0m" in colored
    assert "\x1b[36mspecs/ple_wide.mtl:13:37\x1b[0m" in colored


def test_the_summary_counts_by_kind() -> None:
    given = [shapes(), unknown_task(), dead_gate()]
    assert summary(given, files=2, seconds=0.043) == (
        "2 errors, 1 note in 2 files · 43 ms\nmore about one of them: mtlspec explain MTL0999"
    )
    assert summary([shapes()], files=1).splitlines()[0] == "1 error in 1 file"
    assert summary([dead_gate()], files=1, seconds=1.25) == "1 note in 1 file · 1.2 s"


def test_nothing_renders_as_nothing() -> None:
    assert render([]) == ""
    assert render([], format="concise") == ""
