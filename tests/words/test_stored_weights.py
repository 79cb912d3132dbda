"""Weights that begin as a file has them: `load:` and `from_file`."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

import mtlspec
from mtlspec.export import export
from mtlspec.training.checkpoint import Header, save_checkpoint

SCHEMA = """
mtl 1
features { age, wage : numeric   city : category(dim: 4) }
tasks { click, buy : binary }
"""
COMPONENT = """
component tower(x, n = 4) {
    block b = linear(n)
    expert e[2] = x -> linear(n) -> layer_norm
    gate g = e by x
    weight w : f32[n] = ones
    layer y = g * w -> b -> b -> dense(n, act: dice)
    return y
}
component whole(x) { layer h = tower(x)  layer z = h -> linear(2)  return z }
"""


def numbers(*shape: int, seed: int = 3) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


class Folder:
    """A folder of specs and weights."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def save(self, name: str, arrays: Mapping[str, Tensor]) -> None:
        own = {name: array.clone() for name, array in arrays.items()}
        save_file(own, self.path / name)

    def spec(self, body: str, before: str = "") -> Path:
        path = self.path / "spec.mtl"
        path.write_text(f"{SCHEMA}{before}model m {{\n{body}\n}}\n")
        return path

    def said(self, body: str, before: str = "") -> list[str]:
        return [found.id for found in mtlspec.load(self.spec(body, before)).diagnostics]

    def weights(self, body: str, before: str = "") -> Mapping[str, Tensor]:
        found = mtlspec.compile(self.spec(body, before), sizes={"city": 5})
        return found.weights(found.module(seed=0))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def saved(found: mtlspec.Text, prefix: str, path: Path) -> Mapping[str, Tensor]:
    """The weights of a spec behind a call, drawn from another seed, as a file has them."""
    compiled = mtlspec.compile(found, sizes={"city": 5})
    weights = compiled.weights(compiled.module(seed=7))
    own = {
        name.removeprefix(prefix): weight.clone()
        for name, weight in weights.items()
        if name.startswith(prefix)
    }
    save_file(own, path)
    return own


OPS = [
    "linear(4, {})",
    "mlp(4, 3, {})",
    "dense(4, norm: layer_norm, {})",
    "batch_norm({})",
    "dice({})",
    "cross({})",
    "low_rank(4, 2, {})",
    "lora(4, 2, alpha: 1, {})",
]


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("members", ["", "[2]"])
@pytest.mark.parametrize("before", ["", "linear(6) ->"])
def test_an_op_begins_as_a_file_has_it(folder: Folder, op: str, members: str, before: str):
    plain = op.replace(", {}", "").replace("{}", "")
    shape = f"layer x = features -> linear(6)\nlayer h = x -> {plain}\nhead[task] = h"
    other = mtlspec.Text("other.mtl", f"{SCHEMA}model m {{\n{shape}\n}}")
    arrays = saved(other, "h.", folder.path / "op.safetensors")
    value = "concat(h)" if members else "h"
    loads = op.format('load: "op.safetensors"')
    body = f"layer x = features -> linear(6)\nlayer h{members} = x -> {before} {loads}"
    found = folder.weights(f"{body}\nhead[task] = {value}")
    shift = 1 if before else 0
    for name, array in arrays.items():
        number, _, rest = name.partition(".")
        for member in ("h[1]", "h[2]") if members else ("h",):
            torch.testing.assert_close(found[f"{member}.{int(number) + shift}.{rest}"], array)


CALLS = [
    ("layer h = tower(features, n: 3{})", "h.", ["h."]),
    ("layer h[task] = tower(features, n: 3{})", "h[click].", ["h[click].", "h[buy]."]),
    ("layer h = whole(features{})", "h.", ["h."]),
    ("layer o = features -> linear(3) -> tower(n: 3{})", "o.", ["o."]),
    ("block b = tower(n: 3{})\nlayer h = features -> b", "b.", ["b."]),
    ("block b = whole{}\nlayer h = features -> b\nlayer i = features -> b", "b.", ["b."]),
]


