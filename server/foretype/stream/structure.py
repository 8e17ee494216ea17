"""Whether a line opens a block, and an empty one, by the language's own grammar."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

    from foretype.stream.cursor import Cursor

# Enough for the block around the cursor; it bounds a parse at about a millisecond.
CHARACTERS_ABOVE = 4_000
CHARACTERS_BELOW = 500

# What may begin with a brace and goes on in its line; other literals are filled as blocks are.
NO_BLOCKS = frozenset(
    {
        "dictionary", "dictionary_comprehension", "format_expression", "interpolation", "jsx_expression",
        "set", "set_comprehension", "template_substitution",
    }
)  # fmt: skip
BLOCK_ENDINGS = ("_statement", "_definition", "_clause")


class Block(Enum):
    """What a line opens at its end."""

    EMPTY = "a block without a body"
    FILLED = "a block that has its body"
    NONE = "no block"


Structure = Callable[["Cursor"], "Block | None"]


def unknown(cursor: Cursor) -> Block | None:
    """The structure where there is no grammar."""
    return None


def block_at(parser: Parser, cursor: Cursor) -> Block | None:
    """What the line left of the cursor opens; None where its text is no whole code or ends in no opener."""
    line = cursor.before.rstrip()
    if line[-1:] not in ("{", ":"):
        return None
    above = lines_within(cursor.above, CHARACTERS_ABOVE)
    below = "\n".join(cursor.below)[:CHARACTERS_BELOW]
    head = "".join(f"{part}\n" for part in above) + line
    tree = parser.parse(f"{head}{cursor.after}\n{below}".encode("utf-8", "replace"))
    end = len(head.encode("utf-8", "replace"))
    opener = tree.root_node.descendant_for_byte_range(end - 1, end)
    if opener is None or opener.type != line[-1] or opener.parent is None:
        return None
    return judged(opener, opener.parent, cursor)


def judged(opener: Node, owner: Node, cursor: Cursor) -> Block | None:
    if owner.type == "ERROR":
        return None
    is_block = owner.type.endswith(BLOCK_ENDINGS) if opener.type == ":" else owner.type not in NO_BLOCKS
    if not is_block:
        return Block.NONE
    inside = [child for child in parts_behind(opener, owner) if child.type != "comment"]
    # A block that is not closed yet takes in what stands below it, which is no deeper than its line.
    first = inside[0].start_point if inside else None
    row = opener.start_point.row
    has_body = first is not None and (first.row == row or first.column > width(cursor.before))
    return Block.FILLED if has_body else Block.EMPTY


def parts_behind(opener: Node, owner: Node) -> list[Node]:
    """The named parts of a block behind its opener; of a block that is a part of its own, its parts."""
    parts = [child for child in owner.named_children if child.start_byte >= opener.end_byte]
    if parts and parts[0].type == "block":
        return parts[0].named_children
    return parts if opener.type == "{" else []


def width(line: str) -> int:
    return len(line) - len(line.lstrip())


def lines_within(lines: tuple[str, ...], characters: int) -> tuple[str, ...]:
    """The last lines that fit, from one at the margin where there is one: a parser had better begin there."""
    first, left = len(lines), characters
    while first and (left := left - len(lines[first - 1]) - 1) >= 0:
        first -= 1
    if first == 0:
        return lines
    at_margin = (number for number in range(first, len(lines)) if lines[number][:1].strip())
    return lines[next(at_margin, first) :]
