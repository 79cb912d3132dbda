"""Shipped systems on a small schema."""

from collections.abc import Callable
from pathlib import Path

import pytest

import mtlspec
from mtlspec.emit.compiled import Compiled
from tests.models import cases
from tests.models.cases import TASKS


@pytest.fixture
def ship(tmp_path: Path) -> Callable[..., Compiled]:
    """Compiles a spec of the library on a small schema: `ship("ple", tasks, own="1")`."""

    def compile_it(name: str, tasks: tuple[str, ...] = TASKS, **params: str) -> Compiled:
        schema = tmp_path / f"{len(tasks)}.mtl"
        declared = ", ".join(tasks)
        schema.write_text(f"mtl 1\n{cases.SCHEMA}tasks {{ {declared} : binary }}\n")
        return mtlspec.compile(f"mtl:{name}.mtl", schema=schema, set=params, sizes=cases.SIZES)

    return compile_it
