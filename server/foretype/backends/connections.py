"""Connections: one pool for each (origin, key, proxy, certificates), opened when first needed."""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from foretype.backends.endpoint import Endpoint, OriginKey

_MAX_CONNECTIONS = 16
_MAX_IDLE_CONNECTIONS = 4
_IDLE_EXPIRY_S = 55.0
_SUSPENDED_S = 30.0

PoolKey = tuple[str, "OriginKey | None", "str | None", "str | None"]


@dataclass
class Pool:
    """A transport, and what decides when it is thrown away."""

    transport: httpx.AsyncHTTPTransport
    leases: int = 0
    retired: bool = False

    async def close_if_unused(self) -> None:
        if self.retired and self.leases == 0:
            await self.transport.aclose()


class Connections:
    """Owns every connection to a model's server; closing it closes them all."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._pools: dict[PoolKey, Pool] = {}
        self._contexts: dict[str | None, ssl.SSLContext] = {}
        self._clocks = (wall, monotonic)
        self._gap_s = wall() - monotonic()

    @asynccontextmanager
    async def lease(self, endpoint: Endpoint) -> AsyncIterator[Pool]:
        """The endpoint's pool, kept alive while it is used."""
        await self._drop_all_after_suspension()
        key = pool_key(endpoint)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = Pool(self._open(endpoint))
        pool.leases += 1
        try:
            yield pool
        finally:
            pool.leases -= 1
            await pool.close_if_unused()

    async def renew(self, endpoint: Endpoint) -> None:
        """Makes the next request open a new connection; streams that run keep theirs."""
        await self._retire(pool_key(endpoint))

    async def warm(self, endpoint: Endpoint) -> bool:
        """Opens a connection ahead, by the smallest request there is and without the key."""
        import httpx

        request = httpx.Request(
            "HEAD", endpoint.base_url, extensions={"timeout": {"connect": 5.0, "read": 5.0}}
        )
        async with self.lease(endpoint) as pool:
            try:
                response = await pool.transport.handle_async_request(request)
                await response.aread()
                await response.aclose()
            except (httpx.HTTPError, ssl.SSLError):
                return False
        return True

    async def aclose(self) -> None:
        """Closes every pool, those in use included."""
        pools = list(self._pools.values())
        self._pools.clear()
        for pool in pools:
            await pool.transport.aclose()

    async def _drop_all_after_suspension(self) -> None:
        """The monotonic clock stands still while a laptop sleeps, and its idle connections die."""
        wall, monotonic = self._clocks
        gap_s = wall() - monotonic()
        if abs(gap_s - self._gap_s) > _SUSPENDED_S:
            for key in list(self._pools):
                await self._retire(key)
        self._gap_s = gap_s

    async def _retire(self, key: PoolKey) -> None:
        pool = self._pools.pop(key, None)
        if pool is not None:
            pool.retired = True
            await pool.close_if_unused()

    def _open(self, endpoint: Endpoint) -> httpx.AsyncHTTPTransport:
        """A bare transport has no redirects, cookies, netrc or environment of its own to be switched off.

        HTTP/2 stays off: the library never tells the server that a stream was given up, so a cancelled
        model would go on to the end at the user's cost.
        """
        import httpx

        secure = endpoint.base_url.startswith("https:")
        return httpx.AsyncHTTPTransport(
            verify=self._context(endpoint.certificates) if secure else trusting_nobody(),
            trust_env=False,
            http2=False,
            proxy=endpoint.proxy,
            limits=httpx.Limits(
                max_connections=_MAX_CONNECTIONS,
                max_keepalive_connections=_MAX_IDLE_CONNECTIONS,
                keepalive_expiry=_IDLE_EXPIRY_S,
            ),
        )

    def _context(self, certificates: str | None) -> ssl.SSLContext:
        """The system's trust store, and the private authorities the user's environment names beside it."""
        if certificates not in self._contexts:
            import truststore

            context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            load_authorities(context, certificates)
            self._contexts[certificates] = context
        return self._contexts[certificates]


def pool_key(endpoint: Endpoint) -> PoolKey:
    return endpoint.origin, endpoint.key, endpoint.proxy, endpoint.certificates


def trusting_nobody() -> ssl.SSLContext:
    """For plain http on this machine: loads no certificates, and would refuse every server."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def load_authorities(context: ssl.SSLContext, certificates: str | None) -> None:
    """Adds a file or a folder of certificates; one that cannot be read adds nothing."""
    if not certificates:
        return
    folder = Path(certificates).is_dir()
    with suppress(OSError, ssl.SSLError):
        context.load_verify_locations(
            cafile=None if folder else certificates, capath=certificates if folder else None
        )
