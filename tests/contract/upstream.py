"""A server on loopback that does to each request exactly what its script says, byte for byte."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Heard:
    """A request as the server read it."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        value = json.loads(self.content)
        assert isinstance(value, dict)
        return value


@dataclass
class Visit:
    """One request and the connection it came over; a script speaks through it."""

    heard: Heard
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: str = "200 OK", content_type: str = "", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", "Transfer-Encoding: chunked"]
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join([*lines, "", ""]).encode())

    async def say(self, data: bytes) -> None:
        await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end(self) -> None:
        await self.send(b"0\r\n\r\n")

    async def answer(
        self, status: str, body: bytes, content_type: str = "application/json", **headers: str
    ) -> None:
        await self.head(status, content_type, **headers)
        if body:
            await self.say(body)
        await self.end()

    async def drip(self, data: bytes, every_s: float, piece: int = 1) -> None:
        """Sends a little at a time, until the client has gone."""
        leaving = asyncio.create_task(self.until_gone())
        for start in range(0, len(data), piece):
            await self.send(data[start : start + piece])
            if (await asyncio.wait([leaving], timeout=every_s))[0]:
                break
        await leaving

    def reset(self) -> None:
        """Ends the connection as a crashed server does."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def hang_up(self) -> None:
        self.writer.close()

    async def until_gone(self) -> None:
        """Waits until the client has closed its side."""
        with suppress(ConnectionError):
            while await self.reader.read(4096):
                pass
        self.gone.set()


Script = Callable[[Visit], Awaitable[None]]


class Upstream:
    """The scripts still to be played, what was heard, and how many connections are open."""

    def __init__(self, scheme: str = "http") -> None:
        self.origin = ""
        self.scheme = scheme
        self.heard: list[Heard] = []
        self.visits: list[Visit] = []
        self.opened = 0
        self.most_open = 0
        self.broken: list[BaseException] = []
        self._scripts: deque[Script] = deque()
        self._otherwise: Script | None = None
        self._to_looks: Script | None = None
        self._open = 0
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def will(self, *scripts: Script) -> None:
        """Queues what is done to the next requests, one script each."""
        self._scripts.extend(scripts)

    async def all_closed(self) -> None:
        """Waits until no connection is open."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._open == 0)

    async def heard_requests(self, count: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.heard) >= count)

    def always(self, script: Script) -> None:
        """What is done to every request for which nothing is queued."""
        self._otherwise = script

    def answers_looks(self, script: Script) -> None:
        """What is done to a question for the list of models, which takes no other script and is not heard."""
        self._to_looks = script

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._count(opened=True)
        try:
            while not writer.is_closing():
                heard = await read_request(reader)
                if heard is None:
                    break
                await self._play(Visit(heard, reader, writer))
        except ConnectionError:
            pass
        except Exception as error:  # noqa: BLE001 - told to the test, which fails for it
            self.broken.append(error)
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
            await self._count(opened=False)

    async def _play(self, visit: Visit) -> None:
        if self._to_looks is not None and visit.heard.method == "GET":
            await self._to_looks(visit)
            return
        async with self._changed:
            self.heard.append(visit.heard)
            self.visits.append(visit)
            self._changed.notify_all()
        script = self._scripts.popleft() if self._scripts else self._otherwise
        if script is None:
            raise AssertionError(f"no script for {visit.heard.method} {visit.heard.path}")
        await script(visit)

    async def _count(self, *, opened: bool) -> None:
        async with self._changed:
            self.opened += opened
            self._open += 1 if opened else -1
            self.most_open = max(self.most_open, self._open)
            self._changed.notify_all()

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def assert_all_played(self) -> None:
        assert not self.broken, self.broken
        assert not self._scripts, f"{len(self._scripts)} scripts were never played"


async def read_request(reader: asyncio.StreamReader) -> Heard | None:
    """The next request of a connection, None where the client closed it."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    try:
        content = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Heard(method, path, headers, content)


@asynccontextmanager
async def serving(context: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[Upstream]:
    """An upstream, on a free port; at the end nothing scripted is left and nothing went wrong in it."""
    upstream = Upstream("https" if context else "http")
    server = await asyncio.start_server(upstream.connected, "127.0.0.1", port, ssl=context, limit=1 << 20)
    port = server.sockets[0].getsockname()[1]
    upstream.origin = f"{upstream.scheme}://127.0.0.1:{port}"
    try:
        yield upstream
        upstream.assert_all_played()
    finally:
        server.close()
        await upstream.stop()
        await server.wait_closed()
