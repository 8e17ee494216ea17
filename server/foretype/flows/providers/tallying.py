"""What became of suggestions, written into the history now and then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from foretype.flows.completion.offers import Tally
from foretype.stats.history import History
from foretype.stats.use import Shown

EVERY_S = 60.0


class Tallying:
    """Remembers how far it has written, so that nothing is counted twice."""

    def __init__(self, tally: Callable[[], Tally], history: History) -> None:
        self._tally = tally
        self._history = history
        self._written = Tally(0, 0, 0)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            self.write()

    def write(self) -> None:
        now, before = self._tally(), self._written
        if now == before:
            return
        self._written = now
        shown, accepted = now.shown - before.shown, now.accepted - before.accepted
        self._history.add(Shown(time.time(), shown, accepted, now.rejected - before.rejected))
