"""A single line that a chat model put between backticks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.syntax import Scope, holds_sentences, syntax_of

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

INLINE_CODE = re.compile(r"\s*`([^`\n]+)`\s*")


def open_inline_code(text: str, cursor: Cursor) -> str | None:
    """Takes the backticks off where the language itself has no use for them."""
    syntax = syntax_of(cursor.language)
    uses_backticks = "`" in syntax.long_quotes or syntax.scope is Scope.WORDS
    if uses_backticks or holds_sentences(cursor.language) or cursor.in_words:
        return text
    inline = INLINE_CODE.fullmatch(text)
    return inline.group(1) if inline else text
