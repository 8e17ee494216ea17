"""The lines above the cursor, written once more before the new ones: a chat model's habit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.filters import Filter
from foretype.stream.next_line import is_telling

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

MOST_LINES = 20


class EchoFilter:
    """Holds a text back as long as it repeats lines above, and drops them if they lead to the cursor."""

    def __init__(self, cursor: Cursor) -> None:
        self.above = [line.strip() for line in cursor.above if line.strip()][-MOST_LINES:]
        self.starts = set(range(len(self.above)))
        self.done = False
        self.started = False
        self.seen = 0
        self.echoed = ""
        self.held = ""

    def feed(self, piece: str) -> str:
        if self.started:
            return piece
        self.held += piece
        while "\n" in self.held and self.starts:
            line, self.held = self.held.split("\n", 1)
            self.take(line)
        part = self.held.strip()
        if any(self.above[start + self.seen].startswith(part) for start in self.starts):
            return ""
        self.starts = set()
        return self.go_on()

    def take(self, line: str) -> None:
        """Counts a whole line, and forgets an echo that did not go on with it."""
        self.echoed += line + "\n"
        if not line.strip():
            return
        here = {start for start in self.starts if self.above[start + self.seen] == line.strip()}
        self.seen += bool(here)
        reached = any(start + self.seen == len(self.above) for start in here)
        self.starts = {start for start in here if start + self.seen < len(self.above)}
        if reached and any(is_telling(echo) for echo in self.above[-self.seen :]):
            self.echoed = ""

    def go_on(self) -> str:
        self.started = True
        return self.echoed + self.held

    def finish(self) -> str:
        return "" if self.started else self.go_on()


def skip_echo(cursor: Cursor) -> Filter:
    return EchoFilter(cursor)
