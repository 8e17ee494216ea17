"""One line or many: decided before the model is asked, by a grammar or else by indentation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.indentation import depth
from foretype.stream.structure import Block, Structure, unknown
from foretype.stream.syntax import Scope, closes_block, is_prose, opens_block, syntax_of

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

EMPTY_BLOCK = re.compile(r"\s*[}\]][)\]};,]*\s*$")


def wants_many_lines(cursor: Cursor, structure: Structure = unknown) -> bool:
    """Many lines on a line of their own and in an empty block; the rest of the line anywhere else."""
    if cursor.in_words:
        return len(cursor.left.string) > 1 and cursor.on_blank_line and not cursor.after.strip()
    if cursor.after.strip():
        return opens_code_block(cursor) and EMPTY_BLOCK.match(cursor.after) is not None
    if cursor.on_blank_line:
        return True
    block = structure(cursor)
    return block is Block.EMPTY if block else opens_code_block(cursor) and not has_body(cursor)


def opens_code_block(cursor: Cursor) -> bool:
    """Whether the line ends by opening a block, and not merely a list of arguments or an index."""
    line = cursor.before.rstrip()
    if not opens_block(line, cursor.language) or is_prose(cursor.language):
        return False
    if line[-1] in "([":
        return line[-1] == "[" and line[-2:-1] in ("", " ", "(", "[", "{")
    if syntax_of(cursor.language).scope is Scope.INDENTATION and line[-1] == ":":
        return not cursor.left.opened
    return line[-1] != "{" or syntax_of(cursor.language).scope is not Scope.INDENTATION


def has_body(cursor: Cursor) -> bool:
    """Whether the block that the line opens is filled already."""
    return depth(cursor.next_line, cursor) > depth(cursor.before, cursor) and not closes_block(
        cursor.next_line
    )