@pytest.mark.parametrize(("call", "prefix", "members"), CALLS)
def test_a_call_of_a_component_begins_as_a_file_has_it(
    folder: Folder, call: str, prefix: str, members: list[str]
):
    head = {"h": "h", "o": "o", "b": "h"}[prefix[0]]
    heads = f"head[task] = {head}[task]" if "h[task]" in call else f"head[task] = {head}"
    plain = mtlspec.Text("o.mtl", f"{SCHEMA}{COMPONENT}model m {{\n{call.format('')}\n{heads}\n}}")
    arrays = saved(plain, prefix, folder.path / "call.safetensors")
    if prefix == "o.":  # the layer before the call is none of its own
        arrays = {name: array for name, array in arrays.items() if not name.startswith("0.")}
        folder.save("call.safetensors", arrays)
    text = '(load: "call.safetensors")' if "whole{}" in call else ', load: "call.safetensors"'
    found = folder.weights(f"{call.format(text)}\n{heads}", COMPONENT)
    assert len(arrays) > 12
    for name, array in arrays.items():
        for member in members:
            torch.testing.assert_close(found[f"{member}{name}"], array)


def test_the_load_of_an_outer_call_is_the_last_word(folder: Folder):
    inner = 'component c(x) { layer y = x -> linear(2, load: "in.safetensors") return y }\n'
    folder.save("in.safetensors", {"0.weight": numbers(2, 9), "0.bias": numbers(2)})
    outer = {"y.0.weight": numbers(2, 9, seed=4), "y.0.bias": numbers(2, seed=4)}
    folder.save("out.safetensors", outer)
    width = "layer x = features -> linear(9)\n"
    body = f'{width}layer h = c(x, load: "out.safetensors")\nhead[task] = h'
    found = folder.weights(body, inner)
    torch.testing.assert_close(found["h.y.0.weight"], outer["y.0.weight"])


def test_a_checkpoint_gives_its_weights_by_their_logical_names(folder: Folder):
    body = "layer h[task] = features -> mlp(3, 2)\nlayer one = features -> linear(2)\n"
    heads = "head[task] = concat(h[task], one)"
    other = mtlspec.compile(folder.spec(body + heads), sizes={"city": 5})
    module = other.module(seed=9)
    kept = {name: weight.clone() for name, weight in other.weights(module).items()}
    header = Header(epoch=1, step=1, names=other.names)
    save_checkpoint(folder.path / "best.safetensors", module, header)
    loads = (
        'layer a = features -> mlp(3, 2, load: "best.safetensors#h[buy]", frozen: yes)\n'
        'layer b = features -> linear(2, load: "best.safetensors#one")\n'
        "head[task] = concat(a, b)"
    )
    found = folder.weights(loads)
    torch.testing.assert_close(found["a.1.weight"], kept["h[buy].1.weight"])
    torch.testing.assert_close(found["b.0.bias"], kept["one.0.bias"])


def test_other_floats_become_f32(folder: Folder):
    arrays = {"w": numbers(2, 3).half(), "v": numbers(2).bfloat16(), "u": numbers(4).double()}
    folder.save("w.safetensors", arrays)
    folder.save("one.safetensors", {"t": numbers(5)})
    body = (
        "\n".join(
            f'weight {n} : f32[{size}] = from_file("{file}")\nloss of_{n} = l2({n})'
            for n, size, file in [
                ("a", "2, 3", "w.safetensors#w"),
                ("b", "2", "w.safetensors#v"),
                ("c[2]", "4", "w.safetensors#u"),
                ("d", "5", "one.safetensors"),
            ]
        )
        .replace("of_c[2]", "of_c")
        .replace("l2(c[2])", "l2(c)")
    )
    found = folder.weights(f"{body}\nhead[task] = features")
    for name, own in {"a.weight": "w", "b.weight": "v", "c[2].weight": "u"}.items():
        torch.testing.assert_close(found[name], arrays[own].float())
    torch.testing.assert_close(found["d.weight"], numbers(5))


