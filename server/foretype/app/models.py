"""The models and the account: how each model is reached, and whose token it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from foretype.app.ground import Ground
from foretype.backends.agreement import Agreements
from foretype.backends.endpoint import origin_of
from foretype.backends.local import LocalModels
from foretype.config.settings import Role, Settings
from foretype.engine.client import Engine
from foretype.flows.access import Access, hub_of, leaves_a_choice, places_of, uses_router
from foretype.flows.account import Account
from foretype.flows.completion import router_models
from foretype.flows.completion.chain import problems_in
from foretype.flows.completion.situation import Situation
from foretype.flows.conversing.answerers import answerers_of
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Answerer
from foretype.flows.local_file import CheckedFiles, local_files
from foretype.flows.providers.budget import Spending
from foretype.flows.providers.choices import Choices
from foretype.flows.providers.knowledge import Knowledge, Notices
from foretype.flows.providers.on_disk import OnDisk
from foretype.flows.providers.registry import Registry
from foretype.flows.providers.remote_models import RemoteModels
from foretype.flows.providers.selection import Selection
from foretype.flows.token import Token
from foretype.flows.token_places import TokenPlaces
from foretype.flows.whoami import WhoAmI
from foretype.lsp import account, models, stats
from foretype.lsp.commands import Command
from foretype.postprocess.suggestion import Suggestion
from foretype.stats.history import History

SEARCH_AFTER_S = 1.0
LIST_AFTER_S = 60.0


@dataclass(frozen=True)
class Ears:
    """Who hears of it: `found` where a model can be asked that could not, `start_over` where another may
    answer, `changed` where the status is another; and `suggest`, who speaks where no model does."""

    found: Callable[[], None]
    start_over: Callable[[], None]
    changed: Callable[[], None]
    suggest: Callable[[Situation], Suggestion | None]


class Models:
    def __init__(self, ground: Ground, ears: Ears) -> None:
        self._ground = ground
        self._ears = ears
        environment, upstream, folders = ground.environment, ground.upstream, ground.folders
        self.token = Token(environment, ground.log.redactor.know, ground.tell, folders.key_file)
        hears = router_models.Ears(ears.found, ground.report, ground.tell)
        self.router_models = router_models.RouterModels(upstream, folders.cache, hears)
        self.local = LocalModels(
            Engine(environment),
            lambda: ground.settings.now.local,
            ground.tell,
            upstream.activity,
            Agreements(folders.state),
        )
        find_files = partial(local_files, environment, folders.models)
        self.on_disk = OnDisk(find_files)
        self.history = History(folders.history_file)
        self.knowledge = Knowledge(
            RemoteModels(upstream.connections, folders.cache),
            self.history,
            choices=Choices(folders.state),
            local_models=self.on_disk.now,
            workspace=ears.suggest,
            notices=Notices(ground.tell),
        )
        files = CheckedFiles(find_files)
        self.access = Access(
            environment, upstream, self.token, self.router_models, self.local, files, self.knowledge
        )
        self.conversing = Conversing(self._answerers, ground.report)
        self.account = Account(
            self.token,
            WhoAmI(upstream.connections, folders.cache),
            hub=lambda token: hub_of(ground.settings.now, token, environment),
            renewed=self._token_renewed,
            changed=ears.changed,
            start=ground.tasks.start,
        )
        places = TokenPlaces(folders.key_file)
        self._sign_in = account.SignIn(
            ground.server, ground.client, ground.settings, self.account, self.token, places, ground.tasks
        )
        account.register(ground.server, self._sign_in)
        upstream.activity.observe(self.account.heed)
        upstream.activity.observe(lambda happened: ears.changed())

    def commands(self) -> dict[str, Command]:
        server, folders = self._ground.server, self._ground.folders
        return {
            **account.commands_of(self._sign_in),
            **models.commands_of(server, self.registry, Selection(self.registry, self._chosen_anew)),
            **stats.commands_of(server, folders.history_file, self.spending),
        }

    def start(self) -> None:
        self.history.start()
        self._ground.tasks.start(self._learn())
        self._ground.tasks.start(self.on_disk.follow())

    def registry(self) -> Registry:
        return Registry(self._ground.settings.now, self.access)

    def spending(self) -> Spending:
        """What Hugging Face's models have taken, beside what they may."""
        return Spending(self.history, self._ground.settings.now.budget)

    def settings_changed(self, settings: Settings) -> None:
        """What failed under other settings may go well under these."""
        self._ground.upstream.breaker.reset()
        self.router_models.try_again()
        self.local.engine.restarts.reset()
        for sentence in problems_in(settings, self._ground.environment):
            self._ground.tell(sentence)
        is_needed = uses_router(settings, self.knowledge.choices)
        if is_needed or leaves_a_choice(settings):
            self._ground.tasks.start(self._renew_account(settings, is_needed))

    async def close(self) -> None:
        await self.router_models.close()
        await self.local.close()
        await self.knowledge.remote.close()
        await asyncio.to_thread(self.history.close)

    def _chosen_anew(self) -> None:
        self._ears.start_over()
        self.settings_changed(self._ground.settings.now)
        self._ears.changed()

    async def _renew_account(self, settings: Settings, is_needed: bool) -> None:
        if not is_needed:  # the first suggestions are worth more than a model that nobody has named
            await asyncio.sleep(SEARCH_AFTER_S)
        await self.account.renew(settings.token, is_needed=is_needed)

    async def _learn(self) -> None:
        """What the router's models cost and read, once one is in use and the start is over."""
        while True:
            await asyncio.sleep(LIST_AFTER_S)
            settings = self._ground.settings.now
            if uses_router(settings, self.knowledge.choices) and self.token.key is not None:
                await self.knowledge.remote.fill_in(places_of(settings, self.access))

    def _answerers(self, role: Role) -> Sequence[Answerer]:
        return answerers_of(self._ground.settings.now, role, self.access)

    def _token_renewed(self) -> None:
        """What failed with another token may go well with this one."""
        router = self._ground.settings.now.router
        if router is not None:
            self._ground.upstream.breaker.reset(origin_of(router.url))
            self.router_models.start_anew()
            self._ears.found()
