"""The module: batches of any size, losses with missing labels, gradients for every weight."""

import pytest
import torch

from tests.emit.specs import BODIES, ROWS, batch_of, compiled, labels_of, module_of

TASKS = ("click", "cart", "buy")
each_spec = pytest.mark.parametrize("name", BODIES)


@each_spec
def test_every_task_has_a_logit_for_every_row(name: str):
    module = module_of(name)
    for rows in (1, 2, 7):
        logits = module(batch_of(rows))
        assert {task: tuple(x.shape) for task, x in logits.items()} == dict.fromkeys(
            TASKS, (rows, 1)
        )
        assert all(x.isfinite().all() for x in logits.values())


@each_spec
def test_a_row_is_predicted_the_same_in_any_company(name: str):
    module, batch = module_of(name), batch_of(7)
    whole = module(batch)
    for rows in ([3], [6, 0]):
        part = module({column: values[rows] for column, values in batch.items()})
        for task in TASKS:
            torch.testing.assert_close(part[task], whole[task][rows], rtol=0, atol=1e-12)


@each_spec
def test_a_missing_label_is_masked(name: str):
    module, batch, labels = module_of(name), batch_of(6), labels_of(6)
    there = ~labels["click"].isnan().flatten()
    rest = {column: values[there] for column, values in batch.items()}
    found = module.loss(batch, labels)
    only = module.loss(rest, {task: values[there] for task, values in labels.items()})
    for task in TASKS:
        torch.testing.assert_close(found[task], only[task], rtol=0, atol=1e-12)


@each_spec
def test_a_batch_without_labels_costs_nothing_and_harms_nothing(name: str):
    module = module_of(name).train()
    losses = module.loss(batch_of(5), {t: torch.full((5, 1), torch.nan).double() for t in TASKS})
    assert {task: losses[task].item() for task in TASKS} == dict.fromkeys(TASKS, 0.0)
    sum(losses.values()).backward()
    assert all(p.grad.isfinite().all() for p in module.parameters() if p.grad is not None)


@each_spec
def test_every_weight_has_a_finite_gradient(name: str):
    module = module_of(name).train()
    for rows in (1, 40):
        module.zero_grad()
        sum(module.loss(batch_of(rows), labels_of(rows)).values()).backward()
        learned = {n: p for n, p in module.named_parameters() if p.requires_grad}
        assert [name for name, p in learned.items() if p.grad is None] == []
        assert all(p.grad.isfinite().all() for p in learned.values())


TERMS = {
    "terms": ("apart",),
    "penalties": ("near", "low", "alike", "soft"),
    "blocks_of_norms": ("small",),
}


@each_spec
def test_a_loss_is_one_number_per_task_and_term(name: str):
    losses = module_of(name).loss(batch_of(4), labels_of(4))
    assert tuple(losses)[:3] == TASKS
    assert tuple(losses)[3:] == TERMS.get(name, ())
    assert all(value.shape == () for value in losses.values())


@each_spec
def test_it_serves_the_same_twice_and_is_moved_to_a_device_whole(name: str):
    module, batch = module_of(name), batch_of(3)
    first, second = module(batch), module(batch)
    assert all(torch.equal(first[task], second[task]) for task in TASKS)
    module.to("meta")
    assert {p.device.type for p in (*module.parameters(), *module.buffers())} == {"meta"}


def test_dropout_is_drawn_for_each_member_and_not_when_serving():
    module, batch = module_of("activations"), batch_of(50)
    torch.manual_seed(0)
    serving = module(batch)
    module.train()
    torch.manual_seed(0)
    trained = module(batch)
    assert not torch.equal(serving["click"], trained["click"])
    source = compiled("activations").source
    assert "training=self.training" in source


def test_a_shared_value_is_dropped_apart_for_each_member():
    import mtlspec

    text = """
    features { age : numeric }
    tasks { click, buy : binary }
    model m {
        let d[task] = age -> dropout(0.5)
        head[task] = d[task]
    }
    """
    module = mtlspec.compile(mtlspec.Text("m.mtl", text)).module().train()
    with torch.no_grad():
        module.get_parameter("head.out.weight").fill_(1.0)
        module.get_parameter("head.out.bias").zero_()
    logits = module({"age": torch.ones(64, 2)})
    assert not torch.equal(logits["click"], logits["buy"])


def test_a_batch_may_hold_columns_that_the_model_does_not_read():
    module = module_of("one_column")
    assert compiled("one_column").sizes == ("job",)
    assert set(module(batch_of(2))) == set(TASKS)
    assert set(module({"job": torch.tensor([1])})) == set(TASKS)


def test_the_module_is_made_with_known_or_given_sizes():
    assert compiled("mmoe").sizes == tuple(ROWS)
    sized = compiled("mmoe", sized=True)
    assert sized.sizes == ()
    first, second = sized.module(3).state_dict(), compiled("mmoe").module(3, ROWS).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert first.keys() == second.keys()


def test_the_file_s_own_initialisation_stands_without_a_seed():
    torch.manual_seed(1)
    module = compiled("mmoe").module(None, ROWS)
    bound = 11**-0.5 + 1e-6
    for name, parameter in module.named_parameters():
        assert parameter.std() > 0, name
        if name == "e.layers.0.weight":
            assert parameter.abs().max() <= 13**-0.5 + 1e-6 or parameter.abs().max() <= bound
