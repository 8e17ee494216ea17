"""A region while the user types on: it moves with the lines above it, and ends where it is typed into."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from foretype.documents.document import Document
from foretype.documents.store import Documents, Event, Kind
from foretype.documents.text import Splice, Text
from foretype.errors import EditRefusedError
from foretype.flows.editing.region import Region

TYPED_INTO = "You typed where the edit was being made, so it was stopped and nothing was changed."
CLOSED = "The document was closed, so the edit was stopped."
IN_DOUBT = "Your editor sent a change that could not be understood, so the edit was stopped."


class Followed:
    """A region of an open document, and the document as it is now."""

    def __init__(self, document: Document, region: Region) -> None:
        self.document = document
        self.region = region
        self.end: Callable[[], None] = lambda: None
        self.interceptor: Callable[[Event], None] | None = None
        self.stopped: asyncio.Future[EditRefusedError] = asyncio.get_running_loop().create_future()

    def hear(self, event: Event) -> None:
        if event.document.key != self.document.key or self.stopped.done():
            return
        if self.interceptor is not None:
            self.interceptor(event)
            return
        before, self.document = self.document, event.document
        if event.kind is Kind.CLOSED:
            self._stop(CLOSED)
            return
        splices = event.splices if event.kind is Kind.EDITED else (whole(before, event.document),)
        lines = before
        for splice in splices:
            moved = after(lines, splice, self.region)
            if moved is None:
                self._stop(TYPED_INTO)
                return
            self.region = moved
            if len(splices) > 1:
                lines = spliced(lines, splice)
        if self.document.in_doubt:
            self._stop(IN_DOUBT)

    def _stop(self, sentence: str) -> None:
        self.stopped.set_result(EditRefusedError(sentence))


def follow(documents: Documents, document: Document, region: Region) -> Followed:
    """Keeps a region where its text is, from now on until its `end` is called."""
    followed = Followed(document, region)
    followed.end = documents.observe(followed.hear)
    return followed


def after(document: Document, splice: Splice, region: Region) -> Region | None:
    """Where a region stands after a splice; None where the splice changed it."""
    first, removed, inserted = narrowed(document, splice)
    if first + removed <= region.start.line and (removed or first <= region.start.line):
        return region.moved(inserted - removed)
    if first > region.end.line:
        return region
    return region if not removed and not inserted else None


def narrowed(document: Document, splice: Splice) -> tuple[int, int, int]:
    """The splice without lines that stay as they were: its first line, how many go, how many come."""
    old = document.text.lines(splice.first_line, splice.first_line + splice.removed_lines)
    new = splice.inserted
    shorter = min(len(old), len(new))
    tail = 0
    while tail < shorter and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    head = 0
    while head < shorter - tail and old[head] == new[head]:
        head += 1
    return splice.first_line + head, len(old) - head - tail, len(new) - head - tail


def whole(before: Document, now: Document) -> Splice:
    """A text that came whole, as a splice of all lines."""
    return Splice(0, before.text.line_count, now.text.lines(0, now.text.line_count))


def spliced(document: Document, splice: Splice) -> Document:
    lines = document.text.lines(0, document.text.line_count)
    end = splice.first_line + splice.removed_lines
    joined = "".join((*lines[: splice.first_line], *splice.inserted, *lines[end:]))
    return replace(document, text=Text.of(joined))
