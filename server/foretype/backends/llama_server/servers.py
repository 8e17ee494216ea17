"""The llama-servers that run for this process: one for each model file, as many as were allowed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from foretype.backends.connections import Connections
from foretype.backends.deadlines import cancellations
from foretype.backends.llama_server.program import program_on_path
from foretype.backends.llama_server.running import Place, RunningServer, launch_of, started
from foretype.config.private_files import make_private_folder, reason_of
from foretype.config.settings import LocalSettings
from foretype.engine import failures
from foretype.engine.restarts import Restarts
from foretype.errors import (
    BackendError,
    EngineBrokenError,
    LocalModelError,
    ModelFileError,
    ModelTooLargeError,
    StorageError,
)
from foretype.models.local_files import whole_model
from foretype.models.memory_fit import gigabytes, memory, needed_bytes

logger = logging.getLogger(__name__)

MINUTE_S = 60.0
LOOKS_EVERY_S = 10.0
MB = 1_000_000


@dataclass(frozen=True)
class Version:
    """A file as it was when it was loaded, and what it was loaded with."""

    changed_ns: int
    settings: LocalSettings


@dataclass
class Slot:
    """A server on its way or there, how many wait for its answers, and the clock of its idleness."""

    version: Version
    needed_bytes: int
    start: asyncio.Task[RunningServer]
    asking: int = 0
    timer: asyncio.TimerHandle | None = None

    @property
    def server(self) -> RunningServer | None:
        is_there = self.start.done() and not self.start.cancelled() and self.start.exception() is None
        return self.start.result() if is_there else None


class Servers:
    """Starts on first need, ends what is idle or one too many, and everything when it is closed."""

    def __init__(
        self,
        folder: Callable[[], Path],
        variables: Mapping[str, str],
        settings: Callable[[], LocalSettings],
        connections: Connections,
        minute_s: float = MINUTE_S,
    ) -> None:
        self._folder = folder
        self._variables = variables
        self._settings = settings
        self._connections = connections
        self._minute_s = minute_s
        self._program: Path | None = None
        self._looked_at = -LOOKS_EVERY_S
        self._slots: dict[Path, Slot] = {}
        self._starting = asyncio.Lock()
        self._endings: set[asyncio.Task[None]] = set()
        self._restarts: defaultdict[Path, Restarts] = defaultdict(Restarts)

    @property
    def program(self) -> Path | None:
        """The llama-server on PATH, looked for now and then: a disk of the network may be on it."""
        now = time.monotonic()
        if now - self._looked_at > LOOKS_EVERY_S:
            self._looked_at, self._program = now, program_on_path(self._variables)
        return self._program

    @asynccontextmanager
    async def asked(self, file: Path) -> AsyncIterator[RunningServer]:
        """The server of a file, loaded, while it is asked; whoever stops waiting leaves it loading."""
        slot = await self._slot(file)
        slot.asking += 1
        try:
            server = await there(slot, file)
            server.used()
            yield server
        finally:
            slot.asking -= 1
            if slot.server is not None:
                slot.server.used()
            self._end_when_idle(file, slot)
            await self._notice_the_end(file, slot)

    async def close(self) -> None:
        await self.end_all()
        await asyncio.gather(*self._endings, return_exceptions=True)

    async def end_all(self) -> None:
        """End every server now; the next need starts another."""
        self.try_again()
        await asyncio.gather(*(self._end(file) for file in tuple(self._slots)))

    def try_again(self) -> None:
        """What broke down is forgotten."""
        self._restarts.clear()

    async def _slot(self, file: Path) -> Slot:
        """The file's server, on its way at least; loaded anew where the file or the settings have changed."""
        async with self._starting:
            version = await asyncio.to_thread(version_of, file, self._settings())
            slot = self._slots.get(file)
            if slot is not None:
                await self._notice_the_end(file, slot)
                if self._slots.get(file) is slot and (slot.version == version or slot.asking):
                    return slot
                await self._end(file)
            if self._restarts[file].is_used_up:
                raise used_up(file)
            needed = await asyncio.to_thread(needed_for, file, version.settings)
            await self._make_room(file, needed, version.settings)
            loop = asyncio.get_running_loop()
            start = loop.create_task(self._started(file, needed, version.settings))
            start.add_done_callback(noted)
            slot = self._slots[file] = Slot(version, needed, start)
            return slot

    async def _started(self, file: Path, needed: int, settings: LocalSettings) -> RunningServer:
        program = self.program
        if program is None:
            raise failures.not_installed()
        try:
            folder = await asyncio.to_thread(self._prepared)
            server = await started(launch_of(program, file), Place(folder), self._variables, settings, needed)
        except (OSError, StorageError) as problem:
            sentence = f"{program} cannot be started: {problem}."
            raise LocalModelError(sentence, endpoint=failures.LOCAL) from problem
        logger.info("llama-server is started for %s", file.name)
        try:
            await server.until_ready(self._connections)
        except BaseException:
            await server.end()
            raise
        return server

    def _prepared(self) -> Path:
        folder = self._folder()
        make_private_folder(folder)
        return folder

    async def _notice_the_end(self, file: Path, slot: Slot) -> None:
        """A server that ended by itself has broken down, and so has one that never came to serve."""
        server = slot.server
        if not slot.start.done() or self._slots.get(file) is not slot or (server and server.is_running):
            return
        del self._slots[file]
        self._restarts[file].broke_down()
        if server is not None:
            logger.warning("llama-server ended by itself while it served %s", file.name)
            await server.end()

    async def _make_room(self, file: Path, needed: int, settings: LocalSettings) -> None:
        """End the least recently used until there is room for one more; those that are asked stay."""
        while obstacle := await asyncio.to_thread(self._obstacle, needed, settings):
            idle = [each for each, slot in self._slots.items() if not slot.asking and slot.start.done()]
            if not idle:
                raise too_large(file, needed, obstacle)
            await self._end(min(idle, key=self._last_used))

    def _obstacle(self, needed: int, settings: LocalSettings) -> str:
        """What keeps one more model from being loaded; empty where nothing does."""
        if len(self._slots) >= settings.max_models:
            return f"{settings.max_models} models are in use already, as many as `local.max_models` allows"
        most = settings.memory_mb * MB
        if most and needed + sum(slot.needed_bytes for slot in self._slots.values()) > most:
            return f"`local.memory_mb` allows {settings.memory_mb} MB"
        here = memory()
        return f"{gigabytes(here.free)} are free" if here and needed > here.free else ""

    def _last_used(self, file: Path) -> float:
        server = self._slots[file].server
        return server.last_used if server else 0.0

    def _end_when_idle(self, file: Path, slot: Slot) -> None:
        """Set the clock anew; a load that nobody waits for any more is given the same time."""
        if slot.timer is not None:
            slot.timer.cancel()
        idle_s = self._settings().idle_minutes * self._minute_s
        if idle_s and not slot.asking:
            slot.timer = asyncio.get_running_loop().call_later(idle_s, self._end_idle, file, slot)

    def _end_idle(self, file: Path, slot: Slot) -> None:
        if self._slots.get(file) is slot and not slot.asking:
            ending = asyncio.get_running_loop().create_task(self._end(file))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def _end(self, file: Path) -> None:
        slot = self._slots.pop(file, None)
        if slot is None:
            return
        if slot.timer is not None:
            slot.timer.cancel()
        slot.start.cancel()
        await asyncio.gather(slot.start, return_exceptions=True)
        if slot.server is not None:
            await slot.server.end()
            logger.info("llama-server was ended: %s", file.name)


