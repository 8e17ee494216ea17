"""Changes that reach the editor's text whole or not at all, whatever the editor says of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from foretype.documents.document import Document
from foretype.documents.store import Event
from foretype.errors import EditNotTakenError
from foretype.flows.editing.difference import Hunk, with_hunks
from foretype.flows.editing.rebase import Followed

# How long an editor may take to tell of a change that it says it has made.
PATIENCE_S = 3.0
# What comes in place of the change came first; the change itself would be right behind it.
PATIENCE_AFTER_OTHER_TEXT_S = 0.5
MOST_TRIES = 3


class Apply(Protocol):
    """Asks the editor to change one document of one version, in one step; "" or what it says against it."""

    async def __call__(self, document: Document, hunks: tuple[Hunk, ...]) -> str: ...


async def applied(
    followed: Followed, hunks: Callable[[], tuple[Hunk, ...]], apply: Apply
) -> tuple[Document, tuple[Hunk, ...]]:
    """Tries again where the text was another one by the time the editor read the change."""
    reason = ""
    for _ in range(MOST_TRIES):
        if followed.stopped.done():
            raise followed.stopped.result()
        document, wanted = followed.document, hunks()
        arrival = Arrival(followed, with_hunks(document, wanted))
        reason = await apply(document, wanted)
        if not reason and await arrival.within(PATIENCE_S):
            return document, wanted
        if arrival.has_come:
            return document, wanted
        if not arrival.has_other_text and not await arrival.anything_within(PATIENCE_S if reason else 0):
            break
        arrival.go_on()
    said = reason or "it said that it did, but its text has not changed"
    raise EditNotTakenError(f"Your editor did not take the change: {said[:200]}")


class Arrival:
    """Watches for the text that a change makes; while it does, the region is not followed."""

    def __init__(self, followed: Followed, wanted: str) -> None:
        self._followed = followed
        self._wanted = wanted
        self._missed: list[Event] = []
        self._news = asyncio.Event()
        self.has_come = False
        followed.interceptor = self._hear

    @property
    def has_other_text(self) -> bool:
        return bool(self._missed)

    def _hear(self, event: Event) -> None:
        self._missed.append(event)
        if str(event.document.text) == self._wanted:
            self.has_come = True
        self._news.set()

    async def within(self, limit_s: float) -> bool:
        end = time.monotonic() + limit_s
        while not self.has_come and (left := end - time.monotonic()) > 0:
            if not await self.anything_within(left):
                break
            self._news.clear()
            end = min(end, time.monotonic() + PATIENCE_AFTER_OTHER_TEXT_S)
        return self.has_come

    async def anything_within(self, limit_s: float) -> bool:
        try:
            await asyncio.wait_for(self._news.wait(), limit_s)
        except asyncio.TimeoutError:
            return False
        return True

    def go_on(self) -> None:
        """What came in place of the change is the user's doing."""
        self._followed.interceptor = None
        for event in self._missed:
            self._followed.hear(event)
