"""The emitted file needs nothing of ours: it runs where `mtlspec` cannot be imported."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.emit.specs import ROWS, batch_of, compiled, module_of

ALONE = """
import importlib.abc
import json
import sys


class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "mtlspec":
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Refuse())
import emitted
import torch
from safetensors.torch import load_file, save_file

made = getattr(emitted, sys.argv[1])
module = made(json.loads(sys.argv[2])) if sys.argv[2] else made()
module.double().load_state_dict(load_file("weights.safetensors"), strict=True)
batch = torch.load("batch.pt")
save_file({name: logits.contiguous() for name, logits in module.eval()(batch).items()}, "out.st")
losses = module.loss(batch, {name: torch.ones(7, 1).double() for name in ("click", "cart", "buy")})
assert all(value.isfinite() for value in losses.values())
assert not [name for name in sys.modules if name.startswith("mtlspec")]
"""


@pytest.mark.parametrize(("name", "sized"), [("ple", False), ("terms", True)])
def test_it_loads_a_state_and_gives_the_same_logits(name: str, sized: bool, tmp_path: Path):
    found = compiled(name, sized=sized)
    module = module_of(name)
    (tmp_path / "emitted.py").write_text(found.source, encoding="utf-8")
    state = {key: value.contiguous() for key, value in module.state_dict().items()}
    save_file(state, tmp_path / "weights.safetensors")
    batch = batch_of(7)
    torch.save(batch, tmp_path / "batch.pt")
    code = f"import sys; sys.path.insert(0, '.')\n{ALONE}"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, found.class_name, "" if sized else json.dumps(ROWS)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    alone = load_file(tmp_path / "out.st")
    for task, logits in module(batch).items():
        torch.testing.assert_close(alone[task], logits.detach(), rtol=0, atol=0)


def test_a_traceback_shows_the_line_of_the_emitted_file():
    module = module_of("mmoe")
    with pytest.raises(KeyError) as caught:
        module({"age": torch.zeros(1, 2)})
    assert 'batch["wage"]' in str(caught.getrepr(style="short"))
