"""What training tells on stderr: plain lines in a log, a table and a bar on a terminal."""

import io
import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle

import pytest

from mtlspec.training.bar import Bar
from mtlspec.training.display import choose_progress
from mtlspec.training.figures import (
    show_count,
    show_rate,
    show_short,
    show_time,
    show_value,
    show_weight,
)
from mtlspec.training.history import Epoch
from mtlspec.training.lines import Lines, Silence
from mtlspec.training.progress import Start, Step
from mtlspec.training.table import lay_out

TITLES = {"auc": "AUC", "logloss": "logloss"}
START = Start(
    run="runs/ple-1",
    spec="ple.mtl",
    tasks={"income": TITLES, "marital": TITLES},
    parameters=259_590,
    balance="equal",
    shows_weights=False,
    train_rows=149_642,
    valid_rows=49_881,
    fit_seconds=0.8,
    epochs=3,
    steps=74,
    batch=2048,
    device="cpu",
    threads=2,
    seed=0,
)


WEIGHTS = (0.52, 1.27, 0.0037, 12.3, 0.99)


def epoch(number: int, *tasks: str, best: bool = False, auc: float | None = 0.9318) -> Epoch:
    values = {"auc": auc, "logloss": 0.1462}
    metrics = {f"{t}.{name}": value for t in tasks for name, value in values.items()}
    losses = dict.fromkeys(tasks, 0.15)
    weights = dict(zip(tasks, cycle(WEIGHTS), strict=False))
    return Epoch(number, 74 * number, 0.3124, losses, metrics, auc, best, 412_345.6, 1.2, weights)


# --- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.3124, ".3124"), (0.0, ".0000"), (1.0, "1.0000"), (-0.5, "-.5000"), (12.3456, "12.35"),
     (0.99999, "1.0000"), (10.04, "10.04"), (None, "—")],
)  # fmt: skip
def test_values_have_four_digits_and_no_leading_zero(value: float | None, shown: str) -> None:
    assert show_value(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.5, ".50"), (0.0099, ".01"), (0.0037, "4e-3"), (1.0, "1.0"), (0.996, "1.0"), (3.85, "3.9"),
     (9.96, "10"), (123.4, "123"), (1234.0, "1e3"), (0.0, "0")],
)  # fmt: skip
def test_weights_take_three_places_or_four(value: float, shown: str) -> None:
    assert show_weight(value) == shown


def test_counts_rates_and_times_are_short() -> None:
    assert show_count(149_642) == "149,642"
    rates = [show_rate(r) for r in (950, 4_120, 412_000, 1.24e6)]
    assert rates == ["950", "4.12 k", "412 k", "1.24 M"]
    assert [show_time(s) for s in (0.6, 61, 3_723)] == ["0:01", "1:01", "1:02:03"]


# --- lines ---------------------------------------------------------------------------------------


def logged(ticks: Iterator[float] | None = None) -> tuple[Lines, io.StringIO]:
    stream = io.StringIO()
    noon = datetime(2026, 11, 23, 12, 31, 4, tzinfo=UTC)
    clock = (lambda: next(ticks)) if ticks else (lambda: 0.0)
    return Lines(stream, clock, lambda: noon), stream


def parse(line: str) -> dict[str, str]:
    """Logfmt: words and `key=value` pairs with blanks between, quoted where a value holds one."""
    pairs = [word.partition("=") for word in shlex.split(line)]
    return {key: value for key, equals, value in pairs if equals}


def test_an_epoch_is_a_line_with_the_keys_of_the_metrics_file() -> None:
    lines, stream = logged()
    lines.start(START)
    lines.epoch(epoch(1, "income", best=True))
    text = stream.getvalue()
    assert text.splitlines()[0] == (
        "12:31:04Z start  run=ple-1 params=259590 train_rows=149642 valid_rows=49881 "
        "device=cpu threads=2 seed=0 steps=222"
    )
    line = text.splitlines()[1]
    assert line.startswith("12:31:04Z epoch  1/3 step=74 loss=.3124 income.loss=.1500 ")
    assert line.endswith(" best")
    written = json.loads(json.dumps(epoch(1, "income").values()))
    assert set(parse(line)) == set(written) - {"epoch", "best"}
    for key, value in parse(line).items():
        assert float(value) == pytest.approx(written[key], rel=1e-3)


