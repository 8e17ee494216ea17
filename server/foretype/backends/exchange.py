"""One request on its connection: sent, read in pieces, and given up so that the server notices."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, cast

from foretype.backends.call import Call, http_request
from foretype.backends.deadlines import Countdown, Stage
from foretype.backends.read_ahead import Pieces, ReadAhead
from foretype.backends.sending import SENDING, Sending

if TYPE_CHECKING:
    import httpcore

    from foretype.backends.connections import Pool


class Exchange:
    """A response whose head has arrived and whose body is still to be read."""

    def __init__(self, response: httpcore.Response) -> None:
        self._body = ReadAhead(cast("Pieces", response.stream))
        self.read_to_end = False
        self.status = response.status
        self.headers: Mapping[str, str] = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
        }

    async def next_bytes(self) -> bytes:
        """All of the body that has come over the wire since, empty at its end and only there."""
        arrived = await self._body.arrived()
        self.read_to_end = not arrived
        return arrived

    async def aclose(self) -> None:
        """Lets go of the connection; over HTTP/1.1 one that was not read to its end is closed."""
        await self._body.aclose()


@asynccontextmanager
async def exchanged(pool: Pool, call: Call, countdown: Countdown) -> AsyncIterator[Exchange]:
    """Sends a call, waits for the head of its answer, and lets go of both at the end."""
    sending = Sending()
    try:
        exchange = Exchange(await _head(pool, call, countdown, sending))
    except BaseException:
        await _call_back(pool, sending)
        raise
    try:
        yield exchange
    finally:
        if not exchange.read_to_end:
            await _call_back(pool, sending)
        await exchange.aclose()


async def _head(pool: Pool, call: Call, countdown: Countdown, sending: Sending) -> httpcore.Response:
    request = http_request(call, countdown.deadlines, sending)
    token = SENDING.set(sending)
    try:
        with countdown.wait(Stage.FIRST_BYTE, countdown.deadlines.first_byte_s):
            return await pool.connections.handle_async_request(request)
    finally:
        SENDING.reset(token)


async def _call_back(pool: Pool, sending: Sending) -> None:
    """Over HTTP/2, where the connection stays, tells the server to stop.

    Where that cannot be said, as the request was half sent or its connection half open, the pool is
    not used any more.
    """
    if sending.half_sent or sending.wire is None:
        pool.spoilt = True
    elif sending.number is not None:
        pool.resets += 1
        with suppress(Exception):
            await sending.wire.reset(sending.number)
