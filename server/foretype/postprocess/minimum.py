"""Suggestions too small to be worth a look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

CLOSERS = frozenset(")]}>")
LETTER = re.compile(r"\w")


def refuse_minimum(text: str, cursor: Cursor) -> str | None:
    """Shows nothing for a blank text, a lone closing bracket, or punctuation that is there already."""
    visible = text.strip()
    if not visible or visible in CLOSERS:
        return None
    if visible in cursor.after and not LETTER.search(visible):
        return None
    return text
