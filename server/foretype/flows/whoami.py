"""Who a token belongs to: from memory while that is young enough, else asked of the Hub, seldom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from foretype.backends.connections import Connections
from foretype.backends.endpoint import Endpoint
from foretype.backends.failures import make
from foretype.backends.identities import Identities
from foretype.backends.whoami import Identity, whoami
from foretype.errors import RateLimitedError, UnauthorizedError
from foretype.keys.key import Key

GOOD_FOR = timedelta(days=1)
GOOD_FOR_WHEN_ASKED = timedelta(minutes=1)
PAUSE_S = 60.0


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


class WhoAmI:
    """Asks with one token at a time, so that two questions about the same one are one request."""

    def __init__(
        self, connections: Connections, cache: Path | None, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._connections = connections
        self._identities = Identities(cache)
        self._now = now
        self._turn = asyncio.Lock()

    async def ask(self, hub: Endpoint, key: Key, *, afresh: bool = False) -> Identity:
        """The owner of the endpoint's key; `afresh` is for whoever asks by hand. Raises a BackendError."""
        async with self._turn:
            known = await asyncio.to_thread(self._identities.of, hub.origin, key)
            now = self._now()
            good_for = GOOD_FOR_WHEN_ASKED if afresh else GOOD_FOR
            if known.identity is not None and known.is_younger_than(good_for, now):
                return known.identity
            wait_s = (known.not_before - now).total_seconds()
            if 0 < wait_s <= PAUSE_S:
                raise make(RateLimitedError, hub, "", wait_s=wait_s)
            return await self._asked(hub, key)

    async def remembered(self, hub: Endpoint, key: Key) -> Identity | None:
        """What the Hub said last, however long ago."""
        return (await asyncio.to_thread(self._identities.of, hub.origin, key)).identity

    async def forget(self, hub: Endpoint, key: Key) -> None:
        """The token turned out to be good for nothing."""
        await asyncio.to_thread(self._identities.forget, hub.origin, key)

    async def _asked(self, hub: Endpoint, key: Key) -> Identity:
        try:
            identity = await whoami(self._connections, hub)
        except UnauthorizedError:
            await self.forget(hub, key)
            raise
        except RateLimitedError as problem:
            until = self._now() + timedelta(seconds=problem.retry_after_s or PAUSE_S)
            await asyncio.to_thread(self._identities.wait, hub.origin, key, until)
            raise
        await asyncio.to_thread(self._identities.learn, hub.origin, key, identity, self._now())
        return identity
