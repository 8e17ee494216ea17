"""The model repeats what already stands left of the cursor before it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.echo import EchoFilter
from foretype.stream.filters import kept

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

SHORTEST_ECHO = 3


def drop_echo(text: str, cursor: Cursor) -> str | None:
    """Drops the lines above and the line's own beginning where the text begins with them."""
    after_lines = kept(text, EchoFilter(cursor))
    if cursor.on_blank_line:
        return after_lines
    return without_line_start(after_lines, cursor) or without_line_start(text, cursor) or text


def without_line_start(text: str, cursor: Cursor) -> str | None:
    """The text after a repetition of the line's own beginning; None where it has none."""
    start, echo = cursor.before.strip(), text.lstrip()
    if len(start) < SHORTEST_ECHO or not echo.startswith(start) or len(echo) == len(start):
        return None
    rest = echo[len(start) :]
    if cursor.before[-1].isspace():
        return None if rest[0].isalnum() or rest[0] == "_" else rest.lstrip(" \t")
    return rest
