"""Ends of blocks that stand below the cursor already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.syntax import closes_block

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def drop_block_closers(text: str, cursor: Cursor) -> str | None:
    """Cuts trailing ends of blocks from the one that is the document's next line."""
    following = cursor.next_line.rstrip()
    if not closes_block(following):
        return text
    lines = text.rstrip().split("\n")
    lines[0] = cursor.before + lines[0]
    closing = len(lines)
    while closing and (closes_block(lines[closing - 1]) or not lines[closing - 1].strip()):
        closing -= 1
    same = [number for number in range(closing, len(lines)) if lines[number].rstrip() == following]
    if not same:
        return text
    return "\n".join(lines[: same[0]])[len(cursor.before) :].rstrip() or None
