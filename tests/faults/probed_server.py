"""The real server, with methods of the tests' own: they look inside it, and misbehave on request."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import os
import subprocess
import sys
import time
from typing import Any

from lsprotocol import types

from foretype.app import App
from foretype.config.environment import Environment
from foretype.log.start import Log
from foretype.lsp.client import Client
from foretype.lsp.rpc import Connection
from foretype.process import serve_stdio

Json = Any


def build(
    environment: Environment, log: Log, log_level: str | None, connection: Connection, client: Client
) -> App:
    built = App(environment, log, log_level, connection, client)
    server, documents = built.ground.server, built.ground.documents

    @server.feature("test/text")
    async def text(params: Json) -> Json:
        document = documents.get(params["uri"])
        return document and {
            "text": str(document.text),
            "version": document.version,
            "in_doubt": document.in_doubt,
            "eol": document.eol,
            "is_large": document.is_large,
        }

    @server.feature("test/slow")
    async def slow(params: Json) -> None:
        connection.notify("test/started", {})
        try:
            await asyncio.Event().wait()
        except BaseException as stopped:
            tell_outside_the_request(connection, {"by": type(stopped).__name__})
            raise

    @server.feature("test/print")
    async def stray_print(params: Json) -> str:
        line = "Content-Length: stray"
        if params["how"] == "print":
            print(line, flush=True)
        elif params["how"] == "descriptor":
            os.write(1, line.encode())
        else:
            subprocess.run([sys.executable, "-c", f"print({line!r}); input()"], check=False, timeout=20)
        return "printed"

    @server.feature("test/raise")
    async def fail(params: Json) -> None:
        raise getattr(builtins, params["error"])("hf_SECRETSECRETSECRET")

    async def stubborn(arguments: Any) -> None:
        """A command that catches its cancellation, and tries to change the document all the same."""
        connection.notify("test/started", {})
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        try:
            await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(types.WorkspaceEdit()))
        finally:
            tell_outside_the_request(connection, {})

    built.commands["test.stubborn"] = stubborn
    look_inside(built)
    return built


def look_inside(built: App) -> None:
    @built.ground.server.feature("test/tasks")
    async def tasks(params: Json) -> Json:
        """What runs in the server, by the names of its coroutines."""
        return sorted(str(task.get_coro()).split(" at ")[0] for task in asyncio.all_tasks())

    @built.ground.server.feature("test/clocks")
    async def clocks(params: Json) -> None:
        """Put this machine's wall clock elsewhere, as it is after sleep, or where it was never set."""
        right = time.time
        time.time = lambda: right() + params["ahead_s"]
        built.ground.upstream.connections._clocks = (time.time, time.monotonic)


def tell_outside_the_request(connection: Connection, params: Json) -> None:
    """What a cancelled request says itself would be held back."""
    from contextvars import Context

    Context().run(connection.notify, "test/stopped", params)


if __name__ == "__main__":
    serve_stdio(build=build)
