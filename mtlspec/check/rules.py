"""RULES: each a sentence that must hold, as a function from what was built to diagnostics."""

from collections.abc import Callable, Iterable

from mtlspec.check.balance import balance_finds_what_it_needs
from mtlspec.check.conditions import conditions_read_columns
from mtlspec.check.contracts import every_contract_holds
from mtlspec.check.data_sets import (
    data_sets_have_labels,
    data_sets_have_names_of_their_own,
    source_is_one_input,
)
from mtlspec.check.doubts import no_task_has_two_output_layers
from mtlspec.check.leaks import leaks
from mtlspec.check.mixing import (
    candidates_of_a_mix_have_one_shape,
    every_expert_is_listed_by_a_mix,
    every_member_of_the_experts_is_listed,
)
from mtlspec.check.proximal import proximal_steps_stand_in_a_loss
from mtlspec.check.reach import (
    every_statement_reaches_a_head,
    every_task_has_a_head,
    some_task_has_a_head,
)
from mtlspec.check.tasks import (
    groups_are_told_apart_by_a_column,
    metrics_suit_their_task,
    no_prediction_reads_a_label,
    some_task_is_trained,
    tasks_are_judged_once_by_a_metric,
    tasks_have_the_same_groups,
)
from mtlspec.check.training import Select, SelectUnknownTask, read_select
from mtlspec.diagnostics import Diagnostic, Report
from mtlspec.graph.build import Built
from mtlspec.source import Span

Rule = Callable[[Built], Iterable[Diagnostic]]


def no_feature_reads_a_label(built: Built) -> Iterable[Diagnostic]:
    """Of the features and tasks that the model uses."""
    return leaks(built.used)


def conditions_are_made_of_columns(built: Built) -> Iterable[Diagnostic]:
    """`label:` and `where:` of every task, with a head or without."""
    return conditions_read_columns(built.graph.schema)


def select_names_metrics_of_tasks(built: Built) -> Iterable[Diagnostic]:
    """What `train` calls best is a metric of the tasks, or a mean of some."""
    written = built.train.select
    if not built.used.trained:
        return ()
    read = read_select(written.tree if written else None, built.used)
    if isinstance(read, Select):
        return ()
    return [found for found in read if not (built.incomplete and _is_declared(found, built))]


def _is_declared(found: Diagnostic, built: Built) -> bool:
    """Whether a task seems to be none for an error in its field or its head."""
    return isinstance(found, SelectUnknownTask) and found.name.partition("[")[0] in built.declared


RULES: tuple[Rule, ...] = (
    candidates_of_a_mix_have_one_shape,
    every_expert_is_listed_by_a_mix,
    every_member_of_the_experts_is_listed,
    no_task_has_two_output_layers,
    proximal_steps_stand_in_a_loss,
    some_task_has_a_head,
    every_task_has_a_head,
    every_statement_reaches_a_head,
    some_task_is_trained,
    no_prediction_reads_a_label,
    metrics_suit_their_task,
    tasks_are_judged_once_by_a_metric,
    tasks_have_the_same_groups,
    groups_are_told_apart_by_a_column,
    conditions_are_made_of_columns,
    no_feature_reads_a_label,
    data_sets_have_names_of_their_own,
    data_sets_have_labels,
    source_is_one_input,
    select_names_metrics_of_tasks,
    balance_finds_what_it_needs,
    every_contract_holds,
)


def check(built: Built, report: Report) -> None:
    """Adds what the rules find to a report; a statement with an error is not judged again."""
    wrong = [error.primary.span for error in report.errors if error.primary]
    for rule in RULES:
        report.extend(found for found in rule(built) if not _around(found, wrong))


def _around(found: Diagnostic, wrong: Iterable[Span]) -> bool:
    """Whether a message is about more than one of the places, and holds it."""
    place = found.primary.span if found.primary else None
    return place is not None and any(span != place and span.within(place) for span in wrong)
