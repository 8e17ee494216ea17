"""A first model on this machine, loaded and reading ahead while nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from foretype.config.settings import Settings
from foretype.documents.document import Document
from foretype.documents.store import Event, Kind
from foretype.documents.text import Place
from foretype.errors import BackendError
from foretype.flows.completion.local_writer import LocalWriter
from foretype.flows.completion.situation import Situation

logger = logging.getLogger(__name__)

PAUSE_S = 1.0


class LocalWarming:
    """Warms when a document opens, and where the user pauses; the next key ends it.

    A key costs the setting of a timer, and the engine lets every other work go first.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        is_secret: Callable[[Document], bool],
        first_local: Callable[[], LocalWriter | None],
        pause_s: float = PAUSE_S,
    ) -> None:
        self._settings = settings
        self._is_secret = is_secret
        self._first_local = first_local
        self._pause_s = pause_s
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    def follow(self, event: Event) -> None:
        self._give_up()
        if event.kind is Kind.CLOSED:
            return
        wait_s = 0.0 if event.kind is Kind.OPENED else self._pause_s
        situation = Situation(event.document, Place(line_of(event), 0))
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._begin, situation)

    async def close(self) -> None:
        self._give_up()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def _give_up(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self, situation: Situation) -> None:
        document = situation.document
        is_wanted = self._settings().complete.is_on_for(document.language_id)
        if not is_wanted or document.is_large or self._is_secret(document):
            return
        writer = self._first_local()
        if writer is not None:
            self._task = asyncio.get_running_loop().create_task(self._warm(writer, situation))

    async def _warm(self, writer: LocalWriter, situation: Situation) -> None:
        try:
            await writer.warm(situation)
        except BackendError as problem:  # told to the user when a request fails for it
            logger.debug("not warmed: %s", problem)


def line_of(event: Event) -> int:
    """Where the cursor likely is: the last line that was edited."""
    if not event.splices:
        return 0
    last = event.splices[-1]
    return last.first_line + max(0, len(last.inserted) - 1)
