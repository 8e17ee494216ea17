"""Indentation as the document has it: its tabs or spaces, and a first line that stands where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.indentation import depth, expected_depth, hanging_indent, has_indent_twice, leading_space
from foretype.stream.syntax import (
    Scope,
    closes_block,
    continues_block,
    holds_sentences,
    is_prose,
    opens_block,
    syntax_of,
)

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def fit_indentation(text: str, cursor: Cursor) -> str | None:
    """Rewrites the white space that lines begin with; what stands behind it is never touched."""
    if cursor.in_words or is_prose(cursor.language):
        return text
    lines = text.split("\n")
    first = 0 if cursor.on_blank_line else 1
    if not is_mixed(cursor):
        step = narrowest_step(lines)
        lines[first:] = [in_document_style(line, step, cursor) for line in lines[first:]]
    if first == 0:
        lines = place_first_line(lines, cursor)
    return "\n".join(lines)


def is_mixed(cursor: Cursor) -> bool:
    """Whether the lines around the cursor do not keep to the document's style themselves."""
    other = "  " if cursor.indent_unit == "\t" else "\t"
    return any(
        other in leading_space(line) for line in (cursor.before, cursor.previous_line, cursor.next_line)
    )


def narrowest_step(lines: list[str]) -> int:
    """The width of one step in a text indented with spaces."""
    widths = {len(space) for line in lines if (space := leading_space(line)) and "\t" not in space}
    return 2 if any(width % 4 for width in widths if width % 2 == 0) else 4


def in_document_style(line: str, step: int, cursor: Cursor) -> str:
    space = leading_space(line)
    if cursor.indent_unit != "\t":
        return space.replace("\t", cursor.indent_unit) + line[len(space) :]
    if "\t" in space or len(space) < step:
        return line
    return "\t" * (len(space) // step) + " " * (len(space) % step) + line[len(space) :]


def place_first_line(lines: list[str], cursor: Cursor) -> list[str]:
    """Takes away indentation that the line has already, and adds what both the line and the text lack."""
    first, following = lines[0], next((line for line in lines[1:] if line.strip()), "")
    joined, wanted = depth(cursor.before + first, cursor), expected_depth(cursor)
    if has_indent_twice(first, cursor) and depth(following, cursor) != joined:
        return [first.lstrip(), *lines[1:]]
    if joined < wanted and is_left_at_margin(first, cursor):
        space = cursor.indent_unit * (wanted // cursor.tab_width)
        whole_block = len(lines) > 1 and bool(lines[1].strip()) and not leading_space(lines[1])
        return [space + line if whole_block or not n else line for n, line in enumerate(lines)]
    hanging = hanging_indent(cursor, first, following)
    return [first, *(hanging + line if line.strip() else line for line in lines[1:])]


def is_left_at_margin(first: str, cursor: Cursor) -> bool:
    """Whether a block was opened above and its first statement was written without any indentation."""
    following = cursor.next_line
    flat = bool(following) and not leading_space(following) and not closes_block(following)
    opened = opens_block(cursor.previous_line, cursor.language) and not holds_sentences(cursor.language)
    if syntax_of(cursor.language).scope is not Scope.INDENTATION and flat:
        return False
    return opened and not cursor.before and not (closes_block(first) or continues_block(first))
