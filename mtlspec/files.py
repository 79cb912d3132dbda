"""Reading specs from disk: paths as they are, and `mtl:` for the library."""

from pathlib import Path

from mtlspec import resources

LIBRARY = "mtl:"


def read_text(path: str) -> str:
    """The text of a spec file; raises `OSError` or `UnicodeDecodeError`."""
    if path.startswith(LIBRARY):
        return (resources.specs() / path.removeprefix(LIBRARY)).read_text(encoding="utf-8-sig")
    return Path(path).read_text(encoding="utf-8-sig")