def test_a_metric_without_a_value_is_null_in_a_line() -> None:
    lines, stream = logged()
    lines.epoch(epoch(1, "income", auc=None))
    assert parse(stream.getvalue())["income.auc"] == "null"


def test_a_key_holds_no_blanks_and_quotes_whatever_column_a_metric_is_by() -> None:
    lines, stream = logged()
    metrics = {'click.auc(by: "the user")': 0.75, "click.auc(by: shop)": 0.5}
    lines.epoch(replace(epoch(1), metrics=metrics))
    found = parse(stream.getvalue())
    assert (found["click.auc(by:theuser)"], found["click.auc(by:shop)"]) == (".7500", ".5000")


def test_between_epochs_there_is_at_most_a_line_in_30_seconds() -> None:
    seconds = [0.0]
    stream = io.StringIO()
    lines = Lines(stream, clock=lambda: seconds[0])
    lines.start(START)
    for number in range(1, 75):
        seconds[0] = float(number)
        lines.step(Step(1, number, 0.5))
    steps = [line for line in stream.getvalue().splitlines() if " step " in line]
    assert [parse(line)["step"] for line in steps] == ["30", "60"]


def test_lines_hold_no_escape_codes_and_one_event_each() -> None:
    lines, stream = logged()
    with lines:
        lines.start(START)
        lines.step(Step(1, 1, 0.3))
        lines.epoch(epoch(1, "income", "marital", best=True))
        lines.stopping()
        lines.saved(Step(2, 43, 0.3))
        lines.end([epoch(1, "income", "marital", best=True)])
    text = stream.getvalue()
    assert "\x1b" not in text
    assert "\r" not in text
    events = [line.split()[1] for line in text.splitlines()]
    assert events == ["start", "epoch", "stop", "saved", "done"]
    assert parse(text.splitlines()[3]) == {"run": "ple-1", "step": "117"}
    assert parse(text.splitlines()[4])["best"] == "epoch:1"


def test_a_value_with_a_blank_is_quoted() -> None:
    lines, stream = logged()
    lines.start(replace(START, run="runs/my run"))
    assert parse(stream.getvalue())["run"] == "my run"


# --- the table -----------------------------------------------------------------------------------


def drawn(names: tuple[str, ...], width: int = 80, *, weights: bool = False) -> list[str]:
    table = lay_out(dict.fromkeys(names, TITLES), width, weights=weights)
    running = table.bar(3, 43 / 74, "43/74", ".2588", "429 k", "0:00 left")
    lines = [*table.heading(), table.row(epoch(1, *names), best=False)]
    lines += [table.row(epoch(2, *names, best=True), best=True), running]
    return [line.plain.rstrip() for line in lines]


def test_the_table_of_two_tasks() -> None:
    assert drawn(("income", "marital")) == [
        "                  income            marital",
        " epoch   loss    AUC   logloss     AUC   logloss   rows/s   time",
        "     1  .3124   .9318   .1462     .9318   .1462     412 k   0:01",
        "   ★ 2  .3124   .9318   .1462     .9318   .1462     412 k   0:01",
        "     3  ━━━━━━━━━━━━━━━╸            43/74   .2588   429 k   0:00 left",
    ]


def test_where_logloss_does_not_fit_every_task_keeps_its_auc() -> None:
    assert drawn(("ctr", "click_through", "buy"))[:3] == [
        "                  ctr     click_th…       buy",
        " epoch   loss    AUC           AUC       AUC     rows/s   time",
        "     1  .3124   .9318         .9318     .9318     412 k   0:01",
    ]


def test_five_tasks_have_a_metric_each() -> None:
    assert drawn(("ctr", "cart", "buy", "like", "click_through"))[:3] == [
        "                  ctr    cart     buy    like   clic…",
        " epoch   loss    AUC     AUC     AUC     AUC     AUC     rows/s   time",
        "     1  .3124   .9318   .9318   .9318   .9318   .9318     412 k   0:01",
    ]


def test_weights_that_change_stand_beside_the_metrics() -> None:
    assert drawn(("income", "marital"), weights=True)[:3] == [
        "                  income            marital        weights",
        " epoch   loss    AUC   logloss     AUC   logloss   inc  mar   rows/s   time",
        "     1  .3124   .9318   .1462     .9318   .1462   .52  1.3     412 k   0:01",
    ]


