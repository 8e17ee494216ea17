"""The composition root: builds every object by hand, and owns every lifetime."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from foretype.config.environment import Environment, read_environment
from foretype.config.resolve import Resolved
from foretype.log.start import Log, logging_on
from foretype.lsp.client import Client
from foretype.lsp.host import Attach, Host
from foretype.lsp.messages import Json
from foretype.lsp.rpc import Connection
from foretype.lsp.stdio import claim_stdio

logger = logging.getLogger(__name__)

CONFIG_POLL_S = 2.0


@dataclass(frozen=True)
class Process:
    """What the process was given when it started."""

    environment: Environment
    log: Log
    log_level: str | None = None


if TYPE_CHECKING:
    from foretype.config.settings import Settings
    from foretype.documents.document import Document
    from foretype.documents.store import Event
    from foretype.errors import BackendError
    from foretype.flows.completion.chain import Access
    from foretype.flows.completion.writer import Writer


class App:
    """One editor's server: what it is made of, and how the parts are joined."""

    def __init__(self, process: Process, connection: Connection, client: Client) -> None:
        from foretype.backends.upstream import Upstream
        from foretype.config.files import locate
        from foretype.config.live import LiveSettings
        from foretype.documents.notebook import Notebooks
        from foretype.documents.store import Documents
        from foretype.flows.completion.flow import Completion, Surroundings
        from foretype.flows.completion.instant import Instant
        from foretype.flows.learning import Learning
        from foretype.lsp import commands, inline_completion
        from foretype.lsp.configuration import Configuration
        from foretype.lsp.server import Server
        from foretype.lsp.tasks import Tasks
        from foretype.lsp.window import Window, WindowLog
        from foretype.predictor.predictor import Predictor

        self._process = process
        self._tasks = Tasks()
        self._settings_before: Settings | None = None
        self.documents = Documents(client.encoding)
        self.notebooks = Notebooks(self.documents)
        self.server = Server(connection)
        folders = locate(process.environment)
        self.settings = LiveSettings(process.environment, folders)
        self.window = Window(connection)
        self.upstream = Upstream()
        predictor = Predictor()
        self.instant = Instant(predictor, self._is_secret)
        self.learning = Learning(
            predictor, paths_of(client.folders), folders.cache, lambda: self.settings.now.privacy.exclude
        )
        self.completion = Completion(
            Surroundings(
                settings=lambda: self.settings.now,
                writers=self._writers,
                is_secret=self._is_secret,
                report=self._report,
                is_current=lambda document: self.documents.get(document.uri) is document,
                instant=self.instant.suggest,
            )
        )
        self.access = self._access(folders.cache)
        self.commands: dict[str, commands.Command] = {
            "foretype.status": self.status,
            **inline_completion.commands_of(self.completion),
        }
        process.log.attach(WindowLog(connection))
        self.settings.observe(self._settings_changed)
        Configuration(self.server, client, self.settings, self.window, self._tasks)
        self._serve(client)
        self.documents.observe(self.instant.follow)
        self.documents.observe(self._document_changed)
        self.settings.start(client.options)
        self._tasks.start(self._follow_config_file())
        self._tasks.start(self.learning.run())

    def _access(self, cache: Path | None) -> Access:
        from foretype.flows.completion.chain import Access
        from foretype.flows.completion.router_models import Ears, RouterModels
        from foretype.flows.token import Token

        environment = self._process.environment
        ears = Ears(self._report, self._tell)
        token = Token(environment, self._process.log.redactor.know, self._tell)
        return Access(environment, self.upstream, token, RouterModels(self.upstream, cache, ears))

    def _serve(self, client: Client) -> None:
        """Give every method its handler."""
        from foretype.lsp import commands, completion, inline_completion, notebook_sync, text_sync

        text_sync.register(self.server, self.documents, self.learning.file_saved)
        notebook_sync.register(self.server, self.notebooks)
        commands.register(self.server, self.commands)
        suggestions = inline_completion if client.has_inline_completion else completion
        suggestions.register(self.server, self.documents, self.completion)

    def request(self, method: str) -> Callable[[Json], Awaitable[Json]] | None:
        return self.server.request(method)

    def notification(self, method: str) -> Callable[[Json], None] | None:
        return self.server.notification(method)

    async def close(self) -> None:
        await self._tasks.close()
        await self.completion.close()
        await self.access.router_models.close()
        await self.upstream.aclose()

    async def status(self, arguments: Sequence[Json]) -> Json:
        return {
            "state": "idle",
            "documents": len(self.documents),
            "problems": [str(problem) for problem in self.settings.resolved.problems],
            "suggestions": asdict(self.completion.offers.tally),
            "answered_by": self.completion.answered_by,
            "has_read_workspace": self.learning.is_done,
        }

    def _settings_changed(self, resolved: Resolved) -> None:
        for key in resolved.settings.secrets():
            self._process.log.redactor.know(key)
        self._process.log.set_level(self._process.log_level or resolved.settings.log.level)
        if resolved.settings != self._settings_before:
            self._settings_before = resolved.settings
            self.completion.start_over()
            self.upstream.breaker.reset()
            self._models_changed(resolved.settings)

    def _models_changed(self, settings: Settings) -> None:
        from foretype.flows.completion.chain import problems_in, uses_router

        self.access.router_models.try_again()
        for sentence in problems_in(settings):
            self._tell(sentence)
        if uses_router(settings):
            self._tasks.start(self._search_token(settings))

    async def _search_token(self, settings: Settings) -> None:
        """What failed with another token may go well with this one."""
        from foretype.backends.endpoint import origin_of

        if await self.access.token.search(settings.token) and settings.router is not None:
            self.upstream.breaker.reset(origin_of(settings.router.url))
            self.access.router_models.start_anew()

    def _writers(self) -> Sequence[Writer]:
        from foretype.flows.completion.chain import writers_of

        return writers_of(self.settings.now, self.access)

    def _is_secret(self, document: Document) -> bool:
        from foretype.documents.exclusion import is_secret
        from foretype.flows.completion.instant import path_of

        return is_secret(path_of(document), self.settings.now.privacy.exclude)

    def _report(self, problem: BackendError) -> None:
        """Tell the user what only they can mend; the rest passes by itself, and the log has it."""
        from foretype.backends.cures import is_up_to_the_user
        from foretype.errors import CircuitOpenError, NotReadyError

        if is_up_to_the_user(problem):
            self.window.tell(f"{type(problem).__name__} {problem.endpoint} {problem.model}", str(problem))
        if not isinstance(problem, (CircuitOpenError, NotReadyError)):
            logger.info("no completion: %s", problem)

    def _tell(self, sentence: str) -> None:
        self.window.tell(sentence, sentence)

    def _document_changed(self, event: Event) -> None:
        from foretype.documents.store import Kind

        if event.kind is Kind.EDITED:
            self.completion.pace.key_pressed()

    async def _follow_config_file(self) -> None:
        """Look at the user's file now and then; its folder may be on a network, so not on this thread."""
        while True:
            await asyncio.sleep(CONFIG_POLL_S)
            if await asyncio.to_thread(self.settings.has_changed):
                self.settings.reread()


def paths_of(uris: Sequence[str]) -> tuple[Path, ...]:
    """The folders on this machine among the client's."""
    from foretype.documents.uri import file_path

    return tuple(Path(path) for uri in uris if (path := file_path(uri)) is not None)


def serve_stdio(
    log_file: Path | None = None, log_level: str | None = None, build: Callable[..., App] = App
) -> NoReturn:
    """Be the language server until the editor is done with it."""
    read_end, write_end = claim_stdio()
    with logging_on(log_level or "info") as log:
        if log_file is not None:
            log.write_to_file(log_file)
        environment = read_environment(os.environ)
        log.redactor.know(*(token.key for token in environment.tokens))
        process = Process(environment, log, log_level)
        serving = serve(read_end, write_end, partial(build, process))
        code = asyncio.new_event_loop().run_until_complete(serving)
    # A thread that is stuck in a read, here or in a foreign library, must not keep the process alive.
    os._exit(code)


async def serve(read_end: int, write_end: int, attach: Attach) -> int:
    return await Host(read_end, write_end, attach).run()
