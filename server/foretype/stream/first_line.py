"""Single-line mode: the line is all that is shown, so the model stops with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.filters import Filter

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


class FirstLineFilter:
    """Ends the text with its first line, which may be empty; blank lines before a blank line's text go."""

    def __init__(self, cursor: Cursor) -> None:
        self.done = False
        self.skip_blank = cursor.on_blank_line
        self.held = ""

    def feed(self, piece: str) -> str:
        self.held += piece
        while self.skip_blank and "\n" in self.held and not self.held.partition("\n")[0].strip():
            self.held = self.held.partition("\n")[2]
        if self.skip_blank and not self.held.strip():
            return ""
        self.skip_blank = False
        wanted, newline, _ = self.held.partition("\n")
        self.done, self.held = bool(newline), ""
        return wanted

    def finish(self) -> str:
        return self.held


def stop_after_first_line(cursor: Cursor) -> Filter | None:
    return None if cursor.multiline else FirstLineFilter(cursor)
