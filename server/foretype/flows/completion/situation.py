"""Where a completion is asked for: a snapshot of the document, a place in it, and how it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from foretype.documents.document import Document
from foretype.documents.text import Place

# Enough for the characters that the memory looks at, however short the lines are.
NEAR_LINES = 800
NEAR_CHARACTERS = 2000


class Trigger(Enum):
    """Whether the user asked, or only typed."""

    INVOKED = "invoked"
    AUTOMATIC = "automatic"


@dataclass(frozen=True)
class Situation:
    document: Document
    place: Place
    trigger: Trigger = Trigger.AUTOMATIC

    @property
    def is_invoked(self) -> bool:
        return self.trigger is Trigger.INVOKED

    @cached_property
    def line_before(self) -> str:
        return self.document.text.line(self.place.line)[: self.place.column]

    @cached_property
    def line_after(self) -> str:
        return self.document.text.line(self.place.line)[self.place.column :]

    @cached_property
    def near_before(self) -> str:
        """The text shortly before the cursor: enough to tell one place in a document from another."""
        line = self.place.line
        above = "".join(self.document.text.lines(line - NEAR_LINES, line))
        return (above + self.line_before)[-NEAR_CHARACTERS:]

    @cached_property
    def near_after(self) -> str:
        line = self.place.line
        below = "".join(self.document.text.lines(line + 1, line + 1 + NEAR_LINES))
        return (self.line_after + "\n" + below)[:NEAR_CHARACTERS]
