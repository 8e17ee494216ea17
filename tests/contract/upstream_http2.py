"""The scripted server once more, over HTTP/2: it notes which streams were reset."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.errors
import h2.events


@dataclass
class Stream:
    """One request; a script answers it piece by piece."""

    number: int
    path: str
    server: Connection
    reset: asyncio.Event = field(default_factory=asyncio.Event)
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    reset_code: int | None = None

    def head(self, content_type: str) -> None:
        self.server.h2.send_headers(self.number, [(":status", "200"), ("content-type", content_type)])
        self.server.flush()

    def say(self, data: bytes) -> None:
        self.server.h2.send_data(self.number, data)
        self.server.flush()

    def end(self) -> None:
        self.server.h2.end_stream(self.number)
        self.server.flush()


Script = Callable[[Stream], Awaitable[None]]


@dataclass
class Http2Upstream:
    """What is done to each stream in turn, and what came of it."""

    script: Script
    origin: str = ""
    connections: list[Connection] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def play(self, stream: Stream) -> None:
        async with self.heard:
            self.streams.append(stream)
            self.heard.notify_all()
        await self.script(stream)

    async def heard_streams(self, count: int) -> None:
        async with self.heard:
            await self.heard.wait_for(lambda: len(self.streams) >= count)


class Connection(asyncio.Protocol):
    """One connection with its streams."""

    def __init__(self, upstream: Http2Upstream) -> None:
        self.upstream = upstream
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.streams: dict[int, Stream] = {}
        self.errors: list[Exception] = []
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.upstream.connections.append(self)
        self.h2.initiate_connection()
        self.flush()

    def data_received(self, data: bytes) -> None:
        try:
            events = self.h2.receive_data(data)
        except h2.exceptions.ProtocolError as error:
            self.errors.append(error)
            self.flush()
            self.transport.close()
            return
        for event in events:
            self.take(event)
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()
        for stream in self.streams.values():
            stream.given_up.set()

    def take(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            headers = {bytes(name): bytes(value).decode() for name, value in event.headers}
            self.streams[event.stream_id] = Stream(event.stream_id, headers[b":path"], self)
        elif isinstance(event, h2.events.StreamEnded):
            task = asyncio.ensure_future(self.upstream.play(self.streams[event.stream_id]))
            self.upstream.tasks.add(task)
            task.add_done_callback(self.upstream.tasks.discard)
        elif isinstance(event, h2.events.StreamReset):
            stream = self.streams[event.stream_id]
            stream.reset_code = event.error_code
            stream.reset.set()
            stream.given_up.set()

    def flush(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(self.h2.data_to_send())


@asynccontextmanager
async def serving_http2(context: ssl.SSLContext, script: Script) -> AsyncIterator[Http2Upstream]:
    """An HTTP/2 server on a free port, which plays the same script to every stream."""
    context.set_alpn_protocols(["h2"])
    upstream = Http2Upstream(script)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(upstream), "127.0.0.1", 0, ssl=context)
    upstream.origin = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield upstream
        assert not [error for connection in upstream.connections for error in connection.errors]
    finally:
        server.close()
        for task in list(upstream.tasks):
            task.cancel()
        await asyncio.gather(*upstream.tasks, return_exceptions=True)
        for connection in upstream.connections:
            connection.transport.abort()
        await server.wait_closed()
