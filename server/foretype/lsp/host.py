"""The life of the server's process, from its first byte to its exit code."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine

from foretype.lsp.capabilities import initialize_result
from foretype.lsp.client import Client
from foretype.lsp.framing import FrameDecoder, Malformed, frame
from foretype.lsp.messages import Json
from foretype.lsp.parent import is_running, wait_for_end
from foretype.lsp.rpc import Connection, Phase, Router
from foretype.lsp.stdio import ByteSink, ByteSource

logger = logging.getLogger(__name__)

MAX_WAITING_BYTES = 8 * 1024 * 1024
MAX_CHUNKS_READ_AHEAD = 4
LAST_WORDS_S = 0.5
QUEUE_AFTER_END_S = 1.0

Attach = Callable[[Connection, Client], Router]


class Host:
    """Owns the two ends of the pipe, and the connection between them."""

    def __init__(self, read_end: int, write_end: int, attach: Attach) -> None:
        self._ended = asyncio.Event()
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue(MAX_CHUNKS_READ_AHEAD)
        self._source = ByteSource(read_end)
        self._sink = ByteSink(write_end, self._ended.set)
        self._attach = attach
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: Client | None = None
        self._connection = Connection(self, self._initialize)

    @property
    def waiting_bytes(self) -> int:
        return self._sink.waiting_bytes

    def send(self, body: bytes) -> None:
        self._sink.write(frame(body))

    async def run(self) -> int:
        """Serve until the client says exit, closes the pipe or dies; 0 if it ended in order."""
        self._start(self._read())
        self._start(self._serve())
        await self._ended.wait()
        for task in tuple(self._tasks):
            task.cancel()
        self._connection.cancel_all()
        await within(LAST_WORDS_S, self._connection.idle())
        await within(LAST_WORDS_S, self._connection.router.close())
        await within(LAST_WORDS_S, self._sink.wait_until_at_most(0))
        return 0 if self._connection.is_orderly else 1

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._stopped)

    def _stopped(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            logger.critical("the server cannot go on", exc_info=problem)
            self._ended.set()

    async def _read(self) -> None:
        """Read ahead a little, so that the end is noticed even while the client takes no answers."""
        while chunk := await self._source.read():
            await self._chunks.put(chunk)
        asyncio.get_running_loop().call_later(QUEUE_AFTER_END_S, self._ended.set)
        await self._chunks.put(b"")

    async def _serve(self) -> None:
        decoder = FrameDecoder()
        while chunk := await self._chunks.get():
            for found in decoder.feed(chunk):
                await self._receive(found)
                if self._connection.phase is Phase.ENDED:
                    self._ended.set()
                    return
        if not decoder.is_at_rest:
            logger.warning("the client's last message is cut off")
        self._ended.set()

    async def _receive(self, found: bytes | Malformed) -> None:
        if isinstance(found, Malformed):
            self._connection.refuse(found.reason)
        else:
            self._connection.receive(found)
        # A request takes its first step, and so its snapshot of the documents, before the next message.
        await asyncio.sleep(0)
        if self._client is not None:
            client, self._client = self._client, None
            await self._begin(client)
        # What comes behind a change of the settings is served under the new ones.
        await self._connection.router.settled()
        await self._sink.wait_until_at_most(MAX_WAITING_BYTES)

    def _initialize(self, params: Json) -> Json:
        self._client = Client.parse(params)
        return initialize_result(self._client)

    async def _begin(self, client: Client) -> None:
        """Load the rest of the server, which the answer to `initialize` does not wait for."""
        if client.process_id is not None and is_running(client.process_id):
            self._start(self._end_with(client.process_id))
        await self._sink.wait_until_at_most(0)
        self._connection.router = router = self._attach(self._connection, client)
        await router.start()

    async def _end_with(self, process_id: int) -> None:
        await wait_for_end(process_id)
        logger.warning("the client's process %d has ended", process_id)
        self._ended.set()


async def within(limit_s: float, work: Coroutine[None, None, None]) -> None:
    try:
        await asyncio.wait_for(work, limit_s)
    except asyncio.TimeoutError:
        logger.warning("still busy after %g s: ending anyway", limit_s)
