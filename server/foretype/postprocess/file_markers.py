"""The head of a patch or of the next file in the text: the model has left the hole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.filters import kept
from foretype.stream.markers import marker_filter
from foretype.stream.syntax import is_prose

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def cut_at_file_marker(text: str, cursor: Cursor) -> str | None:
    return text if is_prose(cursor.language) else kept(text, marker_filter())
