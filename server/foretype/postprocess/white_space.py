"""White space at the ends of lines and at the end of the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.syntax import is_prose

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

FINAL_LINES = re.compile(r"\n[ \t\n]*\n")


def trim_white_space(text: str, cursor: Cursor) -> str | None:
    """Trims what nobody sees, except where the line goes on or two blanks break a line of prose."""
    *ended, last = text.split("\n")
    if not is_prose(cursor.language):
        ended = [line.rstrip(" \t") for line in ended]
    text = "\n".join((*ended, last))
    if not cursor.after.strip():
        return text.rstrip()
    body = text.rstrip()
    return body + FINAL_LINES.sub("\n", text[len(body) :])
