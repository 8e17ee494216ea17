"""The most that a suggestion may hold, whatever the model would go on to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.filters import Filter

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

MAX_CHARACTERS = 8_000
MAX_LINES = 60


class LimitFilter:
    """Counts characters and lines, and ends the text at the first that is one too many."""

    def __init__(self) -> None:
        self.done = False
        self.characters_left = MAX_CHARACTERS
        self.lines_left = MAX_LINES

    def feed(self, piece: str) -> str:
        wanted = "\n".join(piece[: self.characters_left].split("\n")[: self.lines_left])
        self.characters_left -= len(wanted)
        self.lines_left -= wanted.count("\n")
        self.done = len(wanted) < len(piece)
        return wanted

    def finish(self) -> str:
        return ""


def stop_at_limits(_cursor: Cursor) -> Filter:
    return LimitFilter()
