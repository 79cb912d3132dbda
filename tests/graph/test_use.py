"""Files: `use`, params that it gives, schemas that are only samples, and `--schema`."""

import pytest

import mtlspec
from tests.graph.programs import graph_of, one, program, run, said_of, widths

SAMPLE = "mtl 1\nfeatures { age : numeric   job : category(4) }\ntasks { like : binary }\n"
OWN = "mtl 1\nfeatures { wage : numeric }\ntasks { share : binary   win : binary }\n"
TOPOLOGY = """mtl 1
use "sample.mtl"
param n = 3
model m {
    expert e[n] = features -> linear(4)
    gate g[task] = e by features
    head[task] = g[task]
}
"""
FILES = {"sample.mtl": SAMPLE, "own.mtl": OWN, "topology.mtl": TOPOLOGY}


def schema_of(text: str, **given) -> tuple[list[str], list[str]]:
    graph = graph_of(text, **{"files": FILES, **given})
    return [f.name for f in graph.schema.features], [t.name for t in graph.schema.tasks]


OF_THE_SAMPLE = (["age", "job"], ["like"])
OF_ONE_S_OWN = (["wage"], ["share", "win"])


# --- samples -------------------------------------------------------------------------------------


def test_a_topology_runs_as_it_stands_on_its_sample():
    assert schema_of(TOPOLOGY) == OF_THE_SAMPLE
    assert schema_of('use "topology.mtl"') == OF_THE_SAMPLE


@pytest.mark.parametrize(
    "text",
    [
        'use "own.mtl"\nuse "topology.mtl"',
        'use "topology.mtl"\nuse "own.mtl"',
        f'{OWN}\nuse "topology.mtl"',
    ],
)
def test_a_schema_of_one_s_own_takes_the_place_of_a_sample(text: str):
    assert schema_of(text) == OF_ONE_S_OWN


def test_a_sample_that_is_used_directly_is_no_sample():
    assert schema_of('use "sample.mtl"\nuse "topology.mtl"') == OF_THE_SAMPLE
    assert schema_of('use "topology.mtl"\nuse "sample.mtl"') == OF_THE_SAMPLE
    both = schema_of('use "topology.mtl"\nuse "sample.mtl"\nuse "own.mtl"')
    assert both == (["age", "job", "wage"], ["like", "share", "win"])


def test_blocks_of_one_kind_add_up_in_order():
    more = OWN.removeprefix("mtl 1\n").replace("wage", "fare")
    text = program("head[task] = features", before=f"features {{ zip : numeric }}\n{more}")
    assert schema_of(text) == (
        ["age", "wage", "job", "zip", "fare"],
        ["click", "cart", "buy", "share", "win"],
    )


@pytest.mark.parametrize("text", [TOPOLOGY, 'use "topology.mtl"', program("head[task] = features")])
def test_a_schema_given_from_outside_takes_the_place_of_the_spec_s(text: str):
    assert schema_of(text, schema="own.mtl") == OF_ONE_S_OWN


def test_the_same_schema_given_from_outside_changes_nothing():
    assert schema_of(TOPOLOGY, schema="sample.mtl") == OF_THE_SAMPLE


def test_params_and_sets_of_a_sample_go_with_it():
    sample = SAMPLE.replace("(4)", "(dim)") + "param dim = 4\nset some = {age}\n"
    own = "mtl 1\nparam dim = 2\nset some = {age}\nfeatures { age : category(dim) }\n"
    files = {**FILES, "sample.mtl": sample, "own.mtl": own + "tasks { win : binary }\n"}
    for text in ('use "own.mtl"\nuse "topology.mtl"', 'use "topology.mtl"\nuse "own.mtl"'):
        graph = graph_of(text, files=files)
        assert [str(f.type) for f in graph.schema.features] == ["f32[2]"]


def test_a_missing_schema_is_said_once():
    assert said_of(TOPOLOGY, files=FILES, schema="nowhere.mtl") == ["MTL0205"]


# --- params --------------------------------------------------------------------------------------


def test_use_gives_params():
    graph = graph_of('use "topology.mtl" (n: 5)', files=FILES)
    assert widths(graph, "e") == [4] * 5


def test_what_use_gives_is_seen_by_the_params_that_follow_from_it():
    files = {"p.mtl": "mtl 1\nparam own = 3\nparam twice = own * 2\n"}
    text = 'use "p.mtl" (own: 4)\n' + program("layer h = features -> linear(twice)\nhead[task] = h")
    assert widths(graph_of(text, files=files), "h") == [8]


def test_set_wins_over_use():
    graph = graph_of('use "topology.mtl" (n: 5)', files=FILES, overlays={"n": "2"})
    assert widths(graph, "e") == [4] * 2


@pytest.mark.parametrize(
    ("use", "mark"),
    [
        ('use "p.mtl" (here: 2)', "MTL0201 here"),
        ('use "p.mtl" (2)', "MTL0225 2"),
        ('use "p.mtl" (own: 2, own: 3)', "MTL0225 own: 3"),
        ('use "p.mtl" (own: "two")', 'MTL0209 own: "two"'),
    ],
)
def test_use_gives_only_params_of_that_file_by_name_each_once(use: str, mark: str):
    text = f"{use}\nparam here = 1\n{program('head[task] = features')}"
    assert said_of(text, files={"p.mtl": "mtl 1\nparam own = 3\n"}) == [mark]


def test_a_param_that_no_file_has_is_said_once():
    text = 'use "p.mtl" (other: 2)\n' + program("head[task] = features")
    assert said_of(text, files={"p.mtl": "mtl 1\nparam own = 3\n"}) == ["MTL0201 other"]


# --- files reached twice, circles, what cannot be read -------------------------------------------

