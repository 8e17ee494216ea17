"""Neovim's own interface over its socket: msgpack-rpc, as `:help msgpack-rpc` says it."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

import msgpack  # type: ignore[import-untyped]  # it has no type information

from editors.patience import PATIENCE_S

REQUEST, ANSWER = 0, 1
CHUNK_BYTES = 65536


class NeovimError(Exception):
    """Neovim answered a call with an error."""


class Session:
    """One connection; every call is bounded, for a Neovim that waits for its user answers nothing."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read(reader))

    @classmethod
    async def connect(cls, socket: Path) -> Session:
        return cls(*await asyncio.open_unix_connection(socket))

    async def call(self, name: str, *arguments: Any) -> Any:
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._writer.write(msgpack.packb([REQUEST, number, name, arguments]))
        try:
            return await asyncio.wait_for(answer, PATIENCE_S)
        except asyncio.TimeoutError:
            raise AssertionError(f"Neovim does not answer: {name} {arguments}") from None

    async def close(self) -> None:
        self._writer.close()
        await asyncio.gather(self._reading, self._writer.wait_closed(), return_exceptions=True)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        unpacker = msgpack.Unpacker()
        while chunk := await reader.read(CHUNK_BYTES):
            unpacker.feed(chunk)
            for kind, number, *rest in unpacker:
                if kind == ANSWER:
                    self._settle(self._waiting.pop(number), *rest)
        for answer in self._waiting.values():
            answer.cancel()

    def _settle(self, answer: asyncio.Future[Any], problem: Any, result: Any) -> None:
        if answer.done():
            return
        if problem is None:
            answer.set_result(result)
        else:
            answer.set_exception(NeovimError(problem[1]))
