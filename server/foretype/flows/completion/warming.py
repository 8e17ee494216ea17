"""What the first request needs, made ready while the user still reads the file they opened."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from foretype.backends.endpoint import Endpoint
from foretype.backends.upstream import Upstream
from foretype.config.settings import Settings
from foretype.documents.document import Document
from foretype.documents.store import Event, Kind
from foretype.keys.origin import is_loopback, parse_origin

logger = logging.getLogger(__name__)


class Warming:
    """Warms the way to the first model whenever a document opens in which it may be asked; once at a time."""

    def __init__(
        self,
        upstream: Upstream,
        settings: Callable[[], Settings],
        is_secret: Callable[[Document], bool],
        first_endpoint: Callable[[], Awaitable[Endpoint | None]],
        load_grammar: Callable[[str], None] = lambda language: None,
    ) -> None:
        self._upstream = upstream
        self._settings = settings
        self._is_secret = is_secret
        self._first_endpoint = first_endpoint
        self._load_grammar = load_grammar
        self._task: asyncio.Task[None] | None = None

    def follow(self, event: Event) -> None:
        if event.kind is not Kind.OPENED or (self._task and not self._task.done()):
            return
        document = event.document
        is_wanted = self._settings().complete.is_on_for(document.language_id)
        if is_wanted and not document.is_large and not self._is_secret(document):
            self._task = asyncio.get_running_loop().create_task(self._warm(document.language_id))

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _warm(self, language: str) -> None:
        endpoint = await self._first_endpoint()
        if endpoint is None:
            return
        await asyncio.to_thread(self._load_grammar, language)
        await self._upstream.prepare(endpoint)
        # On this machine a connection is opened in no time, and a stray request would only puzzle its server.
        if not is_loopback(parse_origin(endpoint.origin)):
            is_warm = await self._upstream.warm(endpoint)
            logger.debug("%s %s", endpoint.name, "is warm" if is_warm else "could not be reached ahead")
