"""KuaiRand: four kinds of feedback on short videos, with what a user clicked last as a list."""

import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mtlspec
from mtlspec.cli.app import main

ROOT = Path(os.environ.get("MTLSPEC_DATA", Path(__file__).parents[3] / "shared/data"))
LOG = ROOT / "kuairand_pure/kuairand_pure_0425_0430.parquet"
SPEC = """
mtl 1
use "mtl:schemas/kuairand.mtl"
features {
    clicked : sequence(of: video_id, max: 20, pool: no)
    when    : sequence(of: category(dim: 4, values: 0..23), max: 20, pool: no)
    seen_by : category(share: author_id, column: author_id)
}
model feed {
    layer events = concat(clicked, when, video_id) -> mlp(16)
    layer taste[task] = attend(features -> linear(16), events, events)
    layer shared = concat(features, pool(clicked, max), last(clicked)) -> mlp(64, 32)
    head[task] = concat(shared, taste[task])
}
train {
    optimizer : adam(lr: 3e-3)
    batch : 256
    epochs : 2
}
"""


def with_history(log: pa.Table) -> pa.Table:
    """The impressions of a log, each with what its user had clicked before it, and at what hour."""
    order = np.lexsort((log["time_ms"].to_numpy(), log["user_id"].to_numpy()))
    log = log.take(pa.array(order))
    columns = (log[name].to_numpy() for name in ("user_id", "video_id", "hourmin", "is_click"))
    clicked: list[list[int]] = []
    when: list[list[int]] = []
    last, videos, hours = -1, list[int](), list[int]()
    for user, video, time, click in zip(*columns, strict=True):
        if user != last:
            last, videos, hours = user, [], []
        clicked.append(videos[-30:])
        when.append(hours[-30:])
        if click:
            videos, hours = [*videos, int(video)], [*hours, int(time) // 100]
    return log.append_column("clicked", pa.array(clicked)).append_column("when", pa.array(when))


@pytest.mark.slow
@pytest.mark.skipif(not LOG.exists(), reason="the KuaiRand data are not here (MTLSPEC_DATA)")
def test_four_kinds_of_feedback_are_learned_and_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    pq.write_table(with_history(pq.read_table(LOG)), "log.parquet")
    Path("feed.mtl").write_text(SPEC, encoding="utf-8")
    assert (
        main(["train", "feed.mtl", "--data", "log.parquet", "--threads", "1", "--out", "run"]) == 0
    )
    metrics = json.loads(Path("run/run.json").read_text())["best"]["metrics"]
    assert metrics["click.auc"] > 0.68
    assert metrics["long_view.auc"] > 0.68
    assert {"like.auc", "follow.auc"} <= metrics.keys()

    assert main(["export", "run", "-o", "feed.onnx"]) == 0
    assert "largest difference from PyTorch" in capsys.readouterr().out


def test_the_schema_reads_nothing_that_is_known_after_the_impression() -> None:
    schema = mtlspec.compile(mtlspec.Text("feed.mtl", SPEC)).schema
    read = {feature.column for feature in schema.features}
    assert not read & {"play_time_ms", "is_profile_enter", "watch_ratio", "like", "long_watch"}
    assert [task.name for task in schema.tasks] == ["click", "long_view", "like", "follow"]
