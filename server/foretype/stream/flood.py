"""A line that repeats itself without end, or is nothing but white space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.filters import Filter

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

STEP = 32
WINDOW = 128
LONGEST_PERIOD = 24


def is_flood(tail: str) -> bool:
    """Whether a stretch of a line is one short piece, again and again."""
    return any(tail[period:] == tail[:-period] for period in range(1, LONGEST_PERIOD + 1))


class FloodFilter:
    """Looks at a line each time it has grown by a step, and ends the text when its end is a flood."""

    def __init__(self) -> None:
        self.done = False
        self.line = ""

    def feed(self, piece: str) -> str:
        wanted = ""
        while piece and not self.done:
            line, newline, _ = piece.partition("\n")
            part = line[: STEP - len(self.line) % STEP]
            self.line += part
            ended = newline if part == line else ""
            wanted += part + ended
            piece = piece[len(part) + len(ended) :]
            stepped = len(self.line) % STEP == 0 and len(self.line) >= WINDOW
            self.done = bool(part) and stepped and is_flood(self.line[-WINDOW:])
            if ended:
                self.line = ""
        return wanted

    def finish(self) -> str:
        return ""


def stop_at_flood(_cursor: Cursor) -> Filter:
    return FloodFilter()
