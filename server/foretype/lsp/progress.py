"""$/progress of work that the user waits for: shown where the client can, and ended where they want."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from lsprotocol import types

from foretype.flows.pulls import Report
from foretype.lsp.client import Client
from foretype.lsp.codes import RpcError
from foretype.lsp.server import Server

PROGRESS = "$/progress"


class Progress:
    """Owns the tokens of what is shown now, one for each piece of work."""

    def __init__(self, server: Server, client: Client) -> None:
        self._server = server
        self._is_shown = client.shows_progress
        self._numbers = itertools.count(1)
        self._enders: dict[str, Callable[[], object]] = {}
        self._at_work: list[tuple[str, Callable[[], object]]] = []

        @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
        def cancel(params: types.WorkDoneProgressCancelParams) -> None:
            # The protocol's types let anything pass for a token.
            self._enders.get(str(params.token), nothing)()

    @asynccontextmanager
    async def shown(self, title: str, end: Callable[[], object], about: str = "") -> AsyncIterator[Report]:
        """Show a title while the body runs, which does not wait for the client to agree.

        `end` is called when the user has had enough; `about` is the key of the document that it is done for.
        """
        work = (about, end)
        self._at_work.append(work)
        try:
            async with self._told_of(title, end) as report:
                yield report
        finally:
            self._at_work.remove(work)

    def is_at_work(self, about: str) -> bool:
        return any(each == about for each, _ in self._at_work)

    def stop(self, about: str) -> None:
        """For a client that shows no progress, or shows it and lets nobody end it."""
        for each, end in tuple(self._at_work):
            if each == about:
                end()

    @asynccontextmanager
    async def _told_of(self, title: str, end: Callable[[], object]) -> AsyncIterator[Report]:
        if not self._is_shown:
            yield silent
            return
        token = f"foretype-{next(self._numbers)}"
        self._enders[token] = end
        said: dict[str, Any] = {}
        begun = asyncio.ensure_future(self._begin(token, title, said))

        def report(message: str, percentage: int | None = None) -> None:
            said.update(message=message, **({} if percentage is None else {"percentage": percentage}))
            if token in self._enders and begun.done():
                self._tell(token, {"kind": "report", **said}, is_droppable=True)

        try:
            yield report
        finally:
            del self._enders[token]
            await self._end(token, begun)

    async def _begin(self, token: str, title: str, said: Mapping[str, Any]) -> None:
        """Begins with what was reported while the client had not agreed yet."""
        await self._server.window_work_done_progress_create_async(types.WorkDoneProgressCreateParams(token))
        self._tell(token, {"kind": "begin", "title": title, "cancellable": True, **said})

    async def _end(self, token: str, begun: asyncio.Future[None]) -> None:
        if not begun.done():
            begun.cancel()
        with suppress(RpcError, asyncio.CancelledError):
            await begun
            # Of a request that was cancelled nothing more is said, but its progress still has to end.
            contextvars.Context().run(self._tell, token, {"kind": "end"})

    def _tell(self, token: str, value: dict[str, Any], *, is_droppable: bool = False) -> None:
        connection = self._server.protocol.connection
        connection.notify(PROGRESS, {"token": token, "value": value}, is_droppable=is_droppable)


def silent(message: str, percentage: int | None = None) -> None:
    """For a client that shows no progress."""


def nothing() -> None:
    """For a token that is none of ours, or no longer."""
