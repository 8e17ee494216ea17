"""White space without end: the model writes on, and nobody would ever see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.filters import Filter

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

MAX_WHITE_SPACE = 300
BLANKS = re.compile(r"\s+")


class WhiteSpaceFilter:
    """Ends the text when it has been blank for too long."""

    def __init__(self) -> None:
        self.done = False
        self.blank = 0

    def feed(self, piece: str) -> str:
        for blanks in BLANKS.finditer(piece):
            run = len(blanks.group()) + (self.blank if blanks.start() == 0 else 0)
            if run > MAX_WHITE_SPACE:
                self.done = True
                return piece[: blanks.end() - (run - MAX_WHITE_SPACE)]
        tail = len(piece) - len(piece.rstrip())
        self.blank = tail + (self.blank if tail == len(piece) else 0)
        return piece

    def finish(self) -> str:
        return ""


def stop_at_white_space(_cursor: Cursor) -> Filter:
    return WhiteSpaceFilter()
