"""What an editor says has changed, and the document it makes."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from foretype.documents.text import Splice, Text

if TYPE_CHECKING:
    from foretype.documents.document import Document

log = logging.getLogger(__name__)

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT_CHARACTER = "\ufffd"


class Position(NamedTuple):
    """A position as the editor counts: line and character from zero, the character in the agreed encoding."""

    line: int
    character: int


@dataclass(frozen=True)
class Change:
    """New text for a range, or for the whole document where there is no range."""

    text: str
    start: Position | None = None
    end: Position | None = None


class Changed(NamedTuple):
    """A document after changes; `splices` says which lines they replaced, None that the whole text is new."""

    document: Document
    splices: tuple[Splice, ...] | None


def apply_changes(document: Document, changes: Iterable[Change]) -> Changed:
    """Changes in their order, each against the text that the one before left."""
    result = Changed(document, ())
    for change in changes:
        result = _apply(result, change)
    return result


def clean(string: str) -> str:
    """Text without halves of surrogate pairs, which no encoding can write; a UTF-16 position stays right."""
    if string.isascii():
        return string
    return LONE_SURROGATE.sub(REPLACEMENT_CHARACTER, string)


def _apply(before: Changed, change: Change) -> Changed:
    document, splices = before
    if change.start is None or change.end is None:
        if change.start is not change.end:
            return _doubted(before, "half a range")
        text = Text.of(clean(change.text))
        return Changed(replace(document, text=text, in_doubt=False), None)
    if min(*change.start, *change.end) < 0:
        return _doubted(before, "a negative position")
    start, end = change.start, change.end
    if end < start:
        document = _doubted(before, "a reversed range").document
        start, end = end, start
    text, splice = document.text.replace(document.place(*start), document.place(*end), clean(change.text))
    return Changed(replace(document, text=text), None if splices is None else (*splices, splice))


def _doubted(before: Changed, reason: str) -> Changed:
    document = before.document
    log.warning("%s sent %s: its text is in doubt until it comes whole", document.uri, reason)
    return before._replace(document=replace(document, in_doubt=True))
