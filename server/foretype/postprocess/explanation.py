"""Sentences about the code, after it or in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foretype.stream.prose import is_explanation
from foretype.stream.syntax import holds_sentences

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor


def cut_explanation(text: str, cursor: Cursor) -> str | None:
    """Cuts at a sentence that begins a paragraph; where prose may stand, it is left alone."""
    if cursor.in_words or holds_sentences(cursor.language):
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        new_paragraph = number == 0 or not lines[number - 1].strip()
        if new_paragraph and line.strip() and is_explanation(line):
            return "\n".join(lines[:number]).rstrip() or None
    return text