async def there(slot: Slot, file: Path) -> RunningServer:
    """The server, once it is loaded; one that is ended meanwhile is no reason to end whoever waits for it."""
    try:
        return await asyncio.shield(slot.start)
    except asyncio.CancelledError:
        waiting = asyncio.current_task()
        if slot.start.cancelled() and waiting is not None and not cancellations(waiting):
            raise failures.broken_off(file.name) from None
        raise


def noted(start: asyncio.Task[RunningServer]) -> None:
    """Who waited for it may be gone when it fails: the next one is told."""
    if not start.cancelled():
        start.exception()


def version_of(file: Path, settings: LocalSettings) -> Version:
    try:
        return Version(file.stat().st_mtime_ns, settings)
    except OSError as problem:
        sentence = f"{file.name} cannot be read: {reason_of(problem)}; choose another file."
        raise LocalModelError(sentence, endpoint=failures.LOCAL, model=file.name) from problem


def needed_for(file: Path, settings: LocalSettings) -> int:
    try:
        return needed_bytes(whole_model(file)[0], settings.context, settings.batch)
    except ModelFileError as problem:
        raise LocalModelError(str(problem), endpoint=failures.LOCAL, model=file.name) from problem


def used_up(file: Path) -> BackendError:
    return EngineBrokenError(
        f"llama-server broke down four times in three minutes with {file.name} and is left alone for a "
        "while: choose another model or a smaller `local.context`, or update llama.cpp.",
        endpoint=failures.LOCAL,
        model=file.name,
    )


def too_large(file: Path, needed: int, obstacle: str) -> BackendError:
    return ModelTooLargeError(
        f"{file.name} needs about {gigabytes(needed)} of memory, and {obstacle}: choose a smaller model, or "
        "close something.",
        endpoint=failures.LOCAL,
        model=file.name,
    )
