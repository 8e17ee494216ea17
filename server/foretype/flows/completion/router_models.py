"""What is known of the router's models, and the search for what is not: one probe a model, once."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from foretype.backends.breaker import Place
from foretype.backends.deadlines import Deadlines
from foretype.backends.endpoint import Endpoint
from foretype.backends.hub import served
from foretype.backends.ladder import Attempt
from foretype.backends.probe import Standing, find_standing
from foretype.backends.request import Request
from foretype.backends.standings import Standings
from foretype.backends.upstream import Streams, Upstream, whole_text
from foretype.errors import BackendError, CircuitOpenError

logger = logging.getLogger(__name__)

PROBE_DEADLINES = Deadlines(connect_s=10.0, first_byte_s=30.0, idle_s=10.0, total_s=30.0, retry_pause_s=0.5)
PAUSE_S = 15.0
HUB_SAID_NOTHING = "text: the Hub did not say which providers serve the model."


@dataclass(frozen=True)
class Reach:
    """Where the router and the Hub are, and the token for each; the Hub may be out of bounds."""

    router: Endpoint
    hub: Endpoint | None


@dataclass(frozen=True)
class Ears:
    """Who hears of a search: that a model can be asked now, that it failed, and what the user is to know."""

    found: Callable[[], None]
    failed: Callable[[BackendError], None]
    tell: Callable[[str], None]


async def probe(streams: Streams, endpoint: Endpoint, request: Request) -> str:
    return await whole_text(streams, endpoint, request, PROBE_DEADLINES)


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


class RouterModels:
    """Owns what was found out and the searches that run; nobody's typing ends one."""

    def __init__(
        self,
        upstream: Upstream,
        cache: Path | None,
        ears: Ears,
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._upstream = upstream
        self._cache = cache
        self._ears = ears
        self._now = now
        self._monotonic = monotonic
        self._standings: Standings | None = None
        self._disk = asyncio.Lock()
        self._searches: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._not_before: dict[tuple[str, str], float] = {}
        self._told: set[tuple[str, str]] = set()

    async def standing(
        self, reach: Reach, model: str, probed_by: Streams, patience_s: float = 0.0
    ) -> Standing | None:
        """What is known; where nothing is, a search begins, and is waited for as long as patience lasts.

        `probed_by` hands on the answers to its probes, and counts them.
        """
        standings = await self._read()
        origin = reach.router.origin
        known = standings.known(origin, model, self._now())
        if known is None:
            search = self._searches.get((origin, model)) or self._begin(reach, model, probed_by)
            if search is None:
                return None
            await asyncio.wait({search}, timeout=patience_s)
            known = standings.known(origin, model, self._now())
        if known is not None and not known.can_fill:
            self._tell_that_it_cannot(origin, known)
        return known

    def way_to(self, origin: str, model: str) -> Attempt | None:
        """How a model is asked, as far as it is known without looking."""
        known = self._standings.known(origin, model, self._now()) if self._standings else None
        return known.attempt if known else None

    async def forget(self, origin: str, model: str) -> None:
        """What was known turned out to be wrong."""
        standings = await self._read()
        async with self._disk:
            await asyncio.to_thread(standings.forget, origin, model)

    def try_again(self) -> None:
        """The settings are others: what failed a moment ago may go well."""
        self._not_before.clear()

    def start_anew(self) -> None:
        """The token is another: what runs, failed or was told was about the one before."""
        self.try_again()
        self._told.clear()
        for search in self._searches.values():
            search.cancel()
        self._searches.clear()

    async def close(self) -> None:
        running = tuple(self._searches.values())
        self.start_anew()
        await asyncio.gather(*running, return_exceptions=True)

    async def _read(self) -> Standings:
        """The file is read once, and not on this thread."""
        async with self._disk:
            if self._standings is None:
                self._standings = await asyncio.to_thread(Standings, self._cache)
            return self._standings

    def _begin(self, reach: Reach, model: str, probed_by: Streams) -> asyncio.Task[None] | None:
        """A search, unless one failed a moment ago or the router is left in peace."""
        key = reach.router.origin, model
        if self._monotonic() < self._not_before.get(key, 0.0) or self._upstream.breaker.is_open(Place(*key)):
            return None
        # Out of the request that caused it: that one may be cancelled by the next key.
        loop = asyncio.get_running_loop()
        search = contextvars.Context().run(loop.create_task, self._search(reach, model, probed_by))
        self._searches[key] = search
        search.add_done_callback(lambda ended: self._ended(key, ended))
        return search

    def _ended(self, key: tuple[str, str], search: asyncio.Task[None]) -> None:
        if self._searches.get(key) is search:
            del self._searches[key]
        if not search.cancelled() and (problem := search.exception()) is not None:
            logger.error("the search for a way to %s failed", key[1], exc_info=problem)

    async def _search(self, reach: Reach, model: str, probed_by: Streams) -> None:
        key = reach.router.origin, model
        try:
            await self._find_out(reach, model, probed_by)
        except BackendError as problem:
            wait_s = max(PAUSE_S, problem.retry_after_s or 0.0)
            self._not_before[key] = self._monotonic() + wait_s
            if not isinstance(problem, CircuitOpenError):
                self._ears.failed(problem)

    async def _find_out(self, reach: Reach, model: str, probed_by: Streams) -> None:
        name = model.partition(":")[0]
        listing = await served(self._upstream.connections, reach.hub, name) if reach.hub else None
        ask = partial(probe, probed_by)
        standing = await find_standing(ask, reach.router, model, listing or (), self._now())
        if listing is None:
            standing = replace(standing, passed_over=(HUB_SAID_NOTHING, *standing.passed_over))
        standings = await self._read()
        keep = standings.remember if listing is not None else standings.hold
        async with self._disk:
            await asyncio.to_thread(keep, reach.router.origin, standing)
        logger.info("%s is asked by %s", model, standing.attempt.rung.value)
        if standing.can_fill:
            self._ears.found()
        else:
            self._tell_that_it_cannot(reach.router.origin, standing)

    def _tell_that_it_cannot(self, origin: str, standing: Standing) -> None:
        if (origin, standing.model) in self._told:
            return
        self._told.add((origin, standing.model))
        reasons = " ".join(standing.passed_over)
        self._ears.tell(
            f"hf:{standing.model} cannot fill in code through Hugging Face, so it is passed over; choose "
            f"another model. What was tried: {reasons}"
        )
