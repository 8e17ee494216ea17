"""More text than anyone reads: cut to whole lines, which also bounds the work of every later rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.limits import MAX_CHARACTERS, MAX_LINES

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def limit_length(text: str, _cursor: Cursor) -> str | None:
    """Keeps whole lines within the bounds; a single line beyond them is no suggestion."""
    if len(text) <= MAX_CHARACTERS and text.count("\n") < MAX_LINES:
        return text
    within = text[:MAX_CHARACTERS].split("\n", MAX_LINES)
    return "\n".join(within[:-1]) or None
