"""Local models in the editor: pulling one, asking about one that is missing, and starting the engine anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

from lsprotocol import types

from foretype.config.resolve import Resolved
from foretype.config.settings import ROLES
from foretype.errors import ForetypeError, ModelIdError
from foretype.flows.pulls import Pulls
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json
from foretype.lsp.protocol import PullParams, PullResult
from foretype.lsp.server import Server
from foretype.lsp.tasks import Tasks
from foretype.lsp.window import Severity, Window
from foretype.models.asked_before import AskedBefore
from foretype.models.ids import Runs, parse_model_id
from foretype.models.local_catalogue import CatalogueModel

COMMAND, RESTART = "foretype.pull", "foretype.restart_engine"
DOWNLOAD, NOT_NOW = "Download", "Not now"


def commands_of(server: Server, pulls: Pulls, restart: Callable[[], Awaitable[None]]) -> dict[str, Command]:
    async def pull(arguments: Sequence[Json]) -> PullResult:
        wanted = server.argument(arguments, PullParams, COMMAND)
        name = local_name(wanted.model)
        try:
            model = await pulls.pull(name)
        except ForetypeError as problem:
            return PullResult(wanted.model, problem=str(problem))
        return PullResult(model.id, is_here=True)

    async def restart_engine(arguments: Sequence[Json]) -> None:
        """End the engine of this user, with what it is at; the next request starts another."""
        if arguments:
            raise RpcError(ErrorCode.INVALID_PARAMS, f"{RESTART} takes no argument")
        await restart()

    return {COMMAND: pull, RESTART: restart_engine}


def local_name(written: str) -> str:
    try:
        model = parse_model_id(written)
    except ModelIdError as problem:
        raise RpcError(ErrorCode.INVALID_PARAMS, str(problem)) from problem
    if model.runs is not Runs.LOCAL:
        raise RpcError(ErrorCode.INVALID_PARAMS, f"only local models are pulled, and {model} is none")
    return model.name


class Offer:
    """Asks about each model that the settings name and the disk lacks; nothing is fetched without a yes."""

    def __init__(
        self,
        server: Server,
        pulls: Pulls,
        asked: AskedBefore,
        window: Window,
        tasks: Tasks,
    ) -> None:
        self._server = server
        self._pulls = pulls
        self._asked = asked
        self._window = window
        self._tasks = tasks
        self._seen: set[str] = set()

    def consider(self, resolved: Resolved) -> None:
        """Look at the models that are in force now; the disk is asked on another thread."""
        for name in local_names(resolved):
            if name not in self._seen:
                self._seen.add(name)
                self._tasks.start(self._consider(name))

    async def _consider(self, name: str) -> None:
        missing = await self._pulls.missing(name)
        if missing is None:
            return
        if missing.entry is None or await asyncio.to_thread(self._asked.knows, missing.id):
            self._tell_how(missing.id)
        else:
            await self._ask(missing.entry)

    async def _ask(self, entry: CatalogueModel) -> None:
        actions = [types.MessageActionItem(DOWNLOAD), types.MessageActionItem(NOT_NOW)]
        params = types.ShowMessageRequestParams(types.MessageType.Info, question(entry), actions)
        try:
            answer = await self._server.window_show_message_request_async(params)
        except RpcError:
            answer = None
        if answer is None:
            self._tell_how(entry.id)
            return
        await asyncio.to_thread(self._asked.remember, entry.id)
        if answer.title == DOWNLOAD:
            await self._download(entry)

    async def _download(self, entry: CatalogueModel) -> None:
        try:
            await self._pulls.pull(entry.name)
        except ForetypeError as problem:
            self._window.tell(str(problem), str(problem))
        else:
            self._window.tell(f"{entry.id} is here", f"{entry.title} is ready.", Severity.INFO)

    def _tell_how(self, id: str) -> None:
        sentence = f"{id} is not on this machine: `foretype models pull {id}` downloads it."
        self._window.tell(sentence, sentence)


def local_names(resolved: Resolved) -> Iterator[str]:
    """The local models of every role, each once."""
    known = set()
    for role in ROLES:
        for written in resolved.settings.models.chain(role):
            try:
                model = parse_model_id(written, resolved.settings.endpoints)
            except ModelIdError:
                continue
            if model.runs is Runs.LOCAL and model.name not in known:
                known.add(model.name)
                yield model.name


def question(entry: CatalogueModel) -> str:
    return (
        f"Foretype: your settings name {entry.title}, which is not on this machine. Download it? About "
        f"{entry.size_gb:g} GB from {entry.page}, licence {entry.licence}; it takes about "
        f"{entry.ram_gb:g} GB of memory."
    )
