"""The models and the account: how each model is reached, and whose token it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from foretype.app.ground import Ground
from foretype.backends.activity import Happened
from foretype.backends.endpoint import origin_of
from foretype.config.settings import Role, Settings
from foretype.flows.access import hub_of, leaves_a_choice, places_of, uses_router
from foretype.flows.account import Account
from foretype.flows.checks import Checks, Subject
from foretype.flows.completion.chain import problems_in
from foretype.flows.completion.situation import Situation
from foretype.flows.conversing.answerers import answerers_of
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Answerer
from foretype.flows.model_access import ModelAccess, Owner
from foretype.flows.providers.budget import Spending
from foretype.flows.providers.selection import Selection
from foretype.flows.recovery import account_subjects, model_subjects
from foretype.flows.token_places import TokenPlaces
from foretype.flows.whoami import WhoAmI
from foretype.lsp import account, models, stats
from foretype.lsp.commands import Command
from foretype.postprocess.suggestion import Suggestion

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
        owner = Owner(
            settings=lambda: ground.settings.now,
            know=ground.log.redactor.know,
            tell=ground.tell,
            report=ground.report,
            found=ears.found,
            suggest=ears.suggest,
        )
        self.reach = ModelAccess(environment, folders, upstream, owner)
        self.access, self.knowledge, self.token = self.reach.access, self.reach.knowledge, self.reach.token
        self.registry = self.reach.registry
        self.conversing = Conversing(self._answerers, ground.report)
        self.checks = Checks(self._subjects, ground.tasks.start)
        self.account = Account(
            self.token,
            WhoAmI(upstream.connections, folders.cache),
            hub=lambda token: hub_of(ground.settings.now, token, environment),
            renewed=self._token_renewed,
            changed=self._account_changed,
            start=ground.tasks.start,
        )
        self.selection = Selection(self.registry, self._chosen_anew)
        places = TokenPlaces(folders.key_file)
        self._sign_in = account.SignIn(
            ground.server, ground.client, ground.settings, self.account, self.token, places, ground.tasks
        )
        account.register(ground.server, self._sign_in)
        upstream.activity.observe(self.account.heed)
        upstream.activity.observe(self._heed)
        ground.documents.observe(lambda event: self.checks.stir())

    def commands(self) -> dict[str, Command]:
        server, folders = self._ground.server, self._ground.folders
        return {
            **account.commands_of(self._sign_in),
            **models.commands_of(server, self.registry, self.selection),
            **stats.commands_of(server, folders.history_file, self.spending),
        }

    def start(self) -> None:
        self.reach.history.start()
        self._ground.tasks.start(self._learn())
        self._ground.tasks.start(self.reach.on_disk.follow(self._is_back))

    def spending(self) -> Spending:
        return self.knowledge.spending(self._ground.settings.now.budget)

    def settings_changed(self, settings: Settings) -> None:
        self.reach.try_again()
        for sentence in problems_in(settings, self._ground.environment):
            self._ground.tell(sentence)
        is_needed = uses_router(settings, self.knowledge.choices)
        if is_needed or leaves_a_choice(settings):
            self._ground.tasks.start(self._renew_account(settings, is_needed))

    async def close(self) -> None:
        await self.reach.close()

    def _heed(self, happened: Happened) -> None:
        self.checks.stir()
        if happened.error is not None:
            self.checks.heed()
        self._ears.changed()

    def _account_changed(self) -> None:
        self.checks.heed()
        self._ears.changed()

    def _subjects(self) -> Iterator[Subject]:
        registry = self.registry()
        yield from model_subjects(registry, self._is_back)
        yield from account_subjects(self.account, registry)

    def _is_back(self) -> None:
        self._ears.found()
        self._ears.changed()

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
            if self.token.key is not None and self.registry().uses_router():
                await self.knowledge.remote.fill_in(places_of(settings, self.access))

    def _answerers(self, role: Role) -> Sequence[Answerer]:
        return answerers_of(self._ground.settings.now, role, self.access)

    def _token_renewed(self) -> None:
        """What failed with another token may go well with this one."""
        router = self._ground.settings.now.router
        if router is not None:
            self._ground.upstream.breaker.reset(origin_of(router.url))
            self.reach.router_models.start_anew()
            self._ears.found()
