"""Where log lines go, without ever holding up or breaking the program that wrote them."""

from __future__ import annotations

import contextlib
import logging
import select
from typing import IO

LINE_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
# A pipe that can be written to at all takes 4096 bytes without blocking; an escaped character takes ten.
CHARACTERS_AT_A_TIME = 400


class PatientStream:
    """A text stream that loses text instead of waiting for a reader who does not read."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        for start in range(0, len(text), CHARACTERS_AT_A_TIME):
            if not can_take_more(self._stream):
                return
            self._stream.write(text[start : start + CHARACTERS_AT_A_TIME])
            self._stream.flush()


class StderrHandler(logging.Handler):
    """Log lines on stderr, where an editor collects them or forgets to."""

    def __init__(self, stderr: IO[str]) -> None:
        super().__init__()
        self._stream = PatientStream(stderr)

    def emit(self, record: logging.LogRecord) -> None:
        """A full disk or a closed pipe loses the line, and nothing else."""
        with contextlib.suppress(Exception):
            self._stream.write(self.format(record) + "\n")


def can_take_more(stream: IO[str]) -> bool:
    """Whether a write would return at once; yes where the system cannot tell."""
    try:
        return bool(select.select([], [stream.fileno()], [], 0)[1])
    except (OSError, ValueError):
        return True
