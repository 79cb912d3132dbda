"""The epochs of a run: what is learned, kept, masked, and when it stops."""

import json
import math
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from mtlspec.diagnostics import SpecError
from mtlspec.training.checkpoint import load_checkpoint
from mtlspec.training.course import Course, Outcome, run_course
from mtlspec.training.evaluation import Judges, evaluate
from mtlspec.training.loop import build_learner
from mtlspec.training.progress import Step
from mtlspec.training.reproduce import reproducible
from mtlspec.words.registry import find
from mtlspec.words.train import Train

from .standins import (
    NAN,
    Linear,
    Recorder,
    TensorRows,
    course_of,
    directory_at,
    learner_of,
    rows,
    schema,
)


def run(
    path: Path,
    course: Course,
    module: nn.Module | None = None,
    recorder: Recorder | None = None,
    **train: object,
) -> Outcome:
    names = tuple(course.train_rows.labels)
    learner = learner_of(module or Linear(*names), *names, **train)
    return run_course(course, learner, directory_at(path), recorder or Recorder())


def weights(path: Path, which: str = "last") -> dict[str, Tensor]:
    return dict(load_checkpoint(path / "checkpoints" / f"{which}.safetensors").weights)


# --- learning ------------------------------------------------------------------------------------


def test_a_linear_task_is_learned(tmp_path: Path) -> None:
    course = course_of(rows(400, "a"), rows(200, "a", seed=1), epochs=5)
    outcome = run(tmp_path / "run", course, optimizer=adam(lr=0.05))
    assert outcome.best.metrics["a.auc"] > 0.99
    losses = [epoch.loss for epoch in outcome.epochs]
    assert losses == sorted(losses, reverse=True)


def adam(**options: object):
    return find("optimisers", "adam").bind(**options)


def sgd(**options: object):
    return find("optimisers", "sgd").bind(**options)


@pytest.mark.parametrize("threads", [1, 2])
def test_one_seed_gives_the_same_weights_bit_for_bit(tmp_path: Path, threads: int) -> None:
    for before, name in enumerate(("one", "two")):
        torch.manual_seed(before)  # what was drawn before must not matter
        with reproducible(seed=7, threads=threads):
            module = Linear("a", "b", dropout=0.5)
            run(tmp_path / name, course_of(rows(300, "a", "b"), rows(50, "a", "b"), seed=7), module)
    one, two = weights(tmp_path / "one"), weights(tmp_path / "two")
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    for seed in (0, 1):
        with reproducible(seed, threads=1):
            run(tmp_path / str(seed), course_of(rows(300, "a"), rows(50, "a"), seed=seed))
    one, two = weights(tmp_path / "0"), weights(tmp_path / "1")
    assert any(not torch.equal(one[name], two[name]) for name in one)


def test_training_leaves_the_callers_random_numbers_and_settings_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    threads = torch.get_num_threads()
    with reproducible(seed=0, threads=threads + 1):
        assert torch.get_num_threads() == threads + 1
        torch.rand(9)
    assert torch.equal(torch.rand(2), expected)
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()


def test_every_row_is_seen_once_an_epoch_in_a_new_order(tmp_path: Path) -> None:
    seen: list[Tensor] = []

    class Watching(Linear):
        def loss(self, batch, labels):
            seen.append(batch["x"].clone())
            return super().loss(batch, labels)

    data = rows(33, "a")
    run(tmp_path / "run", course_of(data, rows(20, "a"), epochs=2, batch=16), Watching("a"))
    assert [len(x) for x in seen] == [16, 16, 1, 16, 16, 1]
    first, second = torch.cat(seen[:3]), torch.cat(seen[3:])
    assert not torch.equal(first, second)
    for epoch in (first, second):
        assert torch.equal(epoch.sort(dim=0).values, data.x.sort(dim=0).values)


def test_a_last_batch_of_one_row_trains(tmp_path: Path) -> None:
    outcome = run(tmp_path / "run", course_of(rows(17, "a"), rows(1, "a"), batch=16, epochs=1))
    assert outcome.epochs[0].step == 2
    assert math.isfinite(outcome.epochs[0].loss)


def test_a_batch_larger_than_the_data_is_one_step(tmp_path: Path) -> None:
    outcome = run(tmp_path / "run", course_of(rows(5, "a"), rows(5, "a"), batch=1024, epochs=1))
    assert outcome.epochs[0].step == 1


