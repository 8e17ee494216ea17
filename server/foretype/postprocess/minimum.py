"""Suggestions too small to be worth a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

CLOSERS = frozenset(")]}>")


def refuse_minimum(text: str, cursor: Cursor) -> str | None:
    """Shows nothing for a blank text, a lone closing bracket, or punctuation that is there already."""
    visible = text.strip()
    if not visible or visible in CLOSERS:
        return None
    if not any(character.isalnum() or character == "_" for character in visible) and visible in cursor.after:
        return None
    return text
