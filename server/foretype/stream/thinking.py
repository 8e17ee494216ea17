"""The thoughts that a reasoning model writes before its answer, skipped while they arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.filters import Filter

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

OPENINGS = ("<think>", "<thinking>", "<reasoning>")


class ThoughtFilter:
    """Skips a block of thoughts at the very beginning; one that never ends hides everything.

    What was skipped since it was last looked at stands in `thoughts`, for who shows it elsewhere.
    """

    def __init__(self) -> None:
        self.done = False
        self.started = False
        self.closing = ""
        self.held = ""
        self.thoughts = ""

    def feed(self, piece: str) -> str:
        if self.started:
            return piece
        self.held += piece
        if self.closing:
            return self.skip_thoughts()
        start = self.held.lstrip()
        if opening := next((o for o in OPENINGS if start.startswith(o)), ""):
            self.closing = opening.replace("<", "</")
            self.held = start[len(opening) :]
            return self.skip_thoughts()
        if any(opening.startswith(start) for opening in OPENINGS):
            return ""
        self.started = True
        return self.held

    def skip_thoughts(self) -> str:
        thoughts, closing, rest = self.held.partition(self.closing)
        if not closing:
            self.held = thoughts[-len(self.closing) :]
            self.thoughts += thoughts[: len(thoughts) - len(self.held)]
            return ""
        self.thoughts += thoughts
        self.held = rest.lstrip("\r\n")
        if not self.held:
            self.held = self.closing
            return ""
        return self.go_on()

    def go_on(self) -> str:
        wanted, self.held, self.closing = self.held, "", ""
        return self.feed(wanted)

    def finish(self) -> str:
        if self.closing and self.held != self.closing:
            self.thoughts += self.held
        return "" if self.started or self.closing else self.held


def skip_thoughts(_cursor: Cursor) -> Filter:
    return ThoughtFilter()
