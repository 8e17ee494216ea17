"""Code past the end of the block in which the suggestion started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.filters import kept
from foretype.stream.scope import has_scope, scope_filter

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def cut_at_scope_end(text: str, cursor: Cursor) -> str | None:
    return kept(text, scope_filter(cursor)) if has_scope(cursor) else text
