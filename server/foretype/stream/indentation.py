"""How deep a line stands, in columns, and how deep the document wants the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.syntax import opens_block

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def leading_space(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def depth(line: str, cursor: Cursor) -> int:
    """The columns of white space that a line begins with."""
    return len(leading_space(line).expandtabs(cursor.tab_width))


def expected_depth(cursor: Cursor) -> int:
    """Where a statement on the cursor's line belongs: one step deeper after a line that opens a block."""
    line = cursor.previous_line
    deeper = cursor.tab_width if opens_block(line, cursor.language) else 0
    return depth(line, cursor) + deeper


def has_indent_twice(first: str, cursor: Cursor) -> bool:
    """Whether a text brings indentation to a line that has it already."""
    twice = first[:1].isspace() and bool(cursor.before)
    return twice and depth(cursor.before + first, cursor) > expected_depth(cursor)


def hanging_indent(cursor: Cursor, first: str, second: str, quoted: bool = False) -> str:
    """What to put before every later line of a snippet that was written at the margin.

    A snippet that was quoted in a fence stands at the margin as soon as its second line stands left of
    the cursor; any other text only when its first line opens a block that the second does not enter.
    """
    in_list = cursor.left.opened and cursor.left.opened[-1][1] != "{"
    if cursor.before.strip() or not cursor.before or first[:1].isspace() or in_list:
        return ""
    base, reached = depth(cursor.before, cursor), depth(second, cursor)
    shallow = opens_block(first, cursor.language) and 0 < reached <= base
    return cursor.before if shallow or (quoted and reached < base) else ""
