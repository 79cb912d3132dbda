"""The docstring of the emitted file tells what training adds to it."""

import mtlspec


def docstring(tasks: str, body: str) -> str:
    text = f"mtl 1\nfeatures {{ age : numeric }}\ntasks {{ {tasks} }}\nmodel m {{\n{body}\n}}\n"
    source = mtlspec.compile(mtlspec.Text("m.mtl", text)).source
    return " ".join(source.split('"""')[1].split())


def test_factors_on_losses_and_learning_rates_are_told():
    doc = docstring(
        "click : binary  buy : binary(weight: 0.3)",
        "layer f[task] = features -> dense(8)\n"
        "layer slow = features -> mlp(4, lr: 0.1)\n"
        "stitch(lr: 10) h[task] = f\n"
        "head[task] = concat(h[task], slow)",
    )
    told = (
        "Training multiplies the losses by 0.3 for buy, and the learning rate by 0.1 for slow and"
    )
    assert f"{told} 10 for h; this file does not." in doc


def test_where_there_are_none_nothing_is_told():
    assert "Training" not in docstring("click, buy : binary", "head[task] = features")
