"""Models of this machine, asked at llama-servers of our own as the engine would be asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from foretype.backends.deadlines import FOR_CHAT, FOR_COMPLETION, Deadlines
from foretype.backends.delta import Delta
from foretype.backends.llama_server.running import RunningServer
from foretype.backends.llama_server.servers import Servers
from foretype.backends.request import Filling, Request
from foretype.backends.upstream import Upstream
from foretype.engine import failures
from foretype.errors import (
    CircuitOpenError,
    DeadlineExceededError,
    EngineGoneError,
    FillUnsupportedError,
    OfflineError,
    StreamInterruptedError,
    UnavailableError,
)
from foretype.prompt.asked import HolePrompt, RawPrompt
from foretype.prompt.families import family_of
from foretype.prompt.hole import Hole
from foretype.prompt.special_tokens import CHAT_CONTROL, TokenInCode, guarded

BROKEN_OFF = (CircuitOpenError, OfflineError, StreamInterruptedError, UnavailableError)


class ServedModels:
    """What `LocalModels` is for the engine; a model's own file lays out holes and conversations here."""

    def __init__(self, servers: Servers, upstream: Upstream) -> None:
        self.servers = servers
        self._upstream = upstream
        self._without_holes: set[Path] = set()

    async def fill(self, file: Path, filling: Filling, deadline_s: float) -> AsyncGenerator[Delta, None]:
        """What belongs in the hole; a model that only continues text is given the text before it."""
        family = family_of(file.name)
        hole_or_word = guarded(family.control if family else CHAT_CONTROL, filling.hole)
        if isinstance(hole_or_word, TokenInCode):
            return
        prompt = prompt_of(hole_or_word)
        request = Request(file.name, prompt, filling.max_tokens, filling.stops, filling.temperature)
        async with aclosing(self.stream(file, request, deadline_s)) as deltas:
            async for delta in deltas:
                yield delta

    async def stream(self, file: Path, request: Request, deadline_s: float) -> AsyncGenerator[Delta, None]:
        """The answer of the file's server; where that ends before its first word, another one is asked."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + deadline_s
        for is_last in (False, True):
            has_written = False
            try:
                async with aclosing(self._answer(file, request, deadline)) as deltas:
                    async for delta in deltas:
                        has_written = True
                        yield delta
                return
            except EngineGoneError:
                if has_written or is_last:
                    raise

    async def warm(self, file: Path, hole: Hole) -> None:
        """Load the model, and have what stands above the cursor's line read ahead."""
        above = hole.prefix[: hole.prefix.rfind("\n") + 1]
        ahead = self.fill(file, Filling(replace(hole, prefix=above), 0), FOR_CHAT.total_s)
        async with aclosing(ahead) as deltas:
            async for _ in deltas:
                pass

    async def close(self) -> None:
        await self.servers.close()

    async def _answer(self, file: Path, request: Request, deadline: float) -> AsyncGenerator[Delta, None]:
        async with self._server(file, deadline) as server:
            asked = self._asked(file, request)
            try:
                async with aclosing(self._from(server, asked, deadline)) as deltas:
                    async for delta in deltas:
                        yield delta
                return
            except FillUnsupportedError:
                if asked is not request or not isinstance(request.prompt, HolePrompt):
                    raise
                self._without_holes.add(file)
            async with aclosing(self._from(server, self._asked(file, request), deadline)) as deltas:
                async for delta in deltas:
                    yield delta

    def _asked(self, file: Path, request: Request) -> Request:
        if file in self._without_holes and isinstance(request.prompt, HolePrompt):
            return replace(request, prompt=RawPrompt(request.prompt.prefix))
        return request

    @asynccontextmanager
    async def _server(self, file: Path, deadline: float) -> AsyncIterator[RunningServer]:
        """The file's server; whoever cannot wait for it to load goes, and it goes on loading."""
        asked = self.servers.asked(file)
        left_s = deadline - asyncio.get_running_loop().time()
        try:
            server = await asyncio.wait_for(asked.__aenter__(), max(0.0, left_s))
        except asyncio.TimeoutError:
            sentence = f"{file.name} is still being loaded: ask again in a while, or choose a smaller model."
            raise DeadlineExceededError(sentence, endpoint=failures.LOCAL, model=file.name) from None
        try:
            yield server
        finally:
            await asked.__aexit__(None, None, None)

    async def _from(
        self, server: RunningServer, request: Request, deadline: float
    ) -> AsyncGenerator[Delta, None]:
        within = deadlines_until(deadline - asyncio.get_running_loop().time())
        try:
            async with aclosing(self._upstream.stream(server.endpoint, request, within)) as deltas:
                async for delta in deltas:
                    yield delta
        except BROKEN_OFF as problem:
            if await has_ended(server):
                raise failures.broken_off(request.model) from problem
            raise


def prompt_of(hole: Hole) -> HolePrompt:
    return HolePrompt(hole.prefix, hole.suffix, hole.chunks)


async def has_ended(server: RunningServer) -> bool:
    """Whether the process is gone; its connections are, a moment before it."""
    try:
        await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(server.guardian.wait())), 1.0)
    except asyncio.TimeoutError:
        return False
    return True


def deadlines_until(left_s: float) -> Deadlines:
    """A local model may think as long as it is waited for: it reads the prompt before its first byte."""
    left_s = max(0.0, left_s)
    return replace(FOR_COMPLETION, connect_s=left_s, first_byte_s=left_s, idle_s=left_s, total_s=left_s)