def test_clip_bounds_the_gradient_of_a_step(tmp_path: Path) -> None:
    module = Linear("a")
    before = {name: value.clone() for name, value in module.state_dict().items()}
    course = course_of(rows(16, "a"), rows(16, "a"), epochs=1)
    run(tmp_path / "run", course, module, optimizer=sgd(lr=1.0), clip=1e-3)
    moved = sum(float(((v - before[n]) ** 2).sum()) for n, v in module.state_dict().items())
    assert math.sqrt(moved) == pytest.approx(1e-3, rel=1e-3)


def test_the_rate_follows_the_schedule(tmp_path: Path) -> None:
    course = course_of(rows(32, "a"), rows(16, "a"), epochs=2)
    learner = learner_of(Linear("a"), "a", steps=4, optimizer=sgd(lr=1.0, schedule="linear"))
    rates: list[float] = []

    class Watching(Recorder):
        def step(self, step: Step) -> None:
            rates.append(learner.optimizer.param_groups[0]["lr"])

    run_course(course, learner, directory_at(tmp_path / "run"), Watching())
    assert rates == [0.75, 0.5, 0.25, 0.0]


def test_a_parameter_may_learn_at_a_rate_of_its_own(tmp_path: Path) -> None:
    module = Linear("a", "b")
    before = {name: value.clone() for name, value in module.state_dict().items()}
    train = Train.model_validate({"optimizer": sgd(lr=0.1)})
    rates = {"heads.a.weight": 0.0, "heads.a.bias": 0.0}
    learner = build_learner(module, train, schema("a", "b").tasks, steps=3, rates=rates)
    course = course_of(rows(16, "a", "b"), rows(16, "a", "b"))
    run_course(course, learner, directory_at(tmp_path / "run"), Recorder())
    moved = {name for name, value in module.state_dict().items() if value.ne(before[name]).any()}
    assert moved == {"heads.b.weight", "heads.b.bias"}


def test_a_module_is_trained_in_training_mode(tmp_path: Path) -> None:
    modes: list[bool] = []

    class Watching(Linear):
        def loss(self, batch, labels):
            modes.append(self.training)
            return super().loss(batch, labels)

    run(tmp_path / "run", course_of(rows(16, "a"), rows(16, "a")), Watching("a").eval())
    assert modes == [True] * 3


# --- missing labels ------------------------------------------------------------------------------


def without(data: TensorRows, name: str, keep: Tensor) -> TensorRows:
    label = torch.where(keep, data.labels[name], torch.tensor(NAN))
    return replace(data, labels={**data.labels, name: label})


def test_a_null_label_is_masked(tmp_path: Path) -> None:
    """A row without a label leaves the same weights as no row at all."""
    data = rows(16, "a")
    keep = torch.arange(16).reshape(-1, 1) < 10
    half = TensorRows(data.x[:10], {"a": data.labels["a"][:10]})
    for name, part in (("masked", without(data, "a", keep)), ("fewer", half)):
        run(tmp_path / name, course_of(part, data, epochs=1), optimizer=sgd(lr=0.1))
    masked, fewer = weights(tmp_path / "masked"), weights(tmp_path / "fewer")
    for name in masked:
        torch.testing.assert_close(masked[name], fewer[name])


def test_a_batch_without_labels_for_a_task_gives_it_loss_zero(tmp_path: Path) -> None:
    data = without(rows(32, "a", "b"), "b", torch.zeros(32, 1, dtype=torch.bool))
    outcome = run(tmp_path / "run", course_of(data, rows(50, "a", "b"), epochs=1))
    (epoch,) = outcome.epochs
    assert epoch.losses["b"] is None
    assert epoch.loss == pytest.approx(epoch.losses["a"])
    assert all(bool(value.isfinite().all()) for value in weights(tmp_path / "run").values())


