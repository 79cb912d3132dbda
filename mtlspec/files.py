"""Reading specs and weights from disk: paths as they are, and `mtl:` for the library."""

from pathlib import Path

from mtlspec import resources

LIBRARY = "mtl:"


def read_text(path: str) -> str:
    """The text of a spec file; raises `OSError` or `UnicodeDecodeError`."""
    return _locate(path).read_text(encoding="utf-8-sig")


def read_part(path: str, first: int, count: int) -> bytes:
    """So many bytes of a file, or those that are left; raises `OSError`."""
    with _locate(path).open("rb") as file:
        file.seek(first)
        return file.read(count)


def _locate(path: str) -> Path:
    if path.startswith(LIBRARY):
        return resources.specs() / path.removeprefix(LIBRARY)
    return Path(path)
