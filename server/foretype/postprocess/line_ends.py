"""Line ends as the document has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def restore_line_ends(text: str, cursor: Cursor) -> str | None:
    return text.replace("\n", cursor.eol)
