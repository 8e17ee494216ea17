"""One llama-server: started, awaited until it has loaded its model, and ended with us."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from foretype.backends.connections import Connections
from foretype.backends.endpoint import Endpoint
from foretype.backends.llama_server.program import HOST, Launch
from foretype.backends.pages import Page, PageError, page
from foretype.config.settings import LocalSettings
from foretype.engine.failures import LOCAL
from foretype.errors import LocalModelError
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.keys.origin import parse_origin

LOADING_S = 300.0
LOOKS_EVERY_S = 0.05
ANSWER_S = 5.0
ENDING_S = 5.0
KEY_BYTES = 24
MOST_LOG_BYTES = 1 << 20
READY, UNAUTHORIZED = 200, 401


@dataclass(frozen=True)
class Place:
    """The private folder for what servers say, and for what `foretype models ps` reads."""

    folder: Path

    def record(self, port: int) -> Path:
        return self.folder / f"{port}.json"

    def log(self, port: int) -> Path:
        return self.folder / f"{port}.log"


@dataclass
class RunningServer:
    """A process of ours, by its guardian; `last_used` is when it was asked last."""

    launch: Launch
    guardian: asyncio.subprocess.Process
    place: Place
    last_used: float = 0.0

    @property
    def endpoint(self) -> Endpoint:
        key = BoundKey(self.launch.key, parse_origin(self.launch.url))
        return Endpoint(name=LOCAL, base_url=self.launch.url, dialect="llamacpp", key=key)

    @property
    def is_running(self) -> bool:
        return self.guardian.returncode is None

    def used(self) -> None:
        """It is asked now; what it said long ago is forgotten."""
        self.last_used = time.monotonic()
        with suppress(OSError):
            if self._log.stat().st_size > MOST_LOG_BYTES:
                os.truncate(self._log, 0)

    async def until_ready(self, connections: Connections) -> None:
        """Wait until the model is loaded; a server that lets others in without its key is not used."""
        nobody = replace(self.endpoint, key=None)
        until = time.monotonic() + LOADING_S
        while (await answer(connections, nobody, "/health")) != READY:
            if not self.is_running:
                raise self._ended()
            if time.monotonic() > until:
                raise self._problem(f"llama-server did not load it within {LOADING_S:.0f} s")
            await asyncio.sleep(LOOKS_EVERY_S)
        if not self.is_running:  # another program has the port
            raise self._ended()
        if await answer(connections, nobody, "/props") != UNAUTHORIZED:
            raise self._problem(f"{self.launch.program} takes no key from LLAMA_API_KEY; update llama.cpp")

    async def end(self) -> None:
        """Close the guardian's stdin, which ends both; what is left after a while is killed."""
        if self.guardian.stdin is not None:
            self.guardian.stdin.close()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.guardian.wait(), ENDING_S)
        kill_group(self.guardian)
        await self.guardian.wait()
        self.forget()

    def forget(self) -> None:
        """Remove what a guardian that was killed has left."""
        for path in (self.place.record(self.launch.port), self.place.log(self.launch.port)):
            with suppress(OSError):
                path.unlink()

    def _ended(self) -> LocalModelError:
        return self._problem(f"llama-server could not load it: {first_error(self._log)}")

    def _problem(self, reason: str) -> LocalModelError:
        name = self.launch.file.name
        cure = "`foretype doctor` says what there is"
        return LocalModelError(f"{name}: {reason}; {cure}.", endpoint=LOCAL, model=name)

    @property
    def _log(self) -> Path:
        return self.place.log(self.launch.port)


async def started(
    launch: Launch, place: Place, variables: Mapping[str, str], settings: LocalSettings, needed_bytes: int
) -> RunningServer:
    """Start a server, in a process group of its own; it has not loaded its model yet."""
    about = {"model": str(launch.file), "context": settings.context, "bytes": needed_bytes}
    log = os.open(place.log(launch.port), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    try:
        guardian = await asyncio.create_subprocess_exec(
            *launch.command(place.record(launch.port), json.dumps(about)),
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=launch.environment(variables, settings),
            cwd=place.folder,
            start_new_session=True,
        )
    finally:
        os.close(log)
    return RunningServer(launch, guardian, place, time.monotonic())


def launch_of(program: Path, file: Path) -> Launch:
    return Launch(program, file, free_port(), Key(secrets.token_urlsafe(KEY_BYTES)))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


async def answer(connections: Connections, endpoint: Endpoint, path: str) -> int:
    """The status with which a path is answered; 0 where nobody does yet."""
    try:
        found: Page = await page(connections, endpoint, path, ANSWER_S)
    except PageError:
        return 0
    return found.status


def kill_group(guardian: asyncio.subprocess.Process) -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            guardian.kill()
        else:
            os.killpg(guardian.pid, signal.SIGKILL)


def first_error(log: Path) -> str:
    """Why a server ended, by its own words, short enough for a sentence."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return "it says nothing"
    said = [line[line.lower().find("error") :] for line in lines if "error" in line.lower()]
    return "".join(c if c.isprintable() else " " for c in [*said, "it does not say why"][0])[:200]
