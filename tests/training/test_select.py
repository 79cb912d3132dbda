"""What `select` means and what is wrong with it."""

import pytest

import mtlspec
from mtlspec.check.training import Select, read_select
from mtlspec.diagnostics import Diagnostic
from mtlspec.source import SourceFile, Span
from mtlspec.syntax import tree

from .standins import schema

SCHEMA = schema("income", "marital")


def parse(text: str) -> tree.Expr:
    """The few forms that these tests need, with true spans."""
    file = SourceFile("run.mtl", text)

    def span(part: str, start: int) -> Span:
        return Span(file, start, start + len(part))

    def member(part: str, start: int) -> tree.Expr:
        left, dot, right = part.partition(".")
        name = tree.Name(left, span=span(left, start))
        if not dot:
            return name
        ident = tree.Ident(right, span=span(right, start + len(left) + 1))
        return tree.MemberOf(name, ident, span=span(part, start))

    callee, bracket, rest = text.partition("(")
    if not bracket:
        return member(text, 0)
    args, start = [], len(callee) + 1
    for part in rest.removesuffix(")").split(", "):
        args.append(tree.Arg(None, member(part, start), span=span(part, start)))
        start += len(part) + 2
    name = tree.Name(callee, span=span(callee, 0))
    return tree.Call(name, tuple(args), span=span(text, 0))


def select(text: str) -> Select:
    read = read_select(parse(text), SCHEMA)
    assert isinstance(read, Select)
    return read


def wrong(text: str) -> list[Diagnostic]:
    read = read_select(parse(text), SCHEMA)
    assert isinstance(read, list)
    return read


def test_the_default_is_the_mean_of_the_main_metrics() -> None:
    read = read_select(None, SCHEMA)
    assert str(read) == "mean(income.auc, marital.auc)"


def test_one_metric_is_a_score_by_itself() -> None:
    read = select("income.auc")
    assert str(read) == "income.auc"
    assert read.score({"income.auc": 0.9, "marital.auc": 0.1}) == 0.9
    assert read.is_better(0.9, than=0.8)
    assert not read.is_better(0.9, than=0.9)


def test_a_mean_of_lower_is_better_metrics_is_better_when_lower() -> None:
    read = select("mean(income.logloss, marital.logloss)")
    assert read.score({"income.logloss": 0.2, "marital.logloss": 0.4}) == pytest.approx(0.3)
    assert read.is_better(0.2, than=0.3)


def test_a_metric_without_a_value_is_left_out_of_the_mean() -> None:
    read = select("mean(income.auc, marital.auc)")
    assert read.score({"income.auc": None, "marital.auc": 0.7}) == 0.7
    assert read.score({"income.auc": None, "marital.auc": None}) is None


def test_an_unknown_task_is_marked_with_what_was_meant() -> None:
    (error,) = wrong("mean(incom.auc, marital.auc)")
    assert error.id == "MTL0261"
    assert error.headline() == "`incom` is not a task"
    assert error.primary.span.text == "incom"
    assert error.primary.text == "did you mean `income`?"


def test_an_unknown_metric_is_marked_with_those_that_there_are() -> None:
    (error,) = wrong("income.acu")
    assert error.id == "MTL0262"
    assert error.primary.span.text == "acu"
    assert error.primary.text == "did you mean `auc`?"
    assert error.help() == "`income` is judged by `auc`, `logloss`"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert [error.id for error in wrong("mean(incom.auc, marital.rmse)")] == ["MTL0261", "MTL0262"]


@pytest.mark.parametrize("text", ["income", "max(income.auc, marital.auc)", "pareto"])
def test_what_is_no_metric_is_refused(text: str) -> None:
    (error,) = wrong(text)
    assert error.id == "MTL0361"
    assert error.expected() == "`task.metric` or `mean(task.metric, …)`"


def test_a_mean_of_opposite_directions_is_refused() -> None:
    (error,) = wrong("mean(income.auc, marital.logloss)")
    assert error.id == "MTL0362"
    assert "`income.auc` is better when higher, `marital.logloss` when lower" in error.headline()


def test_a_family_is_the_mean_of_its_tasks() -> None:
    spec = """
    features { age : numeric }
    tasks { click : binary  exam[s in 1..3] : binary(where: school == s) }
    model m { head[task] = age }
    train { select : %s }
    """
    for text, expected in (
        ("exam.auc", "mean(exam[1..3].auc)"),
        ("exam[2].auc", "exam[2].auc"),
        ("mean(exam[2].auc, click.auc)", "mean(exam[2].auc, click.auc)"),
    ):
        compiled = mtlspec.compile(mtlspec.Text("m.mtl", spec % text))
        assert compiled.train.select is not None
        read = read_select(compiled.train.select.tree, compiled.schema)
        assert str(read) == expected


def test_a_metric_is_named_with_its_options_however_they_are_written() -> None:
    spec = """
    features { age : numeric }
    tasks {
        click : binary(metrics: [auc, auc(by: scenario)])
        match : retrieval(metrics: [recall, recall(by: "the user", k: 5)])
    }
    model m { head[click] = age  head[match] = age, age }
    train { select : %s }
    """
    for text, expected in (
        ("click.auc", "click.auc"),
        ("click.auc(by: scenario)", "click.auc(by: scenario)"),
        ('click.auc(by: "scenario")', "click.auc(by: scenario)"),
        ("match.recall(k: 10)", "match.recall"),
        ('match.recall(5, by: "the user")', 'match.recall(by: "the user", k: 5)'),
    ):
        compiled = mtlspec.compile(mtlspec.Text("m.mtl", spec % text))
        assert compiled.train.select is not None
        read = read_select(compiled.train.select.tree, compiled.schema)
        assert str(read) == expected
