"""Comment markers with nothing behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.syntax import syntax_of

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

BLOCK_MARKERS = frozenset({"/*", "/**", "/* */", "/** */"})


def drop_empty_comments(text: str, cursor: Cursor) -> str | None:
    """Drops empty comments at the end of the text, unless the document goes on with the comment."""
    syntax = syntax_of(cursor.language)
    markers = set(syntax.line_comments) | (BLOCK_MARKERS if syntax.block_comments else set())
    if cursor.next_line.strip().startswith((*syntax.line_comments, "*")):
        return text
    lines = text.split("\n")
    while lines and (lines[-1].strip() in markers or (len(lines) > 1 and not lines[-1].strip())):
        lines.pop()
    if not lines:
        return None
    dropped = len(lines) <= text.count("\n") and text.rstrip() != "\n".join(lines).rstrip()
    return "\n".join(lines) if dropped else text
