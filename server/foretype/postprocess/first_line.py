"""Single-line mode shows the rest of the line and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def keep_first_line(text: str, cursor: Cursor) -> str | None:
    return text if cursor.multiline else text.partition("\n")[0]
