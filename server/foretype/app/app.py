"""One editor's server, put together of its parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from foretype.app.completing import Completing
from foretype.app.ground import Ground
from foretype.app.local import Local
from foretype.app.models import Ears, Models
from foretype.config.environment import Environment
from foretype.config.parser_apart import ParserApart
from foretype.config.resolve import Resolved
from foretype.config.settings import Settings
from foretype.flows.completion.situation import Situation
from foretype.flows.providers.tallying import Tallying
from foretype.log.start import Log
from foretype.lsp import commands, folders, notebook_sync, status, text_sync
from foretype.lsp.client import Client
from foretype.lsp.configuration import Configuration
from foretype.lsp.messages import Json
from foretype.lsp.rpc import Connection
from foretype.lsp.window import WindowLog
from foretype.postprocess.suggestion import Suggestion

if TYPE_CHECKING:
    from foretype.app.asked_for import AskedFor


class App:
    """What the server is made of; each part registers what it serves, and is closed here."""

    def __init__(
        self,
        environment: Environment,
        log: Log,
        log_level: str | None,
        connection: Connection,
        client: Client,
        parser: ParserApart | None = None,
    ) -> None:
        self._log_level = log_level
        self._options = client.options
        self._settings_before: Settings | None = None
        self.ground = ground = Ground(environment, log, connection, client, parser or ParserApart())
        self.models = Models(
            ground, Ears(self._model_found, self._start_over, self._status_changed, self._suggest)
        )
        self.local = Local(ground, self.models, self._model_found)
        self.completing = Completing(ground, self.models.access)
        self._asked_for: AskedFor | None = None
        self.tallying = Tallying(lambda: self.completing.completion.offers.tally, self.models.reach.history)
        self.status = status.StatusBoard(ground.server, self._sources(), is_listened_to=client.hears_status)
        self.commands: dict[str, commands.Command] = {
            **self._status_commands(),
            **self.models.commands(),
            **self.local.commands(),
            **self.completing.commands(),
        }
        text_sync.register(ground.server, ground.documents, self.completing.learning.file_saved)
        notebook_sync.register(ground.server, ground.notebooks)
        folders.register(ground.server, ground.open_folders)
        commands.register(ground.server, self.command)
        log.attach(WindowLog(connection))
        ground.settings.observe(self._settings_changed)
        Configuration(ground.server, client, ground.settings, ground.window, ground.tasks)

    async def start(self) -> None:
        """Take in the settings, without which nothing is served."""
        ground = self.ground
        await ground.settings.start(self._options)
        ground.tasks.start(ground.settings.follow_file())
        ground.tasks.start(self.completing.learning.run())
        ground.tasks.start(self.tallying.run())
        self.models.start()

    async def settled(self) -> None:
        await self.ground.settings.settled()

    def request(self, method: str) -> Callable[[Json], Awaitable[Json]] | None:
        if (served := self.ground.server.request(method)) is None:
            self.asked_for()
            served = self.ground.server.request(method)
        return served

    def command(self, name: str) -> commands.Command | None:
        return self.commands.get(name) or self.asked_for().commands().get(name)

    def asked_for(self) -> AskedFor:
        if self._asked_for is None:
            from foretype.app.asked_for import AskedFor

            self._asked_for = AskedFor(self.ground, self.models)
        return self._asked_for

    def notification(self, method: str) -> Callable[[Json], None] | None:
        return self.ground.server.notification(method)

    async def close(self) -> None:
        self.status.close()
        self.models.checks.close()
        await self.local.close()
        await self.ground.tasks.close()
        self.ground.settings.close()
        await self.completing.close()
        self.tallying.write()
        await self.models.close()
        await self.ground.upstream.aclose()

    def _sources(self) -> status.Sources:
        ground, models, completing = self.ground, self.models, self.completing
        return status.Sources(
            ground.settings,
            completing.switch,
            models.account,
            completing.completion,
            ground.documents,
            completing.learning,
            roles=lambda: models.registry().outlooks(),
            asked_now=lambda: ground.upstream.activity.running,
            needs_account=lambda: models.registry().uses_router(),
            spending=models.spending,
        )

    def _status_commands(self) -> dict[str, commands.Command]:
        ground, switch = self.ground, self.completing.switch
        return status.commands_of(ground.server, self.status, switch, ground.settings, self._switched)

    def _settings_changed(self, resolved: Resolved) -> None:
        log = self.ground.log
        for key in resolved.settings.secrets():
            log.redactor.know(key)
        log.set_level(self._log_level or resolved.settings.log.level)
        if resolved.settings != self._settings_before:
            self._settings_before = resolved.settings
            self.completing.completion.start_over()
            self.models.settings_changed(resolved.settings)
        self._status_changed()

    def _model_found(self) -> None:
        """A model can be asked that could not: it may say more than those before it."""
        self.completing.completion.forget()

    def _start_over(self) -> None:
        self.completing.completion.start_over()

    def _suggest(self, situation: Situation) -> Suggestion | None:
        return self.completing.instant.suggest(situation)

    def _switched(self) -> None:
        self.completing.completion.start_over()
        self._status_changed()

    def _status_changed(self) -> None:
        self.status.changed()
