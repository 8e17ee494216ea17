"""Explanations that were given, found again wherever the code that they are about still stands."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.flows.editing.region import Region

MOST = 32
LONGEST_CODE_CHARACTERS = 50_000


@dataclass(frozen=True)
class Explained:
    """Whole lines of a document, and what was said of them."""

    key: str
    lines: tuple[str, ...]
    text: str

    def is_at(self, document: Document, line: int) -> bool:
        """Whether a line is one of these, with all the others around it."""
        here = document.text.line(line)
        return any(
            each == here and self.stand_from(document, line - offset)
            for offset, each in enumerate(self.lines)
        )

    def stand_from(self, document: Document, first: int) -> bool:
        return first >= 0 and lines_of(document, first, first + len(self.lines)) == self.lines


class Explanations:
    """The newest explanations; a session's end forgets them."""

    def __init__(self) -> None:
        self._given: deque[Explained] = deque(maxlen=MOST)

    def keep(self, document: Document, region: Region, text: str) -> None:
        lines = lines_of(document, region.start.line, region.end.line + 1)
        if any(line.strip() for line in lines) and sum(map(len, lines)) <= LONGEST_CODE_CHARACTERS:
            self._given.appendleft(Explained(document.key, lines, text))

    def at(self, document: Document, place: Place) -> str:
        """What was said last of the code at a place; empty where nothing was, or the code has changed."""
        about = (each for each in self._given if each.key == document.key)
        return next((each.text for each in about if each.is_at(document, place.line)), "")


def lines_of(document: Document, first: int, end: int) -> tuple[str, ...]:
    return tuple(line.rstrip("\r\n") for line in document.text.lines(first, end))
