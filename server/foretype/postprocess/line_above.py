"""A suggestion that writes the line above once more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.next_line import is_telling

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

LONGEST = 1_000
FILLING = re.compile(r"[\s,;]+")


def refuse_line_above(text: str, cursor: Cursor) -> str | None:
    """Shows nothing where the first line differs from the one above in spacing and punctuation only."""
    first = (cursor.before + text).partition("\n")[0]
    above = cursor.above[-1] if cursor.above else ""
    if not is_telling(first) or max(len(first), len(above)) > LONGEST:
        return text
    return None if FILLING.sub("", first) == FILLING.sub("", above) else text
