"""Ranking the candidates of groups, from raw rows to a run and its exported file."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

import mtlspec
from mtlspec.cli.app import main
from mtlspec.data import check_labels, check_schema, encode, fit, split_rows
from mtlspec.data.together import NUMBERS, as_labels
from mtlspec.diagnostics import SpecError
from mtlspec.export import export
from mtlspec.training import evaluation
from mtlspec.training.datasets import prepare
from tests.data.spec import told
from tests.words.oracles import ranking

MODEL = """
features { x, z, mood : numeric(normalize)  kind : category(4) }
model m {
    layer h = features -> mlp(16)
    head[task] = h
}
train { batch : 64  epochs : 8  patience : 8  optimizer : adam(lr: 1e-2) }
"""


def table(queries: int = 300, seed: int = 0) -> pa.Table:
    """Candidates of ragged groups; what differs between groups says nothing of their order."""
    rng = np.random.default_rng(seed)
    query = np.repeat(np.arange(queries), 1 + np.arange(queries) % 23)
    count = len(query)
    x, z, kind = rng.normal(size=count), rng.normal(size=count), rng.integers(0, 3, count)
    relevance = np.digitize(2 * x - z + kind + rng.normal(size=count) / 2, [1, 3, 5])
    columns = {
        "query": pa.array([f"q{seed}.{n}" for n in query], mask=rng.random(count) < 0.02),
        "x": x,
        "z": z,
        "mood": (3 * rng.normal(size=queries))[query],
        "kind": kind,
        "grade": pa.array(relevance, mask=rng.random(count) < 0.05),
        "clicked": relevance > 1,
        "w": rng.random(count),
    }
    return pa.table(columns).take(rng.permutation(count))


def spec(tasks: str) -> mtlspec.Text:
    return mtlspec.Text("m.mtl", f"mtl 1\ntasks {{ {tasks} }}\n{MODEL}")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    pq.write_table(table(), "rows.parquet")
    return tmp_path


TASKS = {
    "listwise": "rank : ranking(group: query, label: grade)",
    "pairwise": "rank : ranking(query, loss: pairwise, label: grade, where: kind < 2, rows: w)",
    "beside another": "rank : ranking(group: query, label: clicked)  much : binary(label: clicked)",
    "a family": "rank[c in {grade, clicked}] : ranking(group: query, label: column(c))",
}


def chance(rows: pa.Table, name: str) -> float:
    """The mean NDCG of random orders."""
    relevance = rows.column(name).cast(pa.float64()).to_numpy()
    groups = rows.column("query").combine_chunks().dictionary_encode().indices
    number = groups.cast(pa.float64()).to_numpy(zero_copy_only=False)
    draws = np.random.default_rng(0).normal(size=(5, len(number)))
    return float(np.mean([ranking.mean(ranking.ndcg, s, relevance, number) for s in draws]))


@pytest.mark.slow
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("tasks", TASKS)
def test_an_order_is_learned_and_exported(tasks: str) -> None:
    text = spec(TASKS[tasks])
    result = mtlspec.train(text, data="rows.parquet", out="run", threads=1)
    assert not result.warnings
    assert result.best is not None
    for name in result.titles:
        found = result.best.metrics.get(f"{name}.ndcg", 1)
        assert found is not None
        assert found > 0.9 > chance(table(), "clicked" if "clicked" in name else "grade") + 0.1
    run = mtlspec.open_run("run")
    rows = table(10, seed=2)
    report = export(run.compiled, run.fitted, run.module, rows, Path("m.onnx"), provenance={})
    assert main(["export", "run", "-o", "again.onnx"]) == 0
    assert report.verification.difference <= 1e-5
    raw = {name: np.zeros((2, 1), np.float32) for name in ("z", "mood")}
    raw |= {"x": np.array([[1], [-1]], np.float32), "kind": np.array([[1], [1]])}
    first, *_ = ort.InferenceSession("m.onnx").run([report.outputs[0].name], raw)
    assert first[0] > first[1]


@pytest.mark.usefixtures("here")
def test_two_runs_of_one_seed_are_equal_and_another_seed_differs() -> None:
    text = spec(TASKS["listwise"])
    runs = [
        mtlspec.train(
            text, data="rows.parquet", out=f"run{n}", seed=s, threads=1, set={"train.epochs": "2"}
        )
        for n, s in enumerate([0, 0, 1])
    ]
    first, second, other = [[e.metrics for e in run.epochs] for run in runs]
    assert first == second != other
    saved = [Path(f"run{n}").rglob("best.safetensors") for n in range(3)]
    one, two, three = (next(files).read_bytes() for files in saved)
    assert one == two != three


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("seed", range(3))
def test_no_group_is_held_out_in_part(seed: int) -> None:
    schema = mtlspec.compile(spec(TASKS["beside another"])).schema
    data = prepare(schema, "rows.parquet", 0.2, seed)
    train, valid = (_groups(rows.together) for rows in (data.train, data.valid))
    assert len(data.train) + len(data.valid) == table().num_rows
    assert not train & valid
    assert 30 < len(valid) < 90
    again = prepare(schema, "rows.parquet", 0.2, seed)
    assert torch.equal(data.valid.labels.nan_to_num(), again.valid.labels.nan_to_num())


def _groups(numbers: torch.Tensor | None) -> set[int]:
    assert numbers is not None
    return set(numbers.tolist()) - {-1}


def test_whole_groups_are_judged_when_rows_are_evaluated_in_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = table(60)
    compiled = mtlspec.compile(spec(TASKS["listwise"]), sizes={"kind": 5})
    schema, module = compiled.schema, compiled.module(0)
    encoded = encode(schema, fit(schema, rows), rows)
    whole = evaluation.evaluate(module, encoded, schema.trained)
    monkeypatch.setattr(evaluation, "_ROWS", 7)
    assert evaluation.evaluate(module, encoded, schema.trained) == pytest.approx(whole, rel=1e-6)
    with torch.no_grad():
        scores = module.double()(
            {
                n: x.double() if x.is_floating_point() else x
                for n, x in encoded.batch(slice(None))[0].items()
            }
        )
    relevance, group = encoded.batch(slice(None))[1]["rank"].double().numpy().T
    found = scores["rank"][:, 0].numpy()
    assert whole["rank.ndcg"] == pytest.approx(
        ranking.mean(ranking.ndcg, found, relevance, group), rel=1e-4
    )


def labels_of(options: str, rows: pa.Table) -> dict[str, np.ndarray]:
    schema = mtlspec.compile(spec(f"rank : ranking({options})")).schema
    _, labels = encode(schema, fit(schema, rows), rows).batch(slice(None))
    return {name: values.numpy() for name, values in labels.items()}


def few(**columns: list[object]) -> pa.Table:
    rows = table(3).slice(0, 6)
    for name, values in columns.items():
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(values))
    return rows


def test_a_candidate_has_a_label_and_a_group() -> None:
    rows = few(query=["b", "a", "b", None, "a", "b"], grade=[2, 1, None, 1, 0, 1])
    found = labels_of("query, label: grade", rows)
    nan = np.nan
    expected = [[2, 0], [1, 1], [nan, nan], [nan, nan], [0, 1], [1, 0]]
    np.testing.assert_array_equal(found["rank"], expected)
    np.testing.assert_allclose(found["rank.rows"][:, 0], [2 / 3, 1, 0, 0, 0, 1 / 3], rtol=1e-6)
    rows = rows.set_column(rows.column_names.index("w"), "w", pa.array([3, 2, None, None, 1, 0]))
    found = labels_of("query, label: grade, rows: w", rows)
    np.testing.assert_allclose(found["rank.rows"][:, 0], [2, 2, 0, 0, 0, 0], rtol=1e-6)


@pytest.mark.parametrize("group", ["kind", "kind > 1", "kind / 4", "not missing(w) and kind == 2"])
def test_a_group_is_a_column_or_a_condition(group: str) -> None:
    rows = few(kind=[2, 1, 2, 1, 1, 2], grade=[2, 1, 3, 1, 0, 1])
    found = labels_of(f"{group}, label: grade", rows)["rank"][:, 1]
    np.testing.assert_array_equal(found, [0, 1, 0, 1, 1, 0])


TIMES = {
    "days": pa.array([1, 2, 1, 2, 2, 1], pa.date32()),
    "moments": pa.array([1, 2, 1, 2, 2, 1], pa.timestamp("us", tz="UTC")),
    "hours": pa.array([1, 2, 1, 2, 2, 1], pa.time32("s")),
    "large": pa.array([2**63 + n for n in (1, 2, 1, 2, 2, 1)], pa.uint64()),
    "coded": pa.array(["a", "b", "a", "b", "b", "a"]).dictionary_encode(),
}


@pytest.mark.parametrize("name", TIMES)
def test_a_group_is_a_column_of_any_single_values(name: str) -> None:
    rows = few(grade=[2, 1, 3, 1, 0, 1]).append_column(name, TIMES[name])
    found = labels_of(f"{name}, label: grade", rows)["rank"][:, 1]
    np.testing.assert_array_equal(found, [0, 1, 0, 1, 1, 0])
    schema = mtlspec.compile(spec(f"rank : ranking({name}, label: grade)")).schema
    assert not check_schema(schema, rows.schema, "rows.parquet")
    train, valid = split_rows(rows, schema, 0.5, 1)
    assert {*map(tuple, (train, valid))} <= {(0, 2, 5), (1, 3, 4), (0, 1, 2, 3, 4, 5), ()}


def test_more_groups_than_float32_tells_apart_are_numbered_anew() -> None:
    numbers = as_labels(np.array([-1, 0, 5, NUMBERS - 1, NUMBERS, NUMBERS + 5]))
    np.testing.assert_array_equal(numbers[:, 0], [np.nan, 0, 5, NUMBERS - 1, 0, 5])


def _count(groups: pa.ChunkedArray) -> int:
    return len(groups.drop_null().unique())


def test_data_sets_have_groups_of_their_own(tmp_path: Path) -> None:
    first, second = table(40), table(50, seed=1)
    second = second.rename_columns(["visit", *second.column_names[1:]])
    pq.write_table(first, tmp_path / "a.parquet")
    pq.write_table(second, tmp_path / "b.parquet")
    tasks = """
        rank : ranking(group: query, label: grade, from: "a.parquet")
        order : ranking(group: visit, label: grade, from: "b.parquet")
        much : binary(label: clicked, from: "b.parquet")
    """
    schema = mtlspec.compile(spec(tasks)).schema
    data = prepare(schema, str(tmp_path), 0.3, 0)
    train, valid = (_groups(rows.together) for rows in (data.train, data.valid))
    assert not train & valid
    assert len(train | valid) == sum(map(_count, (first["query"], second["visit"])))
    _, labels = data.train.batch(slice(None))
    both = ~labels["rank"].isnan().any(dim=1) & ~labels["order"].isnan().any(dim=1)
    assert not both.any()
    assert labels["order"][:, 1].nan_to_num(1e9).min() > labels["rank"][:, 1].nan_to_num(-1).max()


def test_groups_change_nothing_where_no_task_has_any() -> None:
    schema = mtlspec.compile(spec("much : binary(label: clicked)")).schema
    rows = encode(schema, fit(schema, table(5)), table(5))
    assert not schema.groups
    assert rows.together is None


@pytest.mark.parametrize(
    ("options", "columns", "code", "said"),
    [
        ("query, label: grade", {"grade": [1, -1, 0, 2, None, -3]}, "MTL0626", "-1 in"),
        ("query, label: grade", {"grade": [1, np.inf, 0, 2, None, 1]}, "MTL0626", "inf in"),
        ("query, label: grade, rows: w", {"w": [1, 1, -1, 1, 1, 1]}, "MTL0624", "-1"),
    ],
)
def test_a_row_that_cannot_be_ranked_is_told(
    options: str, columns: dict[str, list[object]], code: str, said: str
) -> None:
    given = {"query": list("aabbbb"), "grade": [1, 0, 2, 1, 0, 1]}
    with pytest.raises(SpecError) as raised:
        labels_of(options, few(**(given | columns)))
    (error,) = raised.value.diagnostics
    assert error.id == code
    assert said in f"{error.headline()} {error.found()}"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("query, label: query", "MTL0615"),
        ("ghost, label: grade", "MTL0610"),
        ("tags, label: grade", "MTL0623"),
        ("query + 1, label: grade", "MTL0621"),
    ],
)
def test_a_column_of_another_type_is_told_before_a_row_is_read(options: str, code: str) -> None:
    rows = few().append_column("tags", [[["a"], [], [], [], [], []]])
    schema = mtlspec.compile(spec(f"rank : ranking({options})")).schema
    assert [error.id for error in check_schema(schema, rows.schema, "rows.parquet")] == [code]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"query": list("abcdef"), "grade": [1, 0, 2, 1, 0, 1]}, "is `query` what tells groups"),
        ({"query": list("aabbbb"), "grade": [1, 1, 0, 0, 0, 0]}, "no training row counts"),
    ],
)
def test_groups_without_an_order_teach_nothing(columns: dict[str, list[object]], said: str) -> None:
    rows = few(**columns)
    schema = mtlspec.compile(spec("rank : ranking(query, label: grade)")).schema
    (error,) = check_labels(schema, encode(schema, fit(schema, rows), rows), path="rows.parquet")
    assert error.id == "MTL0661"
    assert said in told([error])


def test_weights_of_nothing_are_told_of_every_kind_of_task() -> None:
    rows = few(w=[0, 0, 0, 0, 0, 0], clicked=[True, False, True, False, True, False])
    schema = mtlspec.compile(spec("much : binary(label: clicked, rows: w)")).schema
    (error,) = check_labels(schema, encode(schema, fit(schema, rows), rows), path="rows.parquet")
    assert error.id == "MTL0661"
    assert not error.help()


@pytest.mark.usefixtures("here")
def test_one_group_cannot_be_shared_out() -> None:
    pq.write_table(few(query=["a"] * 6), "one.parquet")
    with pytest.raises(SpecError) as raised:
        mtlspec.train(spec(TASKS["listwise"]), data="one.parquet", out="run")
    assert "rows of one group are never divided" in told(raised.value.diagnostics)


def test_a_score_beside_a_column_of_its_name_is_called_a_score(tmp_path: Path) -> None:
    text = """
        mtl 1
        features { m : numeric(column: mood) }
        tasks { mood : ranking(query, label: grade) }
        model m { head[mood] = m }
    """
    compiled, rows = mtlspec.compile(mtlspec.Text("m.mtl", text)), table(20)
    fitted, out = fit(compiled.schema, rows), tmp_path / "m.onnx"
    report = export(compiled, fitted, compiled.module(0), rows, out, provenance={})
    assert [port.name for port in report.outputs] == ["mood.score"]
