"""The client's configuration: asked for or pushed, taken in, and its mistakes told to the user once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from lsprotocol import types

from foretype.config.live import LiveSettings
from foretype.config.problems import Problem, Question
from foretype.config.resolve import Resolved
from foretype.lsp.client import Client
from foretype.lsp.codes import RpcError
from foretype.lsp.messages import Json
from foretype.lsp.server import Server
from foretype.lsp.tasks import Tasks
from foretype.lsp.window import Window

logger = logging.getLogger(__name__)

SECTION = "foretype"
ALLOW, DENY = "Allow", "Not now"


class Configuration:
    """Keeps the settings as new as the client's."""

    def __init__(
        self, server: Server, client: Client, settings: LiveSettings, window: Window, tasks: Tasks
    ) -> None:
        self._server = server
        self._client = client
        self._settings = settings
        self._window = window
        self._tasks = tasks
        self._told: set[Problem] = set()
        self._asked: set[Question] = set()
        self._pushed: Json = None
        settings.observe(self._resolved)
        self._register(server)

    def _register(self, server: Server) -> None:
        @server.feature(types.INITIALIZED)
        def initialized(params: types.InitializedParams) -> None:
            if self._client.registers_configuration_changes:
                self._tasks.start(self._ask_for_changes())
            self._refresh()

        @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
        def did_change(params: types.DidChangeConfigurationParams) -> None:
            self._pushed = params.settings
            self._refresh()

    def _refresh(self) -> None:
        if self._client.answers_configuration:
            self._tasks.start(self._pull())
        elif self._pushed is not None:
            self._tasks.start(self._settings.configure(self._pushed))

    async def _pull(self) -> None:
        """Ask for our section; a client that has nothing to say may have pushed something before."""
        params = types.ConfigurationParams([types.ConfigurationItem(section=SECTION)])
        try:
            answer = await self._server.workspace_configuration_async(params)
        except RpcError as refused:
            logger.info("the client did not answer with its configuration: %s", refused.message)
            answer = []
        section = answer[0] if answer else None
        await self._settings.configure(self._pushed if section is None else section)

    async def _ask_for_changes(self) -> None:
        change = types.Registration(id="configuration", method=types.WORKSPACE_DID_CHANGE_CONFIGURATION)
        try:
            await self._server.client_register_capability_async(types.RegistrationParams([change]))
        except RpcError as refused:
            logger.info("the client will not say when its configuration changes: %s", refused.message)

    def _resolved(self, resolved: Resolved) -> None:
        news = [problem for problem in resolved.problems if problem not in self._told]
        self._told.update(news)
        if news:
            sentence = summary(news)
            self._window.tell(sentence, sentence)
        for question in resolved.questions:
            if question not in self._asked:
                self._asked.add(question)
                self._tasks.start(self._ask(question))

    async def _ask(self, question: Question) -> None:
        actions = [types.MessageActionItem(ALLOW), types.MessageActionItem(DENY)]
        params = types.ShowMessageRequestParams(types.MessageType.Warning, question.sentence, actions)
        try:
            answer = await self._server.window_show_message_request_async(params)
        except (RpcError, asyncio.TimeoutError):
            answer = None
        if answer is not None and answer.title == ALLOW:
            self._settings.allow(question.subject)


def summary(problems: Iterable[Problem]) -> str:
    return "; ".join(map(str, problems))
