"""The listening socket: one task a connection, which ends with its client."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace

from foretype.errors import ForetypeError
from foretype.keys.key import Key
from foretype.serving.failures import body_of, refused_for
from foretype.serving.guard import Guard
from foretype.serving.http import MOST_HEAD_BYTES, Answer, Heard, Refused, read_body, read_head
from foretype.serving.routes import Routes

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
MOST_CONNECTIONS = 32
INTERNAL = "Something went wrong here that nothing was ready for; the log of `foretype serve` says more."


class Server:
    """Listens on this machine alone; whoever has not shown the key is told nothing but why not."""

    def __init__(self, routes: Routes, key: Key) -> None:
        self._routes = routes
        self._key = key
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Server | None = None
        self._guard: Guard | None = None

    async def start(self, port: int) -> int:
        """Begin to listen; port 0 is any free one, and the result is which."""
        try:
            self._listening = await asyncio.start_server(
                self._connected, LOOPBACK, port, limit=MOST_HEAD_BYTES
            )
        except OSError as error:
            reason = error.strerror or error
            raise ForetypeError(f"port {port} cannot be used: {reason}; name another with --port") from error
        found: int = self._listening.sockets[0].getsockname()[1]
        self._guard = Guard(self._key, found)
        return found

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except ConnectionError:
            pass  # the client has gone, and nobody is left to be told
        finally:
            self._tasks.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = Answer(writer)
        try:
            heard = await self._heard(reader)
            if heard is not None:
                await self._answer(heard, answer, reader)
        except Refused as refused:
            await tell(answer, refused)
        except ForetypeError as problem:
            await tell(answer, refused_for(problem))
        except ConnectionError:
            raise
        except Exception:
            logger.exception("a request failed")
            await tell(answer, Refused(500, INTERNAL))

    async def _heard(self, reader: asyncio.StreamReader) -> Heard | None:
        """A request that may be served, whose body is read only once that is clear."""
        if len(self._tasks) > MOST_CONNECTIONS:
            raise Refused(503, "Too many requests run already.")
        heard = await read_head(reader)
        if heard is None:
            return None
        assert self._guard is not None
        self._guard.check(heard)
        return replace(heard, body=await read_body(reader, heard))

    async def _answer(self, heard: Heard, answer: Answer, reader: asyncio.StreamReader) -> None:
        """Answer while the client is there: when it hangs up, the model is stopped."""
        working = asyncio.ensure_future(self._routes.find(heard)(heard, answer))
        leaving = asyncio.ensure_future(gone(reader))
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (working, leaving):
                if not task.done():
                    task.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)
        if not working.cancelled():
            working.result()


async def gone(reader: asyncio.StreamReader) -> None:
    """Wait until the client has closed its side; what it says after its request is not read on."""
    with suppress(ConnectionError):
        while await reader.read(4096):
            pass


async def tell(answer: Answer, refused: Refused) -> None:
    """Why there is no answer, or no more of one that has begun."""
    if answer.has_begun:
        await answer.event(body_of(refused))
    else:
        await answer.whole(refused.status, body_of(refused), refused.headers)
