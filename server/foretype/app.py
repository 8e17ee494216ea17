"""The composition root: builds every object by hand, and owns every lifetime."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from foretype.backends.cures import is_up_to_the_user
from foretype.backends.endpoint import origin_of
from foretype.backends.upstream import Upstream
from foretype.config.environment import Environment
from foretype.config.files import locate
from foretype.config.live import LiveSettings
from foretype.config.resolve import Resolved
from foretype.config.settings import Settings
from foretype.documents.document import Document
from foretype.documents.exclusion import is_secret
from foretype.documents.notebook import Notebooks
from foretype.documents.store import Documents
from foretype.documents.uri import file_path
from foretype.errors import BackendError, CircuitOpenError, NotReadyError
from foretype.flows.access import Access, uses_router
from foretype.flows.completion.chain import first_endpoint, problems_in, writers_of
from foretype.flows.completion.flow import Completion, Surroundings
from foretype.flows.completion.instant import Instant, path_of
from foretype.flows.completion.router_models import Ears, RouterModels
from foretype.flows.completion.warming import Warming
from foretype.flows.completion.writer import Writer
from foretype.flows.learning import Learning
from foretype.flows.token import Token
from foretype.log.start import Log
from foretype.lsp import commands, completion, inline_completion, notebook_sync, status, text_sync
from foretype.lsp.client import Client
from foretype.lsp.configuration import Configuration
from foretype.lsp.messages import Json
from foretype.lsp.rpc import Connection
from foretype.lsp.server import Server
from foretype.lsp.tasks import Tasks
from foretype.lsp.window import Window, WindowLog
from foretype.predictor.predictor import Predictor
from foretype.stream.cursor import Cursor
from foretype.stream.grammars import Grammars
from foretype.stream.structure import Block, block_at

logger = logging.getLogger(__name__)


class App:
    """One editor's server: what it is made of, and how the parts are joined."""

    def __init__(
        self,
        environment: Environment,
        log: Log,
        log_level: str | None,
        connection: Connection,
        client: Client,
    ) -> None:
        self._environment = environment
        self._log = log
        self._log_level = log_level
        self._tasks = Tasks()
        self._settings_before: Settings | None = None
        self._chain: tuple[Settings, Sequence[Writer]] | None = None
        self.documents = Documents(client.encoding)
        self.notebooks = Notebooks(self.documents)
        self.server = Server(connection)
        folders = locate(environment)
        self.settings = LiveSettings(environment, folders)
        self.window = Window(connection)
        self.upstream = Upstream()
        predictor = Predictor()
        self.instant = Instant(predictor, self._is_secret)
        self.learning = Learning(
            predictor, paths_of(client.folders), folders.cache, lambda: self.settings.now.privacy.exclude
        )
        self.grammars = Grammars()
        self.completion = Completion(
            Surroundings(
                settings=lambda: self.settings.now,
                writers=self._writers,
                is_secret=self._is_secret,
                report=self._report,
                is_current=lambda document: self.documents.get(document.uri) is document,
                instant=self.instant.suggest,
                structure=self._structure,
            )
        )
        self.access = self._access(folders.cache)
        self.warming = Warming(
            self.upstream,
            lambda: self.settings.now,
            self._is_secret,
            lambda: first_endpoint(self.settings.now, self.access),
            self.grammars.load,
        )
        self.commands: dict[str, commands.Command] = {
            **status.commands_of(self.settings, self.documents, self.completion, self.learning),
            **inline_completion.commands_of(self.completion),
        }
        log.attach(WindowLog(connection))
        self.settings.observe(self._settings_changed)
        Configuration(self.server, client, self.settings, self.window, self._tasks)
        self._serve(client)
        self.documents.observe(self.instant.follow)
        self.documents.observe(self.completion.follow)
        self.documents.observe(self.warming.follow)
        self.settings.start(client.options)
        self._tasks.start(self.settings.follow_file())
        self._tasks.start(self.learning.run())

    def _access(self, cache: Path | None) -> Access:
        ears = Ears(self.completion.forget, self._report, self._tell)
        token = Token(self._environment, self._log.redactor.know, self._tell)
        return Access(self._environment, self.upstream, token, RouterModels(self.upstream, cache, ears))

    def _serve(self, client: Client) -> None:
        """Give every method its handler."""
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
        await self.warming.close()
        await self.access.router_models.close()
        await self.upstream.aclose()

    def _settings_changed(self, resolved: Resolved) -> None:
        for key in resolved.settings.secrets():
            self._log.redactor.know(key)
        self._log.set_level(self._log_level or resolved.settings.log.level)
        if resolved.settings != self._settings_before:
            self._settings_before = resolved.settings
            self.completion.start_over()
            self.upstream.breaker.reset()
            self._models_changed(resolved.settings)

    def _models_changed(self, settings: Settings) -> None:
        self.access.router_models.try_again()
        for sentence in problems_in(settings):
            self._tell(sentence)
        if uses_router(settings):
            self._tasks.start(self._search_token(settings))

    async def _search_token(self, settings: Settings) -> None:
        """What failed with another token may go well with this one."""
        if await self.access.token.search(settings.token) and settings.router is not None:
            self.upstream.breaker.reset(origin_of(settings.router.url))
            self.access.router_models.start_anew()

    def _writers(self) -> Sequence[Writer]:
        """The chain of models; made anew only where the settings are others."""
        settings = self.settings.now
        if self._chain is None or self._chain[0] is not settings:
            self._chain = settings, writers_of(settings, self.access)
        return self._chain[1]

    def _structure(self, cursor: Cursor) -> Block | None:
        parser = self.grammars.parser(cursor.language)
        return block_at(parser, cursor) if parser else None

    def _is_secret(self, document: Document) -> bool:
        return is_secret(path_of(document), self.settings.now.privacy.exclude)

    def _report(self, problem: BackendError) -> None:
        """Tell the user what only they can mend; the rest passes by itself, and the log has it."""
        if is_up_to_the_user(problem):
            self.window.tell(f"{type(problem).__name__} {problem.endpoint} {problem.model}", str(problem))
        if not isinstance(problem, (CircuitOpenError, NotReadyError)):
            logger.info("no completion: %s", problem)

    def _tell(self, sentence: str) -> None:
        self.window.tell(sentence, sentence)


def paths_of(uris: Sequence[str]) -> tuple[Path, ...]:
    """The folders on this machine among the client's."""
    return tuple(Path(path) for uri in uris if (path := file_path(uri)) is not None)
