"""A model that repeats itself: the loop is cut back to its first round."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.repetition import SAME_BLOCKS, SAME_LINES, loop_of

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

WORD = re.compile(r"\w+|([^\w\s])\1*")
TAIL_CHARACTERS = 1_000
# (longest period, words looked at): the longer the piece, the more of it must be seen again.
PERIODS = ((1, 10), (10, 30), (20, 45), (30, 60))


def cut_repetition(text: str, cursor: Cursor) -> str | None:
    """Cuts lines that come again and again, and drops a last line that ends in a loop."""
    lines = first_round(text.split("\n"), cursor.before)
    last = next((number for number in range(len(lines) - 1, -1, -1) if lines[number].strip()), 0)
    if ends_in_loop(lines[last]):
        lines = lines[:last]
    return "\n".join(lines) if any(lines) else None


def first_round(lines: list[str], before: str) -> list[str]:
    seen: list[str] = []
    for line in lines:
        seen.append((line if seen else before + line).rstrip())
        if size := loop_of(seen[-40:]):
            times = SAME_LINES if size == 1 else SAME_BLOCKS
            return lines[: len(seen) - size * (times - 1)]
    return lines


def ends_in_loop(line: str) -> bool:
    words = [match.group() for match in WORD.finditer(line[-TAIL_CHARACTERS:])]
    return any(
        len(words) >= seen and has_period(words[-seen:], longest)
        for longest, seen in PERIODS
        if any(word.isalnum() for word in words[-seen:])
    )


def has_period(words: list[str], longest: int) -> bool:
    """Whether a short piece, repeated, makes up all the words: the borders are found as in KMP."""
    borders = [0]
    for word in words[1:]:
        border = borders[-1]
        while border and words[border] != word:
            border = borders[border - 1]
        borders.append(border + 1 if words[border] == word else 0)
    return len(words) - borders[-1] <= longest
