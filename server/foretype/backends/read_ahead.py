"""A body that comes in many small pieces, read so that those that came together are taken together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import Protocol

MOST_BYTES_AHEAD = 1 << 18


class Pieces(AsyncIterable[bytes], Protocol):
    async def aclose(self) -> None: ...


class ReadAhead:
    """Reads on a task of its own, as only that sees where the pieces at hand end and waiting begins.

    A server may send a word in each piece, and many pieces at a time: taken one by one they would cost a
    multiple.
    """

    def __init__(self, body: Pieces) -> None:
        self._body = body
        self._pieces: list[bytes] = []
        self._bytes_ahead = 0
        self._reading: asyncio.Task[None] | None = None
        self._change: asyncio.Future[None] | None = None

    async def arrived(self) -> bytes:
        """What has arrived and was not taken yet, as soon as that is something; empty at the end."""
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())
        while not self._pieces and not self._reading.done():
            await self._changed()
        if self._pieces:
            pieces, self._pieces, self._bytes_ahead = self._pieces, [], 0
            self._tell()
            return b"".join(pieces)
        self._reading.result()
        return b""

    async def aclose(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._body.aclose()

    async def _read(self) -> None:
        try:
            async for piece in self._body:
                if piece:
                    self._pieces.append(piece)
                    self._bytes_ahead += len(piece)
                    self._tell()
                while self._bytes_ahead > MOST_BYTES_AHEAD:
                    await self._changed()
        finally:
            self._tell()

    async def _changed(self) -> None:
        """Until the other side has put something there, or taken it: only one of them waits at a time."""
        self._change = asyncio.get_running_loop().create_future()
        await self._change

    def _tell(self) -> None:
        if self._change is not None and not self._change.done():
            self._change.set_result(None)
