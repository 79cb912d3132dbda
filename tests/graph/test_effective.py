"""The effective spec: one file that compiles to the same model."""

import re

import pytest

import mtlspec
from mtlspec.emit.compiled import Compiled
from tests.graph.programs import SCHEMA, program, run

BODY = "layer h = features -> mlp(n)\nhead[task] = h -> mlp(3)"


def compiled(text: str, **given) -> Compiled:
    outcome = run(text, upto="python", **given)
    outcome.report.stop_on_errors()
    assert outcome.code is not None
    return outcome.code


def code(found: Compiled) -> str:
    """The source without what names the spec file and its lines."""
    text = found.source.partition('"""\n\n')[2]
    assert text.startswith("import torch")
    return re.sub(r"\(\S+\.mtl:\d+", "(file:line", text)


def same(text: str, **given) -> str:
    """The effective spec, after seeing that it means the same."""
    first = compiled(text, **given)
    again = compiled(first.spec_text)
    assert code(again) == code(first)
    assert again.spec_text == first.spec_text
    assert again.train == first.train or str(again.train) == str(first.train)
    for field, other in zip(
        (*first.schema.features, *first.schema.tasks),
        (*again.schema.features, *again.schema.tasks),
        strict=True,
    ):
        assert (field.name, field.options.model_dump().keys()) == (
            other.name,
            other.options.model_dump().keys(),
        )
        assert str(field.options) == str(other.options) or field.word is other.word
    return first.spec_text


def test_a_plain_file_is_itself():
    assert "param n = 3" in same(program(BODY, before="param n = 3"))


def test_it_uses_no_other_file_and_begins_with_the_edition():
    files = {
        "schema.mtl": f"mtl 1\n{SCHEMA}",
        "more.mtl": "mtl 1\nparam n = 3\nset some = task[2..]\n",
    }
    text = 'use "schema.mtl"\nuse "more.mtl" (n: 5)\n' + program(BODY, schema="")
    found = same(text, files=files)
    assert found.startswith("mtl 1\n")
    assert "use" not in found
    assert "param n = 5" in found


def test_a_sample_that_was_not_taken_is_not_there():
    files = {
        "own.mtl": "mtl 1\nfeatures { z : numeric }\ntasks { w : binary }\n",
        "topology.mtl": f"mtl 1\nparam n = 3\n{program(BODY)}",
    }
    found = same('use "own.mtl"\nuse "topology.mtl"', files=files)
    assert "age" not in found
    assert "z : numeric" in found


@pytest.mark.parametrize(
    "overlays",
    [
        {"n": "7"},
        {"n": "2 * (1 + 2)"},
        {"n": "m"},
        {"train.epochs": "7"},
        {"train.optimizer": "sgd(lr: 0.5)"},
        {"train.optimizer.lr": "0.5", "train.optimizer.weight_decay": "0.2"},
        {"train.select": "mean(click.auc, buy.auc)", "train.clip": "none"},
        {"features.job.dim": "6", "features.wage.column": '"wage # \\"hour\\""'},
        {"tasks.buy.weight": "0.5", "tasks.buy.where": 'carted == 1 and missing(column("x y"))'},
        {"tasks.cart.label": "carted > 3 or not (bought < -1)"},
    ],
)
def test_overlays_are_part_of_it(overlays: dict[str, str]):
    text = program(BODY, before="param n = 3\nparam m = 4") + (
        "train { optimizer : adam(1e-3)   batch : 32 }"
    )
    without, found = same(text), same(text, overlays=overlays)
    assert found != without


def test_domains_and_words_stay():
    before = """
    param n   = 3 in 1..9
    param lr  = 1e-3 in log(1e-5..1e-2)
    param act = relu in {relu, gelu}
    param ini = last in {own, last}
    """
    text = program("head[task] = features -> mlp(n, act: act)", before=before)
    text += "train { optimizer : adam(lr: lr) }"
    found = same(text, overlays={"act": "gelu", "n": "2"})
    assert "param n = 2 in 1..9" in found
    assert "param act = gelu in {relu, gelu}" in found


def test_texts_with_quotes_and_signs_stay():
    schema = r"""
    features {
        "a \"b\" \\ c # d" : category(4)
        zip                : category(3, column: "zip } code")
        lines              : numeric(column: "two\nlines")
    }
    tasks {
        "on time" : binary(label: column("on # time") == "5\"000+.")
        late      : binary(where: column("x") != "\\")
    }
    """
    same(program("head[task] = features -> mlp(3)", schema=schema))


def test_comments_do_no_harm():
    text = """# a file
features { age : numeric # }
    (log1p, # first
     normalize) # then
}
tasks { # one
    click : binary # "quoted
    (label: clicked # here
    == 1)
}
param n = [3, # three
           4]  # four
set some # some
  = task[1..] # all
model m { # begin
    layer h = features # of it
        -> mlp(n) # wide
    head[task] = h # "open
}
train { batch : 32 # rows
}
"""
    same(text)


def test_every_declaration_is_there_in_its_order():
    files = {
        "a.mtl": "mtl 1\nset x = {p, q}\nfeatures { z : numeric }\ntrain { batch : 8 }\n",
        "b.mtl": 'mtl 1\nuse "a.mtl"\nset y = x[..1]\nparam n = 3\ntasks { late : binary }\n',
    }
    body = "layer h[x] = features -> mlp(n)\nlayer k[y] = age -> mlp(n)\nhead[task] = concat(h, k)"
    text = f'use "b.mtl"\n{program(body)}\ntrain {{ epochs : 3 }}'
    same(text, files=files)


@pytest.mark.parametrize("name", ["hard_sharing", "mmoe", "ple"])
def test_the_library_s_specs_are_the_same_in_one_file(name: str):
    first = mtlspec.compile(f"mtl:{name}.mtl", set={"tower": "[16]", "train.epochs": "2"})
    again = mtlspec.compile(mtlspec.Text("one.mtl", first.spec_text))
    assert code(again) == code(first)
    assert "tower = [16]" in first.spec_text
