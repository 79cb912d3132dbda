"""Whatever is written wherever a value may be written is answered, and never by an exception."""

import pytest

import mtlspec
from mtlspec.diagnostics import SpecError

VALUES = """
e; e[1]; e[task]; g; g[a]; features; features[age]; age; city; mlp; mlp(8); relu
features -> mlp(8); relu(features); mixing(g); selector_entropy(g); l0(v); weights(e)
weights(b); error(head[a]); label(a); head; head[a]; prob(head[a]); logit(head[a]); -head[a]
not g; e[1] + 1; 1 - e; z[city]; weights(z)[city]; trace(h); h; b; b(features); features -> b; c
c(features); c(features, width: 4); embed(city); none; "text"; [1, 2]; [e, g]; yes; 1; 0; -1
1.5; 1e400; a; task; task[1]; task[*]; task[2..]; task[!a]; a - 1; a + 1; nobody; nobody(1)
scores(e); dim(e); dim(age); len(task); len(e); outputs(a); place(a); place(place[near])
column("x"); w; w * w; x[a]; 1..3; even; rome; city == rome; city > 1; parameters(a)
l2(weights(e)); stop_gradient(e); e -> stop_gradient; pool(hist); hist; concat(e, e); stack(e)
mean(none); top(1); 1 == 1; yes and 1; "a" + 1; [1] + [2]; task + 1; e / 0; 1 / 0; weight
"mtl:ple.mtl"; log(1..8); expand(h, like: hist); expand(h, like: 1..3)
age -> expand(like: hist); log(8); log(8, 2); split(e); domain; dim(hist); sum()
""".replace("\n", ";").split(";")

PLACES = {
    "param": ("param n = {}", ""),
    "domain": ("param n = 1 in {{{}, 2}}", ""),
    "set": ("set s = {{{}, 2}}", ""),
    "range": ("set s = 1..{}", ""),
    "slice": ("set s = task[{}..]", ""),
    "left": ("", "layer n[{}] = features -> linear(2)"),
    "bound": ("", "layer n[q in {}] = features -> linear(2)"),
    "right": ("", "let n = mean(e[{}])"),
    "other": ("", "let n = mean(e[!{}])"),
    "end": ("", "let n = mean(e[..{}])"),
    "axis": ("", "weight n : f32[2, {}]"),
    "begins": ("", "weight n : f32[2, 2] = {}"),
    "repeat": ("", "repeat {} {{ let n = age }}"),
    "over": ("", "repeat i in {} {{ let n = age }}"),
    "require": ("", "require {}"),
    "fewer": ("", "require parameters(a) < {}"),
    "reaches": ("", "require private({}, a)"),
    "apart": ("", "require apart(a, bb, except: {})"),
    "flow": ("", "layer n = {} -> mlp(4)"),
    "into": ("", "layer n = features -> {}"),
    "let": ("", "let n[task] = {}"),
    "stream": ("", "stream n = {}"),
    "moved": ("", "stream n = age repeat 2 {{ let n <- {} }}"),
    "block": ("", "block n = {}"),
    "option": ("", "layer n = features -> dense(4, act: {})"),
    "width": ("", "layer n = features -> mlp({})"),
    "argument": ("", "let n = concat({}, age)"),
    "sum": ("", "let n = age * {}"),
    "candidate": ("", "gate n = e, {} by features"),
    "selector": ("", "gate n = e by {}"),
    "scores": ("", "gate n = e by scores({})"),
    "router": ("", "gate({}) n = e by features"),
    "starts": ("", "stitch(init: {}) n = e"),
    "loss": ("", "loss n = {}"),
    "charged": ("", "loss n = l2({})"),
    "prox": ("", "loss n = {} * l2(weights(e), method: prox)"),
    "given": ("", "layer n = c({})"),
    "recipe": ("", "layer n = c(features, net: {})"),
    "returned": ("component d(x) {{ return {} }}", "layer n = d(age)"),
    "traced": ("", "let n = mean(trace({}))"),
    "read": ("", "loss n = mean(cv2({}))"),
    "loaded": ("", "layer n = age -> linear(2, load: {}, frozen: {})"),
    "values": ("set s = values({})", ""),
    "partition": ("set s = {{p: {}, q: {{bb}}}}", ""),
    "feature": ("features {{ n : numeric({}) }}", ""),
    "category": ("features {{ n : category({}, values: {}) }}", ""),
    "entries": ("features {{ n : sequence(of: {}, max: {}) }}", ""),
    "label": ("tasks {{ n : binary(label: {}) }}", ""),
    "where": ("tasks {{ n : binary(where: {}, weight: {}) }}", ""),
    "metrics": ("tasks {{ n : binary(metrics: [{}]) }}", ""),
    "field": ("train {{ epochs : {} balance : {} select : {} optimizer : {} }}", ""),
}

PROGRAM = """
mtl 1
features {{
    age : numeric
    city : category(values: [rome, paris], dim: 4)
    hist : sequence(of: city, max: 5, pool: no)
}}
tasks {{ a, bb : binary }}
set place = {{near: {{a}}, far: {{bb}}}}
set domain = values(city)
component c(x, width = 4, net = linear(4)) {{ layer y = x -> net return y }}
{above}
model m {{
    weight w : f32[4, 4]
    block b = linear(4)
    expert e[task] = features -> mlp(4)
    layer z[domain] = features -> linear(4)
    gate g[task] = e by features
    stitch(hard_concrete(beta: 0.9)) v[task] = e
    layer x[task] = features -> linear(4)
    stream h = age
    repeat 2 {{ layer h <- h -> linear(1) }}
    {inside}
    head[task] = concat(g[task], v[task], x[task], h, z[city])
}}
"""


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_every_value_is_answered_in_every_place(place: str):
    above, inside = PLACES[place]
    raised: list[str] = []
    for value in filter(None, map(str.strip, VALUES)):
        given = [value] * above.count("{}"), [value] * inside.count("{}")
        text = PROGRAM.format(above=above.format(*given[0]), inside=inside.format(*given[1]))
        try:
            mtlspec.compile(mtlspec.Text("everywhere.mtl", text))
        except SpecError:
            pass
        except Exception as error:  # noqa: BLE001  # whatever it is, it may not be raised
            raised.append(f"{value}: {error!r}")
    assert raised == [], "\n".join(raised)
