"""An answer that the editor did not take into its document: kept, and made by an action that holds it.

Kate takes changes for two seconds from the command on, which is less than most answers need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.flows.chatting import document as chat


@dataclass(frozen=True)
class Replacement:
    """A stretch of a document, and what it becomes."""

    start: Place
    end: Place
    text: str


@dataclass(frozen=True)
class Kept:
    """A whole answer, and all that its document may say meanwhile below the heading."""

    heading: str
    lines: tuple[str, ...]
    known: tuple[tuple[str, ...], ...]

    def replacements(self, document: Document) -> tuple[Replacement, ...]:
        """The answer, its name, and room for the next question; nothing where there is no place for it."""
        longest = sorted(self.known, key=len, reverse=True)
        region = next((found for lines in longest if (found := region_of(document, lines))), None)
        if region is None:
            return ()
        has_room = is_last(document, region)
        end = document.text.end if has_room else end_of_line(document, region[1] - 1)
        whole = [self.heading, "", *self.lines, *(room_for_a_question()[1:] if has_room else ())]
        return (Replacement(Place(region[0], 0), end, joined(whole, document)),)


def heading_line(document: Document) -> int | None:
    """Where the answer that is being written begins."""
    text = document.text
    lines = range(text.line_count - 1, -1, -1)
    return next((line for line in lines if text.line(line) == chat.ANSWERING), None)


def region_of(document: Document, lines: Sequence[str]) -> tuple[int, int] | None:
    """The line of the heading and the one after these lines, if the document says them below it."""
    text, line = document.text, heading_line(document)
    if line is None:
        return None
    end = line + 2 + len(lines)
    found = [text.line(at) for at in range(line + 2, min(end, text.line_count))]
    return (line, end) if found == list(lines) else None


def is_last(document: Document, region: tuple[int, int]) -> bool:
    """Whether nothing stands below."""
    return not document.text.between(end_of_line(document, region[1] - 1), document.text.end).strip()


def room_for_a_question() -> list[str]:
    """What follows the last line of an answer; joined to it, or without its first line, behind it."""
    return ["", "", chat.YOU, "", ""]


def end_of_line(document: Document, line: int) -> Place:
    return Place(line, len(document.text.line(line)))


def joined(lines: Sequence[str], document: Document) -> str:
    return (document.eol or "\n").join(lines)
