"""The two ends of the pipe to the editor: taken from the process at start, read and written without blocking.

Nobody else in the process can reach them: file descriptor 1 becomes stderr, so that a stray print, here
or in a native library, cannot corrupt the stream, and file descriptor 0 becomes empty.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

CHUNK_BYTES = 256 * 1024
PIPE_WRITE_BYTES = 64 * 1024
AT_ONCE_BYTES = 4096


def claim_stdio() -> tuple[int, int]:
    """Return private descriptors of stdin and stdout, and point the public ones elsewhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    if not is_open(2):
        os.dup2(nowhere, 2)
    read_end, write_end = os.dup(0), os.dup(1)
    os.dup2(nowhere, 0)
    os.dup2(2, 1)
    os.close(nowhere)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(read_end, os.O_BINARY)
        msvcrt.setmode(write_end, os.O_BINARY)
    return read_end, write_end


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


class ByteSource:
    """Reads a descriptor one chunk at a time and only when asked.

    Not asking is what stops an editor that sends faster than it reads. The loop watches the descriptor
    where it can; a thread that wakes it for each key is slower, and waits its turn while the loop is busy.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._thread: ReadingThread | None = None

    async def read(self) -> bytes:
        """The next chunk; empty at the end."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes] = loop.create_future()
        if self._thread is None and self._is_watched(loop, answer):
            try:
                return await answer
            finally:
                loop.remove_reader(self._descriptor)
        self._thread = self._thread or ReadingThread(self._descriptor)
        self._thread.ask(loop, answer)
        return await answer

    def _is_watched(self, loop: asyncio.AbstractEventLoop, answer: asyncio.Future[bytes]) -> bool:
        """Windows' loop watches no pipes, and no system's loop watches files."""
        try:
            loop.add_reader(self._descriptor, self._settle, answer)
        except (NotImplementedError, OSError, ValueError):
            return False
        return True

    def _settle(self, answer: asyncio.Future[bytes]) -> None:
        if not answer.done():
            answer.set_result(read_chunk(self._descriptor))


class ReadingThread:
    """A daemon, because nothing can wake a thread out of a blocking read when the server ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._asked: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Future[bytes]]] = SimpleQueue()
        threading.Thread(target=self._run, name="stdin", daemon=True).start()

    def ask(self, loop: asyncio.AbstractEventLoop, answer: asyncio.Future[bytes]) -> None:
        self._asked.put((loop, answer))

    def _run(self) -> None:
        while True:
            loop, answer = self._asked.get()
            if not call_in(loop, settle, answer, read_chunk(self._descriptor)):
                return


def read_chunk(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, CHUNK_BYTES)
    except OSError:
        return b""


class ByteSink:
    """Writes to a descriptor on a thread of its own, in order, and knows how much is still to go."""

    def __init__(self, descriptor: int, on_broken: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_broken = on_broken
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._is_broken = False
        self._changed = threading.Condition()
        self._room = asyncio.Event()
        threading.Thread(target=self._run, name="stdout", daemon=True).start()

    @property
    def waiting_bytes(self) -> int:
        return self._waiting_bytes

    def write(self, data: bytes) -> None:
        """Write on the thread, or here and now where that cannot take time."""
        with self._changed:
            if self._is_broken or (not self._waiting_bytes and write_at_once(self._descriptor, data)):
                return
            self._waiting.append(data)
            self._waiting_bytes += len(data)
            self._changed.notify()

    async def wait_until_at_most(self, waiting_bytes: int) -> None:
        """Return when no more than this is still to be written, or nothing will ever be."""
        while self._waiting_bytes > waiting_bytes and not self._is_broken:
            self._room.clear()
            await self._room.wait()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                data = self._waiting.popleft()
            if not write_all(self._descriptor, data):
                break
            with self._changed:
                self._waiting_bytes -= len(data)
            if not call_in(self._loop, self._room.set):
                return
        with self._changed:
            self._is_broken = True
            self._waiting.clear()
        call_in(self._loop, self._room.set)
        call_in(self._loop, self._on_broken)


def write_at_once(descriptor: int, data: bytes) -> bool:
    """Write what a pipe takes without blocking: to wake up a thread for it takes longer.

    POSIX: a pipe that can be written to takes PIPE_BUF bytes whole.
    """
    if len(data) > AT_ONCE_BYTES or sys.platform == "win32":
        return False
    try:
        _, writable, _ = select.select((), (descriptor,), (), 0)
        return bool(writable) and os.write(descriptor, data) == len(data)
    except (OSError, ValueError):
        return False


def write_all(descriptor: int, data: bytes) -> bool:
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(descriptor, view[:PIPE_WRITE_BYTES]) :]
    except OSError:
        return False
    return True


def settle(answer: asyncio.Future[bytes], data: bytes) -> None:
    if not answer.done():
        answer.set_result(data)


def call_in(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: object) -> bool:
    """Hand a call to the loop's thread; false when the loop has ended."""
    try:
        loop.call_soon_threadsafe(call, *arguments)
    except RuntimeError:
        return False
    return True
