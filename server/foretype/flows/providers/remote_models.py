"""The list of remote models: from the cache at once, gathered anew in the background when it is old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

from foretype.backends.connections import Connections
from foretype.backends.endpoint import Endpoint
from foretype.backends.listing import hub_models, router_models
from foretype.backends.pages import PageError
from foretype.models.remote import RemoteModel, merged
from foretype.models.remote_cache import RemoteList, cache_file, keep_list, read_list

logger = logging.getLogger(__name__)

OLD_AFTER_S = 6 * 3600.0
PAUSE_S, LONGEST_PAUSE_S = 60.0, 3600.0

Hear = Callable[[RemoteList], None]


@dataclass(frozen=True)
class Places:
    """Who is asked what there is; either may be out of bounds."""

    router: Endpoint | None
    hub: Endpoint | None

    @property
    def origins(self) -> str:
        return " ".join(endpoint.origin for endpoint in (self.router, self.hub) if endpoint)


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


def deaf(_list: RemoteList) -> None:
    """Nobody listens while the list fills."""


class RemoteModels:
    """Owns the list and the one gathering of it that may run."""

    def __init__(
        self,
        connections: Connections | None = None,
        cache: Path | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.now = now
        self.known = RemoteList()
        self._connections = connections
        self._file = cache_file(cache)
        self._read_for: str | None = None
        self._gathering: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._in_vain = 0

    @property
    def age_s(self) -> float | None:
        return self.known.age_s(self.now())

    @property
    def is_gathering(self) -> bool:
        return self._gathering is not None and not self._gathering.done()

    async def at_hand(self, places: Places) -> RemoteList:
        """What is known without asking anybody."""
        if self._read_for != places.origins:
            kept = await asyncio.to_thread(read_list, self._file, places.origins)
            if self._read_for != places.origins:
                self._read_for, self.known = places.origins, kept
        return self.known

    async def fill_in(self, places: Places, hear: Hear = deaf) -> asyncio.Task[None] | None:
        """Begin to gather the list anew where it is old or not there; None where nothing is to be done."""
        await self.at_hand(places)
        if self.is_gathering:
            return self._gathering
        loop = asyncio.get_running_loop()
        is_fresh = self.known.is_whole and self.age_s is not None and self.age_s < OLD_AFTER_S
        if self._connections is None or is_fresh or loop.time() < self._not_before:
            return None
        self._not_before = loop.time() + min(PAUSE_S * 2.0**self._in_vain, LONGEST_PAUSE_S)
        self._gathering = loop.create_task(self._gather(self._connections, places, hear))
        return self._gathering

    async def close(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            await asyncio.gather(self._gathering, return_exceptions=True)

    async def _gather(self, connections: Connections, places: Places, hear: Hear) -> None:
        """Router and Hub, each for itself: where one does not answer, the other's list is of use."""
        before, problems = self.known, []
        router: tuple[RemoteModel, ...] = ()
        hub: list[RemoteModel] = []
        if places.router is not None:
            try:
                router = await router_models(connections, places.router)
                self._hear_of(router, hub, before, hear)
            except PageError as problem:
                problems.append(f"The router does not say what it serves: {problem}.")
        if places.hub is not None:
            try:
                async with aclosing(hub_models(connections, places.hub)) as pages:
                    async for page in pages:
                        hub += page
                        self._hear_of(router, hub, before, hear)
            except PageError as problem:
                problems.append(f"The Hub does not say what is served: {problem}.")
        for sentence in problems:
            logger.info("%s", sentence)
        self._settle(router, hub, problems, before)
        await asyncio.to_thread(keep_list, self._file, places.origins, self.known)
        hear(self.known)

    def _hear_of(
        self, router: tuple[RemoteModel, ...], hub: list[RemoteModel], before: RemoteList, hear: Hear
    ) -> None:
        """What has come so far, over what was known before."""
        self.known = replace(before, models=over(before.models, merged(router, hub)), is_complete=False)
        hear(self.known)

    def _settle(
        self,
        router: tuple[RemoteModel, ...],
        hub: list[RemoteModel],
        problems: list[str],
        before: RemoteList,
    ) -> None:
        """A whole list takes the old one's place; half a one is laid over it, and is as old as that was."""
        found = merged(router, hub)
        self._in_vain = min(self._in_vain + 1, 10) if problems else 0
        if not problems:
            self.known = RemoteList(found, self.now(), is_complete=True)
            return
        gathered_at = before.gathered_at if before.models or not found else self.now()
        self.known = RemoteList(over(before.models, found), gathered_at, True, tuple(problems))


def over(before: tuple[RemoteModel, ...], found: tuple[RemoteModel, ...]) -> tuple[RemoteModel, ...]:
    """Newly found models, and those known before that were not found again yet."""
    names = {model.name for model in found}
    return found + tuple(model for model in before if model.name not in names)
