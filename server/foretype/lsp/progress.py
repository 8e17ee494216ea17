"""$/progress for work of the server's own: shown where the client can, and ended where the user wants."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from lsprotocol import types

from foretype.flows.pulls import Report
from foretype.lsp.client import Client
from foretype.lsp.codes import RpcError
from foretype.lsp.rpc import Connection
from foretype.lsp.server import Server

PROGRESS = "$/progress"


class Progresses:
    """Owns the tokens of what is shown now."""

    def __init__(self, server: Server, connection: Connection, client: Client) -> None:
        self._server = server
        self._connection = connection
        self._is_shown = client.shows_progress
        self._numbers = itertools.count(1)
        self._enders: dict[str, Callable[[], None]] = {}

        @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
        def cancel(params: types.WorkDoneProgressCancelParams) -> None:
            self._enders.get(str(params.token), nothing)()

    @asynccontextmanager
    async def shown(self, title: str, end: Callable[[], None]) -> AsyncIterator[Report]:
        """Show a title while the body runs; `end` is called when the user has had enough."""
        token = f"foretype-{next(self._numbers)}"
        if not self._is_shown or not await self._is_created(token):
            yield silent
            return
        self._enders[token] = end
        self._tell(token, {"kind": "begin", "title": title, "cancellable": True, "percentage": 0})

        def report(message: str, percentage: int) -> None:
            if token in self._enders:
                value = {"kind": "report", "message": message, "percentage": percentage}
                self._tell(token, value, is_droppable=True)

        try:
            yield report
        finally:
            del self._enders[token]
            self._tell(token, {"kind": "end"})

    async def _is_created(self, token: str) -> bool:
        params = types.WorkDoneProgressCreateParams(token)
        try:
            await self._server.window_work_done_progress_create_async(params)
        except RpcError:
            return False
        return True

    def _tell(self, token: str, value: dict[str, Any], *, is_droppable: bool = False) -> None:
        self._connection.notify(PROGRESS, {"token": token, "value": value}, is_droppable=is_droppable)


def silent(message: str, percentage: int) -> None:
    """For a client that shows no progress."""


def nothing() -> None:
    """For a token that is none of ours, or no longer."""
