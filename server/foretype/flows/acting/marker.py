"""Wishes that stand in the text itself: `# !make this async`, and TODO comments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.flows.editing.region import (
    Region,
    block_at,
    is_opener,
    next_full,
    paragraph_at,
    whole_lines,
    width,
)
from foretype.stream.syntax import syntax_of

COMMENT = re.compile(r"[ \t]*(#|//|--|;+|%|\"|<!--|/\*)[ \t]+!(?P<wish>\S.*?)[ \t]*(?:-->|\*/)?[ \t]*")
TODO = re.compile(r"(?:#|//|--|;|%|\"|<!--|/?\*)\W*\b(?:TODO|FIXME)\b(?P<wish>.*)")
LONGEST_WISH = 400
MOST_LINES_LOOKED_AT = 200


@dataclass(frozen=True)
class Marker:
    """A comment that asks for an edit, and the lines that it is about, the comment first."""

    wish: str
    region: Region


def marker_in(document: Document, start: Place, end: Place) -> Marker | None:
    """The first wish on the lines of a range, or on the one above."""
    first, last = max(0, start.line - 1), min(end.line, start.line + MOST_LINES_LOOKED_AT)
    for line in range(first, last + 1):
        found = COMMENT.fullmatch(document.text.line(line)) if line < document.text.line_count else None
        if found and found[1] in (*syntax_of(document.language_id).line_comments, "<!--", "/*", "#", "//"):
            return Marker(
                found["wish"][:LONGEST_WISH], whole_lines(document, line, end_of_block(document, line))
            )
    return None


def end_of_block(document: Document, line: int) -> int:
    """The last line of what a comment stands above; the comment itself where nothing is there."""
    below = next_full(document, line)
    if below is None or width(document, below) < width(document, line):
        return line
    while below + 1 < document.text.line_count and document.text.line(below).strip().startswith(("@", "#[")):
        below += 1
    return block_at(document, below)[1] if is_opener(document, below) else paragraph_at(document, below)[1]


def todo_in(document: Document, start: Place, end: Place) -> str:
    """What the first TODO on the lines of a range says; empty where there is none."""
    for line in range(start.line, min(end.line, start.line + MOST_LINES_LOOKED_AT) + 1):
        found = TODO.search(document.text.line(line)) if line < document.text.line_count else None
        if found:
            return found["wish"].strip(" :-*/>")[:LONGEST_WISH] or "what is meant here"
    return ""
