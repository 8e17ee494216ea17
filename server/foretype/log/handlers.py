"""Where log lines go, without ever holding up or breaking the program that wrote them."""

from __future__ import annotations

import contextlib
import logging
import select
from typing import IO

LINE_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
# A pipe that can be written to at all takes 4096 bytes without blocking; an escaped character takes ten.
CHARACTERS_AT_A_TIME = 400


class QuietFailure(logging.Handler):
    """A handler whose own failures are nobody's business."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- the name is logging's
        """A full disk or a closed pipe loses the line, and nothing else."""


class PatientStream:
    """A text stream that loses text instead of waiting for a reader who does not read."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        for start in range(0, len(text), CHARACTERS_AT_A_TIME):
            if not can_take_more(self._stream):
                break
            self._stream.write(text[start : start + CHARACTERS_AT_A_TIME])
            self._stream.flush()
        return len(text)

    def flush(self) -> None:
        """Every write is flushed already."""


class StderrHandler(QuietFailure, logging.StreamHandler[PatientStream]):
    """Log lines on stderr, where an editor collects them or forgets to."""

    def __init__(self, stderr: IO[str]) -> None:
        super().__init__(PatientStream(stderr))

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(RecursionError):
            super().emit(record)


def can_take_more(stream: IO[str]) -> bool:
    """Whether a write would return at once; yes where the system cannot tell."""
    try:
        return bool(select.select([], [stream.fileno()], [], 0)[1])
    except (OSError, ValueError):
        return True
