"""$/progress of work that the user waits for, and can end where the client lets them."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from lsprotocol import types

from foretype.lsp.client import Client
from foretype.lsp.codes import RpcError
from foretype.lsp.server import Server


class WorkDone:
    """The progress that is being shown, each under a token of its own."""

    def __init__(self, server: Server, client: Client) -> None:
        self._server = server
        self._client = client
        self._numbers = itertools.count(1)
        self._cancels: dict[str, Callable[[], object]] = {}

        @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
        def cancelled(params: types.WorkDoneProgressCancelParams) -> None:
            # The protocol's types let anything pass for a token.
            self._cancels.get(str(params.token), lambda: None)()

    @asynccontextmanager
    async def shown(self, title: str, cancel: Callable[[], object]) -> AsyncIterator[None]:
        """Shows that something is going on; the work does not wait for the client to agree."""
        if not self._client.shows_progress:
            yield
            return
        token = f"foretype-{next(self._numbers)}"
        self._cancels[token] = cancel
        begun = asyncio.ensure_future(self._begin(token, title))
        try:
            yield
        finally:
            del self._cancels[token]
            await self._end(token, begun)

    async def _begin(self, token: str, title: str) -> None:
        await self._server.window_work_done_progress_create_async(types.WorkDoneProgressCreateParams(token))
        self._say(token, types.WorkDoneProgressBegin(title=title, cancellable=True))

    async def _end(self, token: str, begun: asyncio.Future[None]) -> None:
        if not begun.done():
            begun.cancel()
        with suppress(RpcError, asyncio.CancelledError):
            await begun
            # Of a request that was cancelled nothing more is said, but its progress still has to end.
            contextvars.Context().run(self._say, token, types.WorkDoneProgressEnd())

    def _say(self, token: str, value: types.WorkDoneProgressBegin | types.WorkDoneProgressEnd) -> None:
        plain = self._server.protocol.unstructure(value)
        self._server.protocol.connection.notify("$/progress", {"token": token, "value": plain})
