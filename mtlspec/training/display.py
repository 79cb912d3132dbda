"""How training is followed on stderr: a live bar, plain lines, or nothing."""

from __future__ import annotations

import os
from typing import Literal, TextIO

from mtlspec.training.lines import Lines, Silence
from mtlspec.training.progress import Progress

ProgressMode = Literal["auto", "bar", "lines", "none"]


def choose_progress(mode: ProgressMode, stream: TextIO) -> Progress:
    """The way that was asked for; `auto` is a bar on a terminal that can draw it, else lines."""
    if mode == "auto":
        mode = "bar" if _draws(stream) else "lines"
    if mode == "bar":
        from mtlspec.training.bar import Bar  # draws with a library that lines do without

        return Bar(stream)
    return Lines(stream) if mode == "lines" else Silence()


def _draws(stream: TextIO) -> bool:
    encoding = (stream.encoding or "").lower().replace("-", "")
    return stream.isatty() and os.environ.get("TERM") != "dumb" and encoding.startswith("utf")
