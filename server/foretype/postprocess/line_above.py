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
    """Shows nothing where the first line differs from the one above in spacing and punctuation only.

    A document that repeats a line already may go on with it.
    """
    first = (cursor.before + text).partition("\n")[0]
    above = cursor.above[-1] if cursor.above else ""
    repeated = (*cursor.above[-2:-1], cursor.next_line)
    if not is_telling(first) or max(len(first), len(above)) > LONGEST or above in repeated:
        return text
    return None if FILLING.sub("", first) == FILLING.sub("", above) else text
