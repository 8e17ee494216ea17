"""Connections: one pool for each (origin, key, proxy, certificates), opened when first needed."""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    import httpcore

    from foretype.backends.endpoint import Endpoint, OriginKey
    from foretype.backends.wire import Wires

_MAX_CONNECTIONS = 16
_MAX_IDLE_CONNECTIONS = 4
_IDLE_EXPIRY_S = 55.0
_SUSPENDED_S = 30.0
_WARM_S = 5.0
_MAX_RESETS = 32  # the library counts a stream that was reset as open, and servers allow about 100

PoolKey = tuple[str, "OriginKey | None", "str | None", "str | None"]


@dataclass
class Pool:
    """The connections of one key, and what decides when they are thrown away together."""

    connections: httpcore.AsyncConnectionPool
    wires: Wires
    leases: int = 0
    resets: int = 0
    spoilt: bool = False
    retired: bool = False

    async def close_if_unused(self) -> None:
        if self.retired and self.leases == 0:
            await self.aclose()

    async def aclose(self) -> None:
        await self.connections.aclose()
        await self.wires.aclose()


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
            pool = self._pools[key] = self._open(endpoint)
        pool.leases += 1
        try:
            yield pool
        finally:
            pool.leases -= 1
            if pool.spoilt or pool.resets >= _MAX_RESETS:
                await self._retire(key, pool)
            await pool.close_if_unused()

    async def renew(self, endpoint: Endpoint) -> None:
        """Makes the next request open a new connection; streams that run keep theirs."""
        await self._retire(pool_key(endpoint))

    async def warm(self, endpoint: Endpoint) -> bool:
        """Opens a connection ahead where none is ready, by the smallest request and without the key."""
        if self.is_warm(endpoint):
            return True
        import httpcore

        request = httpcore.Request(
            "HEAD",
            endpoint.base_url,
            headers={"Host": urlsplit(endpoint.base_url).netloc},
            extensions={"timeout": {"connect": _WARM_S, "read": _WARM_S}},
        )
        try:
            async with self.lease(endpoint) as pool:
                response = await pool.connections.handle_async_request(request)
                try:
                    await response.aread()
                finally:
                    await response.aclose()
        except network_errors():
            return False
        return True

    def is_warm(self, endpoint: Endpoint) -> bool:
        """True where the next request finds a connection that is open and free."""
        pool = self._pools.get(pool_key(endpoint))
        connections = pool.connections.connections if pool else []
        return any(c.is_available() and not c.is_closed() and not c.has_expired() for c in connections)

    async def aclose(self) -> None:
        """Closes every pool, those in use included."""
        pools = list(self._pools.values())
        self._pools.clear()
        for pool in pools:
            await pool.aclose()

    async def _drop_all_after_suspension(self) -> None:
        """The monotonic clock stands still while a laptop sleeps, and its idle connections die."""
        wall, monotonic = self._clocks
        gap_s = wall() - monotonic()
        if abs(gap_s - self._gap_s) > _SUSPENDED_S:
            for key in list(self._pools):
                await self._retire(key)
        self._gap_s = gap_s

    async def _retire(self, key: PoolKey, only: Pool | None = None) -> None:
        if only is None or self._pools.get(key) is only:
            pool = self._pools.pop(key, None)
            if pool is not None:
                pool.retired = True
                await pool.close_if_unused()

    def _open(self, endpoint: Endpoint) -> Pool:
        """A bare pool has no redirects, cookies, netrc or environment of its own to be switched off."""
        import httpcore

        from foretype.backends.wire import Wires

        secure = endpoint.base_url.startswith("https:")
        wires = Wires()
        connections = httpcore.AsyncConnectionPool(
            ssl_context=self._context(endpoint.certificates) if secure else trusting_nobody(),
            proxy=proxy_at(endpoint.proxy) if endpoint.proxy else None,
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_EXPIRY_S,
            http2=secure,
            network_backend=wires,
        )
        return Pool(connections, wires)

    def _context(self, certificates: str | None) -> ssl.SSLContext:
        if certificates not in self._contexts:
            self._contexts[certificates] = trusting_the_system(certificates)
        return self._contexts[certificates]


def pool_key(endpoint: Endpoint) -> PoolKey:
    return endpoint.origin, endpoint.key, endpoint.proxy, endpoint.certificates


def network_errors() -> tuple[type[Exception], ...]:
    """What is raised where the network is at fault, or a package for it is missing."""
    import httpcore

    library = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError)
    return (*library, OSError, ImportError)


def proxy_at(url: str) -> httpcore.Proxy:
    """The proxy of a url, its user and password taken out of it."""
    import httpcore

    parts = urlsplit(url)
    if parts.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ImportError("socksio")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = f":{parts.port}" if parts.port else ""
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return httpcore.Proxy(f"{parts.scheme}://{host}{port}/", auth=login)


def trusting_the_system(certificates: str | None) -> ssl.SSLContext:
    """The system's trust store, and the private authorities the user's environment names beside it."""
    import truststore

    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    load_authorities(context, certificates)
    return context


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