WRONG = {
    "linear(2, load: 'none.safetensors')": "MTL0680",
    "linear(2, load: 'cut.safetensors')": "MTL0680",
    "linear(2, load: 'huge.safetensors')": "MTL0680",
    "linear(2, load: 'deep.safetensors')": "MTL0680",
    "linear(2, load: 'text.safetensors')": "MTL0680",
    "linear(2, load: '.')": "MTL0680",
    "linear(2, load: '')": "MTL0680",
    "linear(2, load: 'good.safetensors#x')": "MTL0681",
    "mlp(2, 2, load: 'good.safetensors#a')": "MTL0681",
    "linear(3, load: 'good.safetensors#a')": "MTL0682",
    "linear(2, load: 'good.safetensors#whole')": "MTL0682",
    "linear(2, load: 'good.safetensors#more')": "MTL0683",
    "linear(2, bias: no, load: 'good.safetensors#a')": "MTL0683",
    "linear(2, load: 3)": "MTL0207",
    "linear(2, init: zeros, load: 'good.safetensors#a')": "MTL0641",
    "linear(2, init: from_file('good.safetensors'))": "MTL0681",
    "linear(2, init: from_file('good.safetensors#a.0.bias'))": "MTL0682",
    "relu(load: 'good.safetensors#a')": "MTL0206",
}


@pytest.mark.parametrize(("op", "code"), WRONG.items())
def test_what_does_not_fit_is_told(folder: Folder, op: str, code: str):
    good = {"0.weight": numbers(2, 9), "0.bias": numbers(2)}
    whole = {name: array.long() for name, array in good.items()}
    more = {**good, "1.weight": numbers(2)}
    groups = {"a": good, "whole": whole, "more": more}
    arrays = {f"{lead}.{n}": array for lead, group in groups.items() for n, array in group.items()}
    folder.save("good.safetensors", arrays)
    content = (folder.path / "good.safetensors").read_bytes()
    (folder.path / "cut.safetensors").write_bytes(content[:-1])
    (folder.path / "huge.safetensors").write_bytes(b"\xff" * 40)
    (folder.path / "deep.safetensors").write_bytes((9999).to_bytes(8, "little") + b"[" * 9999)
    (folder.path / "text.safetensors").write_text("what is this? 12345678")
    op = op.replace("'", '"')
    body = f"layer x = features -> linear(9)\nlayer h = x -> {op}\nhead[task] = h"
    assert folder.said(body) == [code]


def test_tables_whose_rows_the_data_have_begin_as_no_file(folder: Folder):
    folder.save("t.safetensors", {"0.city.weight": numbers(5, 4)})
    body = 'layer h = embed(city, load: "t.safetensors")\nhead[task] = h'
    assert folder.said(body) == ["MTL0684"]


def test_a_file_that_is_gone_since_the_spec_was_checked_is_told(folder: Folder):
    folder.save("w.safetensors", {"w": numbers(2)})
    body = 'weight w : f32[2] = from_file("w.safetensors")\nloss a = l2(w)\nhead[task] = features'
    found = mtlspec.compile(folder.spec(body), sizes={"city": 5})
    (folder.path / "w.safetensors").unlink()
    with pytest.raises(mtlspec.SpecError) as raised:
        found.module()
    assert [d.id for d in raised.value.diagnostics] == ["MTL0680"]


RUN = """
weight w : f32[4, 3] = from_file("w.safetensors#w")
layer h[2] = features -> linear(3, load: "w.safetensors#h", frozen: yes)
head[task] = concat(h, features -> matmul(w))
"""
TRAIN = "train { epochs : 1  batch : 32  optimizer : adam(lr: 0.1) }\n"


