"""What a reasoning model thinks aloud before it answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.stream.filters import kept
from foretype.stream.thinking import ThoughtFilter

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

ORPHAN_END = re.compile(r"^[ \t]*</(?:think|thinking|reasoning)>[ \t]*\n*", re.MULTILINE)


def drop_thoughts(text: str, _cursor: Cursor) -> str | None:
    """Drops a leading block, closed or not, and all before an end whose beginning was in the prompt."""
    answer = kept(text, ThoughtFilter())
    ends = list(ORPHAN_END.finditer(answer))
    return answer[ends[-1].end() :] if ends else answer
