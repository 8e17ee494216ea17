"""The question about a model that does not fit into the memory: whether a smaller one may take its place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from lsprotocol import types

from foretype.config.settings import Role
from foretype.errors import BackendError, ForetypeError, ModelTooLargeError
from foretype.flows.fitting_models import Wish
from foretype.flows.pulls import Pulls
from foretype.lsp.codes import RpcError
from foretype.lsp.server import Server
from foretype.lsp.tasks import Tasks
from foretype.lsp.window import Severity, Window
from foretype.models.memory_fit import gigabytes
from foretype.models.smaller import Smaller

NOT_NOW = "Not now"


class SmallerModel:
    """Asks once about each file; `find` looks at the disk, `use` puts a model first in a role."""

    def __init__(
        self,
        server: Server,
        find: Callable[[str], Wish | None],
        use: Callable[[Role, str], Awaitable[object]],
        pulls: Pulls,
        window: Window,
        tasks: Tasks,
    ) -> None:
        self._server = server
        self._find = find
        self._use = use
        self._pulls = pulls
        self._window = window
        self._tasks = tasks
        self._asked: set[str] = set()

    def consider(self, problem: BackendError) -> bool:
        """Whether this takes care of telling the user."""
        if not isinstance(problem, ModelTooLargeError):
            return False
        if problem.model not in self._asked:
            self._asked.add(problem.model)
            self._tasks.start(self._offer(problem))
        return True

    async def _offer(self, problem: ModelTooLargeError) -> None:
        wish = await asyncio.to_thread(self._find, problem.model)
        if wish is None or wish.smaller is None:
            self._window.tell(problem.model, str(problem))
            return
        button = f"{'Download' if wish.smaller.entry else 'Use'} {wish.smaller.title}"
        actions = [types.MessageActionItem(button), types.MessageActionItem(NOT_NOW)]
        params = types.ShowMessageRequestParams(
            types.MessageType.Warning, question(wish, wish.smaller), actions
        )
        try:
            answer = await self._server.window_show_message_request_async(params)
        except RpcError:
            answer = None
        if answer is None:
            self._window.tell(problem.model, f"{wish.found}; {wish.smaller.advice}.")
        elif answer.title == button:
            await self._take(wish, wish.smaller)

    async def _take(self, wish: Wish, smaller: Smaller) -> None:
        try:
            if smaller.entry:
                await self._pulls.pull(smaller.entry.name)
            for role in wish.roles:
                await self._use(role, smaller.id)
        except ForetypeError as problem:
            self._window.tell(str(problem), str(problem))
        else:
            self._window.tell(smaller.id, f"{smaller.title} is used from now on.", Severity.INFO)


def question(wish: Wish, smaller: Smaller) -> str:
    asked = (
        f"Foretype: {wish.found}. Use {smaller.title} instead? It needs about "
        f"{gigabytes(smaller.needed_bytes)}"
    )
    entry = smaller.entry
    if entry is None:
        return f"{asked}, and is here."
    return f"{asked}; {entry.size_gb:g} GB would be downloaded from {entry.page}, licence {entry.licence}."
