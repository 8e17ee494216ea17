"""Blank lines in front: on a blank line they only push the code away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

BLANK_LINES = re.compile(r"(?:[ \t]*\n)+")


def drop_leading_lines(text: str, cursor: Cursor) -> str | None:
    """Drops blank lines in front on a blank line, and leaves one line end elsewhere."""
    blank = BLANK_LINES.match(text)
    if not blank:
        return text
    return text[blank.end() :] if cursor.on_blank_line else "\n" + text[blank.end() :]