def test_the_names_of_three_tasks_are_cut_before_their_weights_are_left_out() -> None:
    assert drawn(("income", "marital", "education"), weights=True)[:3] == [
        "                inco…   mari…   educ…         weights",
        " epoch   loss    AUC     AUC     AUC    inc  mar  edu    rows/s   time",
        "     1  .3124   .9318   .9318   .9318   .52  1.3 4e-3     412 k   0:01",
    ]


def test_where_weights_do_not_fit_beside_every_metric_they_are_in_the_file() -> None:
    lines = drawn(("ctr", "cart", "buy", "like", "share"), weights=True)
    assert lines[2].strip() == "and the weights, in metrics.jsonl"
    assert lines[3].split()[2:7] == [".9318"] * 5
    more = drawn(tuple(f"t{i}" for i in range(12)), weights=True)
    assert more[2].strip() == "and 7 tasks more and the weights, in metrics.jsonl"


def test_a_weight_is_headed_by_what_tells_its_task_from_the_others() -> None:
    heads = [
        drawn(names, 100, weights=True)[1].split()[6:8]
        for names in (("task_1", "task_2"), ("task_11", "other11"), ("aaab", "aaaab"))
    ]
    assert heads == [["t_1", "t_2"], ["tas", "oth"], ["1", "2"]]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9, 30])
@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("weights", [False, True])
def test_no_line_is_longer_than_the_terminal(count: int, width: int, weights: bool) -> None:
    lines = drawn(tuple(f"task_number_{i}" for i in range(count)), width, weights=weights)
    assert max(len(line) for line in lines) <= width


def test_tasks_that_do_not_fit_are_counted() -> None:
    lines = drawn(tuple(f"t{i}" for i in range(12)))
    assert lines[2].strip() == "and 7 tasks more, in metrics.jsonl"


def test_a_metric_without_a_value_is_a_dash_in_the_table() -> None:
    table = lay_out({"income": TITLES}, 80)
    assert "—" in table.row(epoch(1, "income", auc=None), best=False).plain


# --- the bar -------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_the_rows_stay_and_the_best_is_marked_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")  # rich then writes the last state, without moving the cursor
    stream = Terminal()
    epochs = [epoch(n, "income", "marital", best=n <= 2) for n in (1, 2, 3)]
    with Bar(stream) as bar:
        bar.start(START)
        for ended in epochs:
            bar.step(Step(ended.number, 74, 0.3))
            bar.epoch(ended)
        bar.end(epochs)
    rows = [line for line in stream.getvalue().splitlines() if ".3124" in line]
    assert [row.split(".")[0].strip() for row in rows[-3:]] == ["1", "★ 2", "3"]


def test_the_head_names_spec_data_and_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    stream = Terminal()
    with Bar(stream) as bar:
        bar.start(START)
    assert stream.getvalue().splitlines()[:4] == [
        "ple.mtl   2 tasks · 259,590 parameters · balance equal",
        "data      149,642 rows train, 49,881 valid · vocabularies fitted in 0.8 s",
        "run       runs/ple-1 · cpu, 2 threads · seed 0",
        "",
    ]


# --- which one -----------------------------------------------------------------------------------


def test_a_terminal_gets_a_bar_and_a_file_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(choose_progress("auto", Terminal()), Bar)
    assert isinstance(choose_progress("auto", io.StringIO()), Lines)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(choose_progress("auto", Terminal()), Lines)


def test_what_is_asked_for_is_given() -> None:
    assert isinstance(choose_progress("bar", io.StringIO()), Bar)
    assert isinstance(choose_progress("lines", Terminal()), Lines)
    silent = choose_progress("none", Terminal())
    assert isinstance(silent, Silence)
    assert not isinstance(silent, Lines)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        (0.94213, ".9421"),
        (-3.25, "-3.2500"),
        (9876.5, "9876"),
        (12345.6, "12.3k"),
        (-987654.0, "-988k"),
        (4_560_000.0, "4.56M"),
        (7.8e10, "78G"),
        (3e15, "3e+15"),
    ],
)
def test_a_large_value_fits_its_column(value: float | None, shown: str) -> None:
    assert show_short(value) == shown