PARAM = {"p.mtl": "mtl 1\nparam own = 3\n"}


def test_a_file_reached_twice_is_taken_once():
    files = {**PARAM, "q.mtl": 'mtl 1\nuse "p.mtl"\n', "r.mtl": 'mtl 1\nuse "./p.mtl"\n'}
    text = 'use "q.mtl"\nuse "r.mtl"\nuse "p.mtl"\n' + program("head[task] = features -> mlp(own)")
    assert said_of(text, files=files) == []


def test_a_file_reached_twice_may_be_given_the_same_params():
    text = 'use "p.mtl" (own: 4)\nuse "p.mtl" (own: 4)\n' + program("head[task] = features")
    assert said_of(text, files=PARAM) == []


def test_a_file_reached_twice_may_not_be_given_other_params():
    text = 'use "p.mtl" (own: 4)\nuse "p.mtl" (own: 5)\n' + program("head[task] = features")
    assert said_of(text, files=PARAM) == ['MTL0216 "p.mtl"']


@pytest.mark.parametrize("order", ["qr", "rq"])
def test_a_file_may_be_given_params_by_one_use_and_none_by_another(order: str):
    files = {
        **PARAM,
        "q.mtl": 'mtl 1\nuse "p.mtl" (own: 4)\n',
        "r.mtl": 'mtl 1\nuse "p.mtl"\n',
    }
    use = "".join(f'use "{name}.mtl"\n' for name in order)
    text = use + program("layer h = features -> linear(own)\nhead[task] = h")
    assert widths(graph_of(text, files=files), "h") == [4]


def test_files_may_not_use_each_other_in_a_circle():
    files = {"a.mtl": 'mtl 1\nuse "b.mtl"\n', "b.mtl": 'mtl 1\nuse "a.mtl"\n'}
    text = 'use "a.mtl"\n' + program("head[task] = features")
    assert said_of(text, files=files) == ['MTL0204 "a.mtl"']
    found = one("MTL0204", text, files=files)
    assert found.primary is not None
    assert found.primary.span.file.path == "b.mtl"
    assert found.primary.text == "a.mtl → b.mtl → a.mtl"


def test_a_file_may_not_use_itself():
    assert said_of('use "spec.mtl"\n' + program("head[task] = features")) == ['MTL0204 "spec.mtl"']


@pytest.mark.parametrize("path", ["nowhere.mtl", "mtl:nowhere.mtl"])
def test_a_file_that_is_not_there_is_marked_where_it_is_used(path: str):
    text = f'use "{path}"\n' + program("head[task] = features")
    assert said_of(text) == [f'MTL0205 "{path}"']


def test_the_library_is_named_where_a_file_of_it_is_missing():
    found = one("MTL0205", 'use "mtl:nowhere.mtl"\n' + program("head[task] = features"))
    assert "`mtl:ple.mtl`" in found.help()


def test_paths_are_relative_to_the_file_that_uses():
    files = {"in/a.mtl": 'mtl 1\nuse "../p.mtl"\nuse "b.mtl"\n', "in/b.mtl": "mtl 1\n", **PARAM}
    text = 'use "in/a.mtl"\n' + program("head[task] = features -> mlp(own)")
    assert said_of(text, files=files) == []


def test_a_file_that_is_not_utf8_is_said_to_be_so(tmp_path):
    path = tmp_path / "latin.mtl"
    path.write_bytes(b"mtl 1\n# \xe4\n")
    (found,) = (d for d in mtlspec.load(path).diagnostics if d.severity == "error")
    assert found.id == "MTL0205"
    assert "UTF-8" in found.headline()


# --- the library ---------------------------------------------------------------------------------


def test_the_library_is_reached_by_name():
    assert mtlspec.load("mtl:ple.mtl").ok
    found = mtlspec.load(mtlspec.Text("here.mtl", OWN + 'use "mtl:mmoe.mtl" (experts: 2)'))
    assert found.ok


def test_a_folder_beside_the_library_is_not_reached():
    found = mtlspec.load(mtlspec.Text("here.mtl", 'use "mtl:../pyproject.toml"'))
    assert not found.ok


# --- one namespace -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "mark"),
    [
        ("param own = 1\nparam own = 2", "MTL0202 own"),
        ("param own = 1\nset own = 1..2", "MTL0202 own"),
        ("param click = 1", "MTL0202 click"),
        ("param age = 1", "MTL0202 age"),
        ("set click = 1..2", "MTL0202 click"),
        ("set age = 1..2", "MTL0202 age"),
        ("tasks { click : binary }", "MTL0202 click"),
        ("tasks { age : binary }", "MTL0202 age"),
        ("features { click : numeric }", "MTL0202 click"),
        ("features { age : category }", "MTL0202 age"),
        ("param task = 3", "MTL0202 task"),
        ("set task = 1..3", "MTL0202 task"),
    ],
)
def test_a_name_is_declared_once(before: str, mark: str):
    text = program("head[task] = wage", before=before)
    assert [f for f in said_of(text) if "head" not in f] == [mark]


def test_a_name_of_another_file_counts():
    text = 'use "p.mtl"\nparam own = 4\n' + program("head[task] = features")
    found = one("MTL0202", text, files=PARAM)
    assert {label.span.file.path for label in found.labels()} == {"spec.mtl", "p.mtl"}


def test_a_program_has_exactly_one_model():
    assert said_of(OWN) == ["MTL0212"]
    assert said_of(program("head[task] = features") + "model n { head[task] = features }") == [
        "MTL0212 n"
    ]


def test_the_files_of_a_program_are_known():
    outcome = run('use "topology.mtl"', files=FILES)
    assert {file.path for file in outcome.files} == {"spec.mtl", "topology.mtl", "sample.mtl"}
