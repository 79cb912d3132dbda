"""What generated pages are made of: tables and code, as Markdown."""

from collections.abc import Iterable, Sequence

Rows = Sequence[Sequence[str]]


def table(header: Sequence[str], rows: Rows) -> str:
    """A table; signs of its cells that would end one are escaped."""
    lines = [header, ["---"] * len(header), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def listed(names: Iterable[str]) -> str:
    """Names as code, side by side."""
    return " ".join(map(code, names))


def code(text: str) -> str:
    """A text as code; nothing where there is none."""
    return f"`{text}`" if text else ""
