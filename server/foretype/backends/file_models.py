"""Who runs the model files of this machine: the engine, or a llama-server where that has no library."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Protocol

from foretype.backends.agreement import Agreements
from foretype.backends.delta import Delta
from foretype.backends.llama_server.models import ServedModels
from foretype.backends.llama_server.servers import Servers
from foretype.backends.local.models import LocalModels
from foretype.backends.request import Filling, Request
from foretype.backends.upstream import Upstream
from foretype.config.environment import Environment
from foretype.config.settings import LocalSettings
from foretype.engine.client import Engine
from foretype.engine.failures import is_installed
from foretype.engine.place import folder_for
from foretype.prompt.hole import Hole

SERVERS_FOLDER = "llama-server"

Deltas = AsyncGenerator[Delta, None]
# Hands on the answer to a request, and keeps account of it.
Counted = Callable[[Deltas, Request], Deltas]


def uncounted(answer: Deltas, _request: Request) -> Deltas:
    return answer


class RunsFiles(Protocol):
    """Asks a model file, as models at an endpoint are asked: deltas come back, closing stops the model."""

    def fill(self, file: Path, filling: Filling, deadline_s: float) -> AsyncGenerator[Delta, None]: ...

    def stream(self, file: Path, request: Request, deadline_s: float) -> AsyncGenerator[Delta, None]: ...

    async def warm(self, file: Path, hole: Hole) -> None: ...


class FileModels:
    """Decides anew at each request: llama-cpp-python may be installed while an editor is open."""

    def __init__(self, engine: LocalModels, served: ServedModels) -> None:
        self.engine = engine
        self._served = served

    async def fill(self, file: Path, filling: Filling, deadline_s: float) -> AsyncGenerator[Delta, None]:
        async with aclosing(self._runner.fill(file, filling, deadline_s)) as deltas:
            async for delta in deltas:
                yield delta

    async def stream(self, file: Path, request: Request, deadline_s: float) -> AsyncGenerator[Delta, None]:
        async with aclosing(self._runner.stream(file, request, deadline_s)) as deltas:
            async for delta in deltas:
                yield delta

    async def warm(self, file: Path, hole: Hole) -> None:
        await self._runner.warm(file, hole)

    @property
    def obstacle(self) -> str:
        """Why no file can be run; empty where one can."""
        if is_installed() or self._served.servers.program:
            return ""
        return "neither llama-cpp-python nor llama-server is installed"

    def try_again(self) -> None:
        """What broke down may go well under other settings."""
        self.engine.engine.restarts.reset()
        self._served.servers.try_again()

    async def restart(self) -> None:
        """End what runs now; the next need starts it anew."""
        await self.engine.engine.restart()
        await self._served.servers.end_all()

    async def close(self) -> None:
        await self._served.close()
        await self.engine.close()

    @property
    def _runner(self) -> RunsFiles:
        is_served = not is_installed() and self._served.servers.program
        return self._served if is_served else self.engine


def servers_folder(environment: Environment) -> Path:
    """Where running servers are recorded, for `foretype models ps`."""
    return folder_for(environment) / SERVERS_FOLDER


def file_models(
    environment: Environment,
    settings: Callable[[], LocalSettings],
    tell: Callable[[str], None],
    upstream: Upstream,
    agreements: Agreements,
) -> FileModels:
    """Both ways; nothing is started before the first request."""
    folder = partial(servers_folder, environment)
    servers = Servers(folder, environment.variables, settings, upstream.connections)
    engine = LocalModels(Engine(environment), settings, tell, upstream.activity, agreements)
    return FileModels(engine, ServedModels(servers, upstream))
