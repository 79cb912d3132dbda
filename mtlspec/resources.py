"""What travels with the package: the grammar and its tables, the specs, the sample data.

In a wheel they lie in `mtlspec/_shipped`; in a checkout they are found at its top level.
"""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent
_SHIPPED = _PACKAGE / "_shipped"
_CHECKOUT = _PACKAGE.parent


def _folder(name: str, in_checkout: str) -> Path:
    shipped = _SHIPPED / name
    return shipped if shipped.is_dir() else _CHECKOUT / in_checkout


@cache
def grammar_text() -> str:
    """The text of `grammar/mtl.lark`."""
    return (_folder("grammar", "grammar") / "mtl.lark").read_text(encoding="utf-8")


def tables_text() -> str | None:
    """The prebuilt LALR tables as JSON, or None where they were never written."""
    path = _SHIPPED / "tables.json"
    return path.read_text(encoding="utf-8") if path.exists() else None


def specs() -> Path:
    """The folder that `mtl:` reaches."""
    return _folder("specs", "specs")


def sample(name: str) -> Path:
    """A file of the sample data that ships with the package, such as `census_16k_train.parquet`."""
    return _folder("data", "examples/data") / name
