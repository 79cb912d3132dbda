"""Writes what the documentation says of words, errors and specs from these themselves.

    python docs/generate.py            writes the pages
    python docs/generate.py --check    names those that would change, and exits with 1 if any

`docs/reference/*.md` are written whole. The pages of specs, `docs/specs/*.md` and
`specs/README.md`, are written by hand but for the parts between two comments.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from reference_pages import reference
from spec_pages import spec_pages

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"


def main(arguments: Sequence[str]) -> int:
    """Writes the pages, or tells which would change."""
    pages = generated()
    extra = set(REFERENCE.glob("*.md")) - set(pages)
    if "--check" in arguments:
        changed = sorted({p for p, text in pages.items() if _read(p) != text} | extra)
        sys.stdout.writelines(f"{p.relative_to(ROOT).as_posix()} would change\n" for p in changed)
        return 1 if changed else 0
    for path in extra:
        path.unlink()
    for path, text in pages.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def generated() -> Mapping[Path, str]:
    """The text of every page that is written, or has a part that is."""
    whole = {REFERENCE / name: text for name, text in reference()}
    return whole | dict(spec_pages(ROOT, _read))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
