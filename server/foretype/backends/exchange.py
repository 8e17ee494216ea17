"""One request on its connection: sent, read in pieces, and closed so that the server notices."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, cast

from foretype.backends.call import Call, http_request
from foretype.backends.deadlines import Countdown, Stage

if TYPE_CHECKING:
    import httpx

    from foretype.backends.connections import Pool

_RST_STREAM_CANCEL = "\x00\x00\x04\x03\x00".encode("ascii")
_CANCEL = 8


class Exchange:
    """A response whose head has arrived and whose body is still to be read."""

    def __init__(self, pool: Pool, response: httpx.Response) -> None:
        self._pool = pool
        self._response = response
        self._stream = cast("httpx.AsyncByteStream", response.stream)
        self._pieces = self._stream.__aiter__()
        self._read_to_end = False
        self.status = response.status_code
        self.headers = response.headers

    async def next_bytes(self) -> bytes:
        """The next piece of the body as it came over the wire, empty at its end."""
        try:
            return bytes(await self._pieces.__anext__())
        except StopAsyncIteration:
            self._read_to_end = True
            return b""

    async def aclose(self) -> None:
        """Lets go of the connection; one whose answer was not read to its end is closed with it."""
        if not self._read_to_end:
            await self._reset_stream()
        await self._stream.aclose()

    async def _reset_stream(self) -> None:
        """Over HTTP/2 the connection stays open, and the library forgets to tell the server to stop."""
        stream_id = self._response.extensions.get("stream_id")
        network = self._response.extensions.get("network_stream")
        if stream_id is None or network is None:
            return
        self._pool.resets += 1
        with suppress(Exception):
            await network.write(_RST_STREAM_CANCEL + struct.pack("!II", stream_id, _CANCEL), timeout=1.0)


@asynccontextmanager
async def exchanged(pool: Pool, call: Call, countdown: Countdown) -> AsyncIterator[Exchange]:
    """Sends a call and waits for the head of its answer."""
    request = http_request(call, countdown.deadlines)
    with countdown.wait(Stage.FIRST_BYTE, countdown.deadlines.first_byte_s):
        response = await pool.transport.handle_async_request(request)
    exchange = Exchange(pool, response)
    try:
        yield exchange
    finally:
        await exchange.aclose()
