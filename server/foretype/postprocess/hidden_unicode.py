"""Characters that nobody sees but compilers, shells and models read: such a suggestion is not shown."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

HIDDEN = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c"  # direction
    "\U000e0000-\U000e007f"  # tags
    "\u200b-\u200d\u2060-\u2064\ufeff\u180e\u00ad"  # without width
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"  # variation
    "\u115f\u1160\u3164\uffa0\u2028\u2029\ufff9-\ufffb]"  # blank letters, foreign line ends, annotations
)
EMOJI_STYLE = frozenset("\ufe0e\ufe0f")
JOINER = "\u200d"
NON_JOINER = "\u200c"
VIRAMA_CLASS = 9


def refuse_hidden_unicode(text: str, _cursor: Cursor) -> str | None:
    """Shows nothing where a character hides, but lets emoji and Indic or Arabic script be written."""
    if text.isascii():
        return text
    hidden = (match.start() for match in HIDDEN.finditer(text))
    return text if all(is_ligature(text, index) for index in hidden) else None


def is_ligature(text: str, index: int) -> bool:
    """Whether a hidden character does its proper work between the characters beside it."""
    character = text[index]
    before, after = text[max(0, index - 1) : index], text[index + 1 : index + 2]
    if not before:
        return False
    if character in EMOJI_STYLE:
        return is_emoji(before) or (before in "0123456789#*" and after == "\u20e3")
    if character == JOINER and is_emoji(after):
        return is_emoji(before) or before in EMOJI_STYLE
    if character in (JOINER, NON_JOINER):
        return joins_letters(before, after, with_arabic=character == NON_JOINER)
    return False


def is_emoji(character: str) -> bool:
    if not character:
        return False
    return (
        unicodedata.category(character) == "So"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or (character in "\u203c\u2049\u2194-\u21aa\u25fb-\u25fe\u3030\u303d")
    )


def joins_letters(before: str, after: str, with_arabic: bool) -> bool:
    """Whether both sides belong to a script that is written with joiners."""
    if unicodedata.combining(before) == VIRAMA_CLASS:
        return is_indic(after) or not after.isalnum()
    if is_indic(before) and is_indic(after):
        return True
    return with_arabic and is_arabic(before) and is_arabic(after)


def is_indic(character: str) -> bool:
    return "\u0900" <= character <= "\u0dff"


def is_arabic(character: str) -> bool:
    return "\u0620" <= character <= "\u06d3"
