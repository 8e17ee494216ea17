"""The server's process: the little that must be there before `initialize` is answered."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from foretype.config.environment import Environment, read_environment
from foretype.log.start import Log, logging_on
from foretype.lsp.client import Client
from foretype.lsp.host import Attach, Host
from foretype.lsp.rpc import Connection, Router
from foretype.lsp.stdio import claim_stdio

Build = Callable[[Environment, Log, "str | None", Connection, Client], Router]


def build_app(
    environment: Environment, log: Log, log_level: str | None, connection: Connection, client: Client
) -> Router:
    """Load the rest of the program, which the answer to `initialize` does not wait for."""
    from foretype.config.parser_apart import ParserApart

    parser = ParserApart()
    if client.options:
        parser.begin()
    from foretype.lsp import lean_types

    lean_types.load()
    from foretype.app import App

    app = App(environment, log, log_level, connection, client, parser)
    gc.collect()
    gc.freeze()  # what was loaded stays: no collection has to look at it between a key and its answer
    return app


def serve_stdio(
    log_file: Path | None = None,
    log_level: str | None = None,
    build: Build = build_app,
    models: Mapping[str, str] | None = None,
) -> NoReturn:
    """Be the language server until the editor is done with it."""
    read_end, write_end = claim_stdio()
    with logging_on(log_level or "info") as log:
        if log_file is not None:
            log.write_to_file(log_file)
        environment = replace(read_environment(os.environ), models=models or {})
        log.redactor.know(*(token.key for token in environment.tokens))
        serving = serve(read_end, write_end, partial(build, environment, log, log_level))
        code = asyncio.new_event_loop().run_until_complete(serving)
    # A thread that is stuck in a read, here or in a foreign library, must not keep the process alive.
    os._exit(code)


async def serve(read_end: int, write_end: int, attach: Attach) -> int:
    return await Host(read_end, write_end, attach).run()
