"""`mtlspec compile`: the source of a spec, or the spec as it is at an earlier arrow."""

import ast
import io
from pathlib import Path

import pytest

from tests.cli.conftest import SPEC, RunCommand

ROWS = "age,city,click,buy\n" + "".join(
    f"{20 + row},city {row % 7},{row % 2},{int(row % 3 == 0)}\n" for row in range(60)
)

GRAPH = """\
graph two

columns
    age: f32[2]
    city: f32[4]

features
    .0 concat: f32[6] <- age, city

layer bottom
    .0 linear(n: 8): f32[8] <- features
    .1 relu: f32[8] <- .0

head[click]
    .0 linear(n: 4): f32[4] <- bottom
    .1 relu: f32[4] <- .0
    .2 linear(n: 1): f32[1] <- .1
    .3 prediction of click: logit[1] <- .2

head[buy]
    .0 linear(n: 4): f32[4] <- bottom
    .1 relu: f32[4] <- .0
    .2 linear(n: 1): f32[1] <- .1
    .3 prediction of buy: logit[1] <- .2
"""

PLAN = """\
plan Two

columns
    age: f32[2]
    city: f32[4], rows as many as the data has values

bank bottom
    members bottom
    tensor bottom.layers.0.weight: [8, 6]
    tensor bottom.layers.0.bias: [8]
    .0 linear(n: 8): f32[8] <- features
    .1 relu: f32[8] <- .0

bank head
    members head[click], head[buy]
    tensor head.layers.0.weight: [2, 4, 8]
    tensor head.layers.0.bias: [2, 4]
    tensor head.out.weight: [2, 1, 4]
    tensor head.out.bias: [2, 1]
    .0 linear(n: 4): f32[4] <- bottom
    .1 relu: f32[4] <- .0
    .2 linear(n: 1): f32[1] <- .1
    .3 prediction: logit[1] <- .2

predictions
    click: head[click]
    buy: head[buy]
"""


def test_the_source_goes_to_stdout(mtlspec: RunCommand) -> None:
    ran = mtlspec("compile", "two.mtl")
    assert (ran.code, ran.err) == (0, "")
    names = [node.name for node in ast.parse(ran.out).body if isinstance(node, ast.ClassDef)]
    assert names[-1] == "Two"


def test_with_o_the_source_goes_to_a_file(mtlspec: RunCommand) -> None:
    source = mtlspec("compile", "two.mtl").out
    ran = mtlspec("compile", "two.mtl", "-o", "out.py")
    assert (ran.code, ran.out, ran.err) == (0, "", "wrote out.py\n")
    assert Path("out.py").read_text(encoding="utf-8") == source


def test_with_errors_nothing_is_written(mtlspec: RunCommand) -> None:
    Path("two.mtl").write_text(SPEC.replace("mlp(4)", "mlp(four)"), encoding="utf-8")
    Path("out.py").write_text("as it was", encoding="utf-8")
    for output in ("out.py", "new.py"):
        ran = mtlspec("compile", "two.mtl", "-o", output)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("error[MTL02")
    assert Path("out.py").read_text(encoding="utf-8") == "as it was"
    assert not Path("new.py").exists()


def test_a_file_that_cannot_be_written_is_an_error(mtlspec: RunCommand) -> None:
    ran = mtlspec("compile", "two.mtl", "-o", "models/two.py")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error[output]: `models/two.py` cannot be written: no such file or directory\n"
        "   = help: there is no folder `models`; make it first\n"
    )


def test_a_dash_reads_stdin_and_writes_stdout(
    mtlspec: RunCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(SPEC))
    ran = mtlspec("compile", "-", "-o", "-", "--emit", "graph")
    assert (ran.code, ran.out, ran.err) == (0, GRAPH, "")
    assert [path.name for path in Path.cwd().iterdir()] == ["two.mtl"]


