"""Closing brackets that close nothing, or what is closed already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.balance import first_surplus, has_balance, need_of

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def cut_surplus_brackets(text: str, cursor: Cursor) -> str | None:
    """Cuts the text before the first bracket that is one too many."""
    if not has_balance(cursor):
        return text
    surplus = first_surplus(text, cursor, need_of(cursor), complete=True)
    return text if surplus is None else text[: surplus.index]
