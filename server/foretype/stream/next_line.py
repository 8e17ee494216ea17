"""The next line of the document: a model that writes it has reached the end of the hole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.filters import Filter, JudgedLines, Verdict
from foretype.stream.syntax import closes_block

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

THREE_LETTERS = re.compile(r"(?:[\W_]*[^\W_]){3}")


class NextLineJudge:
    """Stops before a line that the document has next, indentation and all."""

    def __init__(self, cursor: Cursor) -> None:
        self.target = cursor.next_line.rstrip()
        self.before = cursor.before

    def part(self, line: str) -> Verdict:
        return Verdict.HOLD if self.target.startswith((self.before + line).rstrip()) else Verdict.GO

    def whole(self, line: str) -> Verdict:
        joined, self.before = self.before + line, ""
        return Verdict.STOP if joined.rstrip() == self.target else Verdict.GO


def is_telling(line: str) -> bool:
    """Whether a line says enough to be recognised: brackets and block ends stand everywhere."""
    return not closes_block(line) and THREE_LETTERS.match(line) is not None


def is_new_below(cursor: Cursor) -> bool:
    """Whether the next line tells the end of the hole: it says enough, and the one above is another."""
    following = cursor.next_line
    return is_telling(following) and following.strip() != cursor.previous_line.strip()


def stop_at_next_line(cursor: Cursor) -> Filter | None:
    return JudgedLines(NextLineJudge(cursor)) if is_new_below(cursor) else None
