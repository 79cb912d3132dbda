"""Ctrl-C and SIGTERM while training: the first is noted, the second stops at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

_HEARD = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Which signal has asked to stop, if any."""

    def __init__(self) -> None:
        self.signal: int | None = None

    def __bool__(self) -> bool:
        return self.signal is not None

    def note(self, number: int, frame: FrameType | None) -> None:
        """The handler: notes the first signal; the second raises `KeyboardInterrupt`."""
        del frame
        if self.signal is not None:
            raise KeyboardInterrupt
        self.signal = number


@contextmanager
def listen() -> Generator[StopRequest]:
    """Hears the signals inside the block; in a thread other than the main one, none is heard."""
    stop = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop.note) for number in _HEARD}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
