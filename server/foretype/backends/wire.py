"""The network under the HTTP library: whole writes, and streams that can be reset over HTTP/2.

Imported only when a connection is opened.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import Iterable
from typing import Any

import httpcore

from foretype.backends.sending import SENDING

_RST_STREAM = b"\x00\x00\x04\x03\x00"
_CANCEL = 8


class Wire(httpcore.AsyncNetworkStream):
    """One connection. A write that has begun is finished even where its task is cancelled: half a
    frame, or a lost one, would spoil every other stream of the connection."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, siblings: set[Wire], *, secure: bool) -> None:
        self._inner = inner
        self._siblings = siblings
        self._secure = secure
        siblings.add(self)
        self._writing = asyncio.Lock()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        sending = SENDING.get()
        if sending is not None:
            sending.wire = self
        if not self._secure:
            return await self._inner.write(buffer, timeout)
        writing = asyncio.ensure_future(self._write_whole(buffer, timeout))
        writing.add_done_callback(_forget_failure)
        return await asyncio.shield(writing)

    async def reset(self, number: int) -> None:
        """Tells the server that nobody reads this stream any more, which the library never does."""
        await self.write(_RST_STREAM + struct.pack("!II", number, _CANCEL), timeout=1.0)

    async def aclose(self) -> None:
        self._siblings.discard(self)
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A handshake that is cancelled would leave its connection open, so it is closed here."""
        try:
            secured = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            await self.aclose()
            raise
        self._siblings.discard(self)
        return Wire(secured, self._siblings, secure=True)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    async def _write_whole(self, buffer: bytes, timeout: float | None) -> None:
        async with self._writing:
            await self._inner.write(buffer, timeout)


class Wires(httpcore.AsyncNetworkBackend):
    """Opens connections for a pool, and closes those that the pool lost sight of.

    It loses one where a request is cancelled that waits for another to open it.
    """

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._open: set[Wire] = set()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        inner = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return Wire(inner, self._open, secure=False)

    async def aclose(self) -> None:
        for wire in list(self._open):
            await wire.aclose()


def _forget_failure(writing: asyncio.Future[None]) -> None:
    """The failure of a write whose task has gone is nobody's concern."""
    if not writing.cancelled():
        writing.exception()