def test_the_graph_is_printed(mtlspec: RunCommand) -> None:
    assert mtlspec("compile", "two.mtl", "--emit", "graph").out == GRAPH


def test_what_is_not_built_is_marked_in_the_graph(mtlspec: RunCommand) -> None:
    lines = mtlspec("compile", "mtl:ple.mtl", "--emit", "graph").out.splitlines()
    dead = [line for line in lines if line.endswith("    # reaches no head: not built")]
    start = lines.index("gate s@2")
    assert dead == lines[start + 1 : start + 4]


def test_the_plan_is_printed(mtlspec: RunCommand) -> None:
    assert mtlspec("compile", "two.mtl", "--emit", "plan").out == PLAN


def test_the_tree_is_the_whole_spec_in_one_file(mtlspec: RunCommand) -> None:
    whole = mtlspec("compile", "mtl:ple.mtl", "--emit", "tree", "--set", "own=1").out
    assert "use" not in whole.split()
    assert "param own = 1\n" in whole
    Path("whole.mtl").write_text(whole, encoding="utf-8")
    graph = mtlspec("compile", "whole.mtl", "--emit", "graph").out
    assert graph == mtlspec("compile", "mtl:ple.mtl", "--emit", "graph", "--set", "own=1").out


def test_data_folds_the_sizes_in_that_training_on_it_would_find(mtlspec: RunCommand) -> None:
    Path("rows.csv").write_text(ROWS, encoding="utf-8")
    assert "sizes: dict[str, int]" in mtlspec("compile", "two.mtl").out
    ran = mtlspec("compile", "two.mtl", "--data", "rows.csv", "-o", "two.py")
    assert (ran.code, ran.err) == (0, "wrote two.py\n")
    source = Path("two.py").read_text(encoding="utf-8")
    assert "sizes" not in source
    assert "table(9, 4)" in source  # null, unknown, and the seven cities


def test_data_tell_how_many_classes_there_are_and_which_rows_are_held_out(
    mtlspec: RunCommand,
) -> None:
    Path("rows.csv").write_text(ROWS, encoding="utf-8")
    text = SPEC.replace("click, buy : binary", "click : multiclass  buy : ranking(town)")
    Path("kinds.mtl").write_text(text, encoding="utf-8")
    ran = mtlspec("compile", "kinds.mtl", "--data", "rows.csv")
    assert ran.code == 1
    assert "error[MTL0610]: `rows.csv` has no column `town`" in ran.err
    Path("kinds.mtl").write_text(text.replace("town", "city"), encoding="utf-8")
    ran = mtlspec("compile", "kinds.mtl", "--data", "rows.csv")
    assert (ran.code, ran.err) == (0, "")
    assert "sizes" not in ran.out


def test_data_that_does_not_fit_is_an_error(mtlspec: RunCommand) -> None:
    Path("rows.csv").write_text(ROWS.replace("city,", "town,", 1), encoding="utf-8")
    ran = mtlspec("compile", "two.mtl", "--data", "rows.csv")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[MTL06")


@pytest.mark.slow
def test_a_run_gives_the_source_that_it_was_trained_with(mtlspec: RunCommand) -> None:
    Path("rows.csv").write_text(ROWS, encoding="utf-8")
    train = ("train", "two.mtl", "--data", "rows.csv", "--out", "run", "--set", "train.epochs=1")
    assert mtlspec(*train).code == 0
    ran = mtlspec("compile", "two.mtl", "--run", "run")
    assert ran.code == 0
    assert "table(9, 4)" in ran.out
    body = ran.out.partition("import torch")[2]
    assert body == Path("run/model.py").read_text(encoding="utf-8").partition("import torch")[2]


def test_a_run_that_is_not_there_is_an_error(mtlspec: RunCommand) -> None:
    ran = mtlspec("compile", "two.mtl", "--run", "runs/nothing")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error[MTL0708]: `runs/nothing` is not a run")
