"""Lines that the document has right below already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.postprocess.distance import within_distance
from foretype.stream.indentation import depth
from foretype.stream.next_line import is_new_below, is_telling

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

MOST_LINES = 3
WORDS = re.compile(r"\w+")


def drop_next_lines(text: str, cursor: Cursor) -> str | None:
    """Cuts the text where it goes over into the lines below the cursor."""
    below = [line.strip() for line in cursor.below if line.strip()][:MOST_LINES]
    if not below or not is_new_below(cursor):
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        joined = cursor.before + line if number == 0 else line
        rest = [other.strip() for other in (joined, *lines[number + 1 :]) if other.strip()][:MOST_LINES]
        level = depth(joined, cursor) == depth(cursor.next_line, cursor)
        if level and is_telling(joined) and runs_into(rest, below):
            return "\n".join(lines[:number]).rstrip() or None
    return text


def runs_into(lines: list[str], below: list[str]) -> bool:
    """Whether the lines are those below, as far as both go; the first must have the same words."""
    pairs = list(zip(lines, below, strict=False))
    if not all(within_distance(one, other, max(1, len(other) // 20)) for one, other in pairs):
        return False
    return WORDS.findall(pairs[0][0]) == WORDS.findall(pairs[0][1])
