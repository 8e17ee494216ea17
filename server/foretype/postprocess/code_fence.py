"""Markdown around the code: an introduction, a fence, and whatever follows the fence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.fence import FenceFilter
from foretype.stream.filters import kept

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def open_code_fence(text: str, cursor: Cursor) -> str | None:
    """Keeps what stands in the first fence, or a text without any fence as it is."""
    return kept(text, FenceFilter(cursor))