def test_a_run_needs_no_file_of_weights(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    rng = np.random.default_rng(0)
    columns = {name: rng.normal(size=200) for name in ("age", "wage")}
    labels = {name: rng.random(200) < 0.5 for name in ("click", "buy")}
    pq.write_table(pa.table(columns | labels), folder.path / "train.parquet")
    frozen = {"h.0.weight": numbers(3, 4), "h.0.bias": numbers(3)}
    folder.save("w.safetensors", {"w": numbers(4, 3), **frozen})
    spec = folder.path / "spec.mtl"
    schema = "mtl 1\nfeatures { age, wage : numeric }\ntasks { click, buy : binary }\n"
    spec.write_text(f"{schema}model m {{{RUN}}}\n{TRAIN}")
    monkeypatch.chdir(folder.path.parent)
    mtlspec.train(spec, data=folder.path / "train.parquet", out=folder.path / "run", threads=1)
    again = mtlspec.load(folder.path / "run" / "spec.mtl")
    assert again.ok  # the path leads there from the run's folder too

    (folder.path / "w.safetensors").unlink()
    elsewhere = folder.path.parent / "elsewhere"
    (folder.path / "run").rename(elsewhere)
    run = mtlspec.open_run(elsewhere)
    assert run.notes == ()
    weights = run.compiled.weights(run.module)
    torch.testing.assert_close(weights["h[2].0.weight"], frozen["h.0.weight"])
    assert not torch.equal(weights["w.weight"], numbers(4, 3))  # it has learned
    rows = pa.table(columns).slice(0, 20)
    report = export(run.compiled, run.fitted, run.module, rows, elsewhere / "m.onnx", provenance={})
    assert [port.name for port in report.outputs] == ["click", "buy"]


# --- tables --------------------------------------------------------------------------------------

TABLES = {
    "category(dim: 4, values: [ulm, bonn, jena], oov: 2, load: 't.safetensors#towns')": (6, 3),
    "category(dim: 4, values: [ulm, bonn, jena], oov: 2, load: 't.safetensors#whole')": (6, 0),
    "category(dim: 4, hash: 5, load: 't.safetensors#whole')": (6, 0),
    "sequence(of: category(dim: 4, values: [a, b], oov: 3, load: 't.safetensors#two'), max: 3)": (
        6,
        4,
    ),
}


@pytest.mark.parametrize(("kind", "rows"), TABLES.items())
def test_a_table_begins_as_a_file_has_its_known_values_or_all_rows(
    folder: Folder, kind: str, rows: tuple[int, int]
):
    arrays = {"towns": numbers(3, 4), "two": numbers(2, 4), "whole": numbers(6, 4, seed=5)}
    folder.save("t.safetensors", arrays)
    schema = f"mtl 1\nfeatures {{ town : {kind} }}\ntasks {{ click : binary }}\n".replace("'", '"')
    spec = folder.path / "spec.mtl"
    spec.write_text(f"{schema}model m {{ head[click] = town }}\n")
    found = mtlspec.compile(spec)
    table = found.weights(found.module(seed=0))["town.weight"]
    drawn = mtlspec.compile(spec).module(seed=None).get_parameter("columns.town.weight")
    assert table.shape == drawn.shape == (rows[0], 4)
    first = rows[1]
    torch.testing.assert_close(table[first:], arrays[kind.partition("#")[2].partition("'")[0]])
    if first:  # null and what is unknown
        assert table[:first].abs().max() < 0.1
        assert (table[:first] != 0).all()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("category(dim: 4, load: 't.safetensors#towns')", "MTL0684"),
        ("category(dim: 3, values: [a, b, c], load: 't.safetensors#towns')", "MTL0682"),
        ("category(dim: 4, values: [a, b], load: 't.safetensors#towns')", "MTL0682"),
        ("category(dim: 4, hash: 3, load: 't.safetensors#towns')", "MTL0682"),
        ("category(dim: 4, values: [a, b, c], load: 't.safetensors#towers')", "MTL0681"),
        ("category(dim: 4, values: [a, b, c], load: 'x.safetensors')", "MTL0680"),
    ],
)
def test_a_table_that_does_not_fit_is_told(folder: Folder, kind: str, code: str):
    folder.save("t.safetensors", {"towns": numbers(3, 4), "whole": numbers(6, 4, seed=5)})
    schema = f"mtl 1\nfeatures {{ town : {kind} }}\ntasks {{ click : binary }}\n".replace("'", '"')
    spec = folder.path / "spec.mtl"
    spec.write_text(f"{schema}model m {{ head[click] = town }}\n")
    assert [found.id for found in mtlspec.load(spec).diagnostics] == [code]
