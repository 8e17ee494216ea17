"""The process of `foretype serve`: what it is made of, from the first object to the last."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from foretype.config.environment import Environment, read_environment
from foretype.config.files import Folders, locate
from foretype.errors import StorageError
from foretype.log.start import Log, logging_on
from foretype.serving.key_file import ServeKey, serve_key
from foretype.serving.models import Models
from foretype.serving.routes import Routes
from foretype.serving.server import Server

Ready = Callable[[int, ServeKey], None]


def serve(port: int, ready: Ready, *, log_level: str = "warning", new_key: bool = False) -> None:
    """Serve until the process is told to end; `ready` hears the port and the key."""
    with logging_on(log_level) as log:
        environment = read_environment(os.environ)
        log.redactor.know(*(token.key for token in environment.tokens))
        folders = locate(environment)
        key = serve_key(key_path(folders), afresh=new_key)
        log.redactor.know(key.key)
        asyncio.run(run(environment, folders, log, port, key, ready))


def key_path(folders: Folders) -> Path:
    if folders.state is None:
        raise StorageError("There is no home folder to keep the key of `foretype serve` in.")
    return folders.state / "serve-key"


async def run(
    environment: Environment, folders: Folders, log: Log, port: int, key: ServeKey, ready: Ready
) -> None:
    models = Models(environment, folders, log)
    server = Server(Routes(models), key.key)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # which Windows has not
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
    try:
        await models.start()
        ready(await server.start(port), key)
        await ended.wait()
    finally:
        await server.close()
        await models.close()
