"""The composition root: builds every object by hand, and owns every lifetime."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from foretype.backends.cures import is_up_to_the_user
from foretype.backends.endpoint import origin_of
from foretype.backends.upstream import Upstream
from foretype.config.environment import Environment
from foretype.config.files import Folders, locate
from foretype.config.live import LiveSettings
from foretype.config.resolve import Resolved
from foretype.config.settings import Settings
from foretype.documents.document import Document
from foretype.documents.exclusion import is_secret
from foretype.documents.notebook import Notebooks
from foretype.documents.store import Documents, Event, Kind
from foretype.documents.uri import file_path
from foretype.errors import BackendError, CircuitOpenError, NotReadyError
from foretype.flows.access import Access, hub_of, uses_router
from foretype.flows.account import Account
from foretype.flows.acting.actions import actions
from foretype.flows.acting.answering import Answering
from foretype.flows.completion.chain import problems_in, writers_of
from foretype.flows.completion.flow import Completion, Surroundings
from foretype.flows.completion.instant import Instant, path_of
from foretype.flows.completion.router_models import Ears, RouterModels
from foretype.flows.completion.writer import Writer
from foretype.flows.conversing.answerers import answerers_of
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.editing.flow import Editing
from foretype.flows.learning import Learning
from foretype.flows.roles import chosen
from foretype.flows.switch import Switch
from foretype.flows.token import Token
from foretype.flows.token_places import TokenPlaces
from foretype.flows.whoami import WhoAmI
from foretype.log.start import Log
from foretype.lsp import account, commands, completion, inline_completion, notebook_sync, status, text_sync
from foretype.lsp.client import Client
from foretype.lsp.code_actions import CodeActions, never_for
from foretype.lsp.configuration import Configuration
from foretype.lsp.editing import Edits
from foretype.lsp.messages import Json
from foretype.lsp.rpc import Connection
from foretype.lsp.server import Server
from foretype.lsp.tasks import Tasks
from foretype.lsp.window import Window, WindowLog
from foretype.lsp.work_done import WorkDone
from foretype.predictor.predictor import Predictor

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
        self.documents = Documents(client.encoding)
        self.notebooks = Notebooks(self.documents)
        self.server = Server(connection)
        folders = locate(environment)
        self.settings = LiveSettings(environment, folders)
        self.window = Window(connection)
        self.upstream = Upstream()
        self.switch = Switch()
        predictor = Predictor()
        self.instant = Instant(predictor, self._is_secret)
        self.learning = Learning(
            predictor, paths_of(client.folders), folders.cache, lambda: self.settings.now.privacy.exclude
        )
        self.completion = Completion(
            Surroundings(
                settings=lambda: self.switch.over(self.settings.now),
                writers=self._writers,
                is_secret=self._is_secret,
                report=self._report,
                is_current=lambda document: self.documents.get(document.uri) is document,
                instant=self.instant.suggest,
            )
        )
        self.access = self._access(folders)
        self.account = self._account(folders.cache)
        self.status = status.StatusBoard(self.server, self._sources(), is_listened_to=client.hears_status)
        places = TokenPlaces(folders.key_file)
        self.sign_in = account.SignIn(
            self.server, client, self.settings, self.account, self.access.token, places, self._tasks
        )
        self.conversing = Conversing(
            lambda role: answerers_of(self.settings.now, role, self.access), self._report
        )
        self.commands = self._commands(client, folders)
        log.attach(WindowLog(connection))
        self.settings.observe(self._settings_changed)
        Configuration(self.server, client, self.settings, self.window, self._tasks)
        self._serve(client)
        self.documents.observe(self.instant.follow)
        self.documents.observe(self._document_changed)
        self.upstream.activity.observe(self.account.heed)
        self.upstream.activity.observe(lambda happened: self._status_changed())
        self.settings.start(client.options)
        self._tasks.start(self.settings.follow_file())
        self._tasks.start(self.learning.run())

    def _commands(self, client: Client, folders: Folders) -> dict[str, commands.Command]:
        return {
            **status.commands_of(self.server, self.status, self.switch, self.settings, self._switched),
            **account.commands_of(self.sign_in),
            **inline_completion.commands_of(self.completion),
            **self._edit_commands(client, folders),
        }

    def _edit_commands(self, client: Client, folders: Folders) -> dict[str, commands.Command]:
        """Edits and code actions, and the commands that make them."""
        editing = Editing(self.documents, self.conversing, self._is_secret)
        work_done = WorkDone(self.server, client)
        edits = Edits(self.server, client, self.documents, editing, self.window, work_done)
        answers = folders.state / "answers" if folders.state else None
        code_actions = CodeActions(
            self.server,
            client,
            edits,
            Answering(self.conversing, self._is_secret, answers),
            self.window,
            work_done,
            lambda: actions(self.settings.now.actions),
            never_for(self._is_secret, lambda: self.settings.now),
        )
        return {**edits.commands(), **code_actions.commands()}

    def _access(self, folders: Folders) -> Access:
        ears = Ears(self.completion.forget, self._report, self._tell)
        token = Token(self._environment, self._log.redactor.know, self._tell, folders.key_file)
        models = RouterModels(self.upstream, folders.cache, ears)
        return Access(self._environment, self.upstream, token, models)

    def _account(self, cache: Path | None) -> Account:
        return Account(
            self.access.token,
            WhoAmI(self.upstream.connections, cache),
            hub=lambda token: hub_of(self.settings.now, token, self._environment),
            renewed=self._token_renewed,
            changed=self._status_changed,
            start=self._tasks.start,
        )

    def _sources(self) -> status.Sources:
        return status.Sources(
            self.settings,
            self.switch,
            self.account,
            self.completion,
            self.documents,
            self.learning,
            roles=lambda: chosen(self.settings.now, self.access.token.key, self.upstream.breaker),
            asked_now=lambda: self.upstream.activity.running,
            needs_account=lambda: uses_router(self.settings.now),
        )

    def _serve(self, client: Client) -> None:
        """Give every method its handler."""
        text_sync.register(self.server, self.documents, self.learning.file_saved)
        notebook_sync.register(self.server, self.notebooks)
        commands.register(self.server, self.commands)
        account.register(self.server, self.sign_in)
        suggestions = inline_completion if client.has_inline_completion else completion
        suggestions.register(self.server, self.documents, self.completion)

    def request(self, method: str) -> Callable[[Json], Awaitable[Json]] | None:
        return self.server.request(method)

    def notification(self, method: str) -> Callable[[Json], None] | None:
        return self.server.notification(method)

    async def close(self) -> None:
        self.status.close()
        await self._tasks.close()
        await self.completion.close()
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
        self._status_changed()

    def _models_changed(self, settings: Settings) -> None:
        self.access.router_models.try_again()
        for sentence in problems_in(settings):
            self._tell(sentence)
        if uses_router(settings):
            self._tasks.start(self.account.renew(settings.token))

    def _token_renewed(self) -> None:
        """What failed with another token may go well with this one."""
        router = self.settings.now.router
        if router is not None:
            self.upstream.breaker.reset(origin_of(router.url))
            self.access.router_models.start_anew()

    def _switched(self) -> None:
        self.completion.start_over()
        self._status_changed()

    def _status_changed(self) -> None:
        self.status.changed()

    def _writers(self) -> Sequence[Writer]:
        return writers_of(self.settings.now, self.access)

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

    def _document_changed(self, event: Event) -> None:
        if event.kind is Kind.EDITED:
            self.completion.pace.key_pressed()


def paths_of(uris: Sequence[str]) -> tuple[Path, ...]:
    """The folders on this machine among the client's."""
    return tuple(Path(path) for uri in uris if (path := file_path(uri)) is not None)
