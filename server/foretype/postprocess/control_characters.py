"""Control characters, terminal colours and foreign line ends: inside, a line ends with a line feed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
LINE_END = re.compile(r"\r\n?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def drop_control_characters(text: str, _cursor: Cursor) -> str | None:
    """Leaves tabs and line feeds, and nothing else that moves a terminal's cursor."""
    return CONTROL.sub("", LINE_END.sub("\n", COLOUR.sub("", text)))