def test_rows_without_any_label_train_nothing_and_break_nothing(tmp_path: Path) -> None:
    data = without(rows(16, "a"), "a", torch.zeros(16, 1, dtype=torch.bool))
    module = Linear("a")
    before = {name: value.clone() for name, value in module.state_dict().items()}
    run(tmp_path / "run", course_of(data, rows(20, "a"), epochs=1), module)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_the_train_loss_of_a_task_is_the_mean_over_its_labelled_rows(tmp_path: Path) -> None:
    data = without(rows(24, "a"), "a", torch.arange(24).reshape(-1, 1) % 3 == 0)
    still = course_of(data, data, epochs=1, batch=5)
    outcome = run(tmp_path / "run", still, optimizer=sgd(lr=1e-30))
    assert outcome.epochs[0].losses["a"] == pytest.approx(
        outcome.epochs[0].metrics["a.logloss"], rel=1e-5
    )


# --- evaluation ----------------------------------------------------------------------------------


def test_evaluation_turns_dropout_off_and_training_back_on() -> None:
    module = Linear("a", dropout=0.9)
    data = rows(60, "a")
    once, twice = (evaluate(module, data, schema("a").tasks) for _ in range(2))
    assert once == twice
    assert module.training


def test_evaluation_in_batches_is_evaluation_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    module, data = Linear("a", "b"), rows(100, "a", "b")
    whole = evaluate(module, data, schema("a", "b").tasks)
    monkeypatch.setattr("mtlspec.training.evaluation._ROWS", 7)
    parts = evaluate(module, data, schema("a", "b").tasks)
    assert parts == {name: pytest.approx(value) for name, value in whole.items()}


def test_judges_forget_the_rows_that_they_judged_before() -> None:
    module, tasks = Linear("a", "b"), schema("a", "b").tasks
    judges = Judges(tasks)
    judges.evaluate(module, rows(50, "a", "b", seed=1))
    data = rows(100, "a", "b")
    assert judges.evaluate(module, data) == evaluate(module, data, tasks)


def test_rows_without_a_label_are_not_judged() -> None:
    module, data = Linear("a"), rows(100, "a")
    keep = torch.arange(100).reshape(-1, 1) < 60
    half = TensorRows(data.x[:60], {"a": data.labels["a"][:60]})
    tasks = schema("a").tasks
    assert evaluate(module, without(data, "a", keep), tasks) == evaluate(module, half, tasks)


# --- what is kept --------------------------------------------------------------------------------


def test_the_best_is_kept_when_later_epochs_are_worse(tmp_path: Path) -> None:
    """Trained on one rule and judged by its opposite, each epoch is worse than the one before."""
    course = course_of(rows(200, "a"), rows(100, "a", flipped=True), epochs=2)
    outcome = run(tmp_path / "run", course, optimizer=adam(lr=0.1))
    assert [epoch.is_best for epoch in outcome.epochs] == [True, False]
    best = load_checkpoint(tmp_path / "run/checkpoints/best.safetensors")
    assert best.header.epoch == 1
    module = Linear("a")
    module.load_state_dict(dict(best.weights))
    metrics = evaluate(module, course.valid_rows, course.tasks)
    assert metrics == outcome.epochs[0].metrics
    assert weights(tmp_path / "run")["heads.a.weight"].ne(best.weights["heads.a.weight"]).any()


def test_training_stops_when_patience_is_over(tmp_path: Path) -> None:
    course = course_of(rows(200, "a"), rows(100, "a", flipped=True), epochs=50, patience=3)
    outcome = run(tmp_path / "run", course, optimizer=adam(lr=0.1))
    assert len(outcome.epochs) == 4
    assert outcome.best.number == 1


def test_each_epoch_is_a_line_of_the_metrics(tmp_path: Path) -> None:
    course = course_of(rows(40, "a", "b"), rows(40, "a", "b"), epochs=2)
    outcome = run(tmp_path / "run", course)
    lines = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()]
    assert lines == [epoch.values() for epoch in outcome.epochs]
    assert list(lines[0])[:5] == ["epoch", "step", "loss", "a.loss", "b.loss"]
    assert {"a.auc", "a.logloss", "b.auc", "b.logloss", "rows_per_s", "seconds"} <= set(lines[0])


