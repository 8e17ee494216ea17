"""Special tokens that a server let through as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.filters import kept
from foretype.stream.tokens import TokenFilter

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def cut_special_tokens(text: str, cursor: Cursor) -> str | None:
    """Drops those in front and cuts the text at the next."""
    return kept(text, TokenFilter(cursor))
