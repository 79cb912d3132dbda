"""Build hook: puts what mtlspec reads besides its code where the package finds it.

A wheel gets the grammar, its prebuilt parser tables, the specs and the sample below
`mtlspec/_shipped`. An editable install reads the checkout's own folders and gets the tables alone.
"""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = {
    "grammar": "mtlspec/_shipped/grammar",
    "specs": "mtlspec/_shipped/specs",
    "examples/data": "mtlspec/_shipped/data",
}
GRAMMAR = "grammar/mtl.lark"
BUILDER = "mtlspec/syntax/tables.py"
TABLES = "mtlspec/_shipped/tables.json"


def load_by_path(path: Path) -> ModuleType:
    """The module in that file; its package is not there to be imported while it is built."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_tables(root: Path) -> Path:
    """Builds the parser's tables from the grammar and writes them into the checkout."""
    tables = root / TABLES
    text: str = load_by_path(root / BUILDER).build((root / GRAMMAR).read_text(encoding="utf-8"))
    tables.parent.mkdir(parents=True, exist_ok=True)
    tables.write_text(text, encoding="utf-8", newline="\n")
    return tables


class ShipResources(BuildHookInterface[Any]):
    """Adds the resources to what is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """`version` is "standard" for a wheel and "editable" for `pip install -e`."""
        root = Path(self.root)
        tables = write_tables(root)
        if version == "editable":
            return
        include: dict[str, str] = build_data["force_include"]
        include |= {str(root / here): there for here, there in SHIPPED.items()}
        include[str(tables)] = TABLES
