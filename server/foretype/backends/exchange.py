"""One request on its connection: sent, read in pieces, and closed so that the server notices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from foretype.backends.call import Call, http_request
from foretype.backends.deadlines import Countdown, Stage

if TYPE_CHECKING:
    import httpx

    from foretype.backends.connections import Pool


class Exchange:
    """A response whose head has arrived and whose body is still to be read."""

    def __init__(self, response: httpx.Response) -> None:
        self._stream = cast("httpx.AsyncByteStream", response.stream)
        self._pieces = self._stream.__aiter__()
        self.status = response.status_code
        self.headers = response.headers

    async def next_bytes(self) -> bytes:
        """The next piece of the body as it came over the wire, empty at its end."""
        try:
            return bytes(await self._pieces.__anext__())
        except StopAsyncIteration:
            return b""

    async def aclose(self) -> None:
        """Lets go of the connection; where the answer was not read to its end it is closed as well."""
        await self._stream.aclose()


@asynccontextmanager
async def exchanged(pool: Pool, call: Call, countdown: Countdown) -> AsyncIterator[Exchange]:
    """Sends a call and waits for the head of its answer."""
    request = http_request(call, countdown.deadlines)
    with countdown.wait(Stage.FIRST_BYTE, countdown.deadlines.first_byte_s):
        response = await pool.transport.handle_async_request(request)
    exchange = Exchange(response)
    try:
        yield exchange
    finally:
        await exchange.aclose()