# --- what may go wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_constant_validation_label_has_no_auc_and_select_says_so(
    tmp_path: Path, name: str
) -> None:
    valid = rows(40, "a", "b", seed=1)
    valid = replace(valid, labels={**valid.labels, name: torch.ones(40, 1)})
    outcome = run(tmp_path / "run", course_of(rows(40, "a", "b"), valid, epochs=2))
    other = "b" if name == "a" else "a"
    for epoch in outcome.epochs:
        assert epoch.metrics[f"{name}.auc"] is None
        assert epoch.metrics[f"{name}.logloss"] is not None
        assert epoch.score == epoch.metrics[f"{other}.auc"]
    (warning,) = outcome.warnings
    assert warning.headline().startswith(f"`{name}.auc` has no value on the validation rows")


def test_with_nothing_to_select_by_the_last_epoch_is_the_best(tmp_path: Path) -> None:
    valid = replace(rows(40, "a"), labels={"a": torch.zeros(40, 1)})
    outcome = run(tmp_path / "run", course_of(rows(40, "a"), valid, epochs=4, patience=1))
    assert outcome.best.number == 4
    assert "the last epoch counts as the best" in outcome.warnings[0].notes()[0]


class Failing(Linear):
    """From a given step on, the loss of a task is not a number."""

    def __init__(self, *names: str, task: str, step: int) -> None:
        super().__init__(*names)
        self.task, self.left = task, step

    def loss(self, batch, labels):
        self.left -= 1
        losses = super().loss(batch, labels)
        return losses | ({self.task: losses[self.task] * NAN} if self.left <= 0 else {})


def test_a_loss_that_is_not_finite_stops_with_task_and_step(tmp_path: Path) -> None:
    course = course_of(rows(48, "a", "b"), rows(20, "a", "b"), epochs=5)
    with pytest.raises(SpecError) as raised:
        run(tmp_path / "run", course, Failing("a", "b", task="b", step=3 + 2))
    (error,) = raised.value.diagnostics
    assert error.id == "MTL0703"
    assert error.headline() == "the loss of `b` is not finite"
    assert error.place() == "epoch 2, step 2 of 3"
    kept = load_checkpoint(tmp_path / "run/checkpoints/best.safetensors")
    assert kept.header.epoch == 1
    assert all(bool(value.isfinite().all()) for value in kept.weights.values())
    assert error.notes() == (
        f"the best weights so far are in {tmp_path}/run/checkpoints/best.safetensors",
    )


def test_weights_that_break_in_the_last_step_are_not_saved(tmp_path: Path) -> None:
    class Breaking(Linear):
        def forward(self, batch):
            outputs = super().forward(batch)
            return outputs if self.training else {n: y * NAN for n, y in outputs.items()}

    with pytest.raises(SpecError) as raised:
        run(tmp_path / "run", course_of(rows(16, "a"), rows(20, "a")), Breaking("a"))
    (error,) = raised.value.diagnostics
    assert error.id == "MTL0703"
    assert error.notes() == ("no epoch had ended, so no weights are kept",)
    assert list((tmp_path / "run/checkpoints").iterdir()) == []


class Signalling(Linear):
    """Sends this process a signal in a given step."""

    def __init__(self, *names: str, step: int, number: int) -> None:
        super().__init__(*names)
        self.left, self.number = step, number

    def loss(self, batch, labels):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), self.number)
        return super().loss(batch, labels)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_finishes_the_step_and_saves(tmp_path: Path, number: int) -> None:
    recorder = Recorder()
    course = course_of(rows(64, "a"), rows(20, "a"), epochs=5)
    module = Signalling("a", step=4 + 2, number=number)
    before = signal.getsignal(number)
    outcome = run(tmp_path / "run", course, module, recorder)
    assert outcome.signal == number
    assert recorder.said == ["stopping", "saved 2:2"]
    last = load_checkpoint(tmp_path / "run/checkpoints/last.safetensors")
    assert (last.header.epoch, last.header.step) == (2, 6)
    assert torch.equal(last.weights["heads.a.weight"], module.state_dict()["heads.a.weight"])
    assert signal.getsignal(number) is before


def test_the_second_signal_stops_at_once(tmp_path: Path) -> None:
    class Twice(Signalling):
        def loss(self, batch, labels):
            losses = super().loss(batch, labels)
            if self.left == 0:
                os.kill(os.getpid(), self.number)
            return losses

    with pytest.raises(KeyboardInterrupt):
        run(
            tmp_path / "run",
            course_of(rows(64, "a"), rows(20, "a")),
            Twice("a", step=2, number=signal.SIGTERM),
        )
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
