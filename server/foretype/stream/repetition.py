"""A model that has fallen into a loop: the same lines, or blank ones, over and over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.filters import Filter, JudgedLines, Verdict

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

MAX_BLANK_LINES = 2
SAME_LINES = 4
SAME_BLOCKS = 3
LONGEST_BLOCK = 8


def loop_of(lines: list[str]) -> int | None:
    """The length of the block with whose repetition these lines end, or None where they do not."""
    for size in range(1, LONGEST_BLOCK + 1):
        times = SAME_LINES if size == 1 else SAME_BLOCKS
        block = lines[-size:]
        if len(lines) < size * times or not any(character.isalnum() for line in block for character in line):
            continue
        if all(lines[-size * (n + 1) : -size * n] == block for n in range(1, times)):
            return size
    return None


class LoopJudge:
    """Stops where blank lines pile up, and after a line that makes the loop certain."""

    def __init__(self, cursor: Cursor) -> None:
        self.before = cursor.before
        self.lines: list[str] = []

    def part(self, line: str) -> Verdict:
        return Verdict.GO if line.strip() else Verdict.HOLD

    def whole(self, line: str) -> Verdict:
        self.lines.append((self.before + line).rstrip())
        self.before = ""
        if not any(self.lines[-MAX_BLANK_LINES - 1 :]) and len(self.lines) > MAX_BLANK_LINES:
            return Verdict.STOP
        return Verdict.GO if loop_of(self.lines) is None else Verdict.LAST


def stop_at_loop(cursor: Cursor) -> Filter:
    return JudgedLines(LoopJudge(cursor))
