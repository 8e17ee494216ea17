"""The models and the account: how each model is reached, and whose token it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from foretype.app.ground import Ground
from foretype.backends.endpoint import origin_of
from foretype.backends.local import LocalModels
from foretype.config.settings import Role, Settings
from foretype.engine.client import Engine
from foretype.flows.access import Access, hub_of, uses_router
from foretype.flows.account import Account
from foretype.flows.completion.chain import problems_in
from foretype.flows.completion.router_models import Ears, RouterModels
from foretype.flows.conversing.answerers import answerers_of
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Answerer
from foretype.flows.token import Token
from foretype.flows.token_places import TokenPlaces
from foretype.flows.whoami import WhoAmI
from foretype.lsp import account
from foretype.lsp.commands import Command


class Models:
    """`found` is called where a model can be asked that could not, `changed` where the status is another."""

    def __init__(self, ground: Ground, found: Callable[[], None], changed: Callable[[], None]) -> None:
        self._ground = ground
        environment, upstream, folders = ground.environment, ground.upstream, ground.folders
        ears = Ears(found, ground.report, ground.tell)
        self.token = Token(environment, ground.log.redactor.know, ground.tell, folders.key_file)
        self.router_models = RouterModels(upstream, folders.cache, ears)
        self.local = LocalModels(Engine(environment), lambda: ground.settings.now.local, ground.tell)
        self.access = Access(environment, upstream, self.token, self.router_models, self.local)
        self.conversing = Conversing(self._answerers, ground.report)
        self.account = Account(
            self.token,
            WhoAmI(upstream.connections, folders.cache),
            hub=lambda token: hub_of(ground.settings.now, token, environment),
            renewed=self._token_renewed,
            changed=changed,
            start=ground.tasks.start,
        )
        places = TokenPlaces(folders.key_file)
        self._sign_in = account.SignIn(
            ground.server, ground.client, ground.settings, self.account, self.token, places, ground.tasks
        )
        account.register(ground.server, self._sign_in)
        upstream.activity.observe(self.account.heed)
        upstream.activity.observe(lambda happened: changed())

    def commands(self) -> dict[str, Command]:
        return account.commands_of(self._sign_in)

    def settings_changed(self, settings: Settings) -> None:
        """What failed under other settings may go well under these."""
        self._ground.upstream.breaker.reset()
        self.router_models.try_again()
        self.local.engine.restarts.reset()
        for sentence in problems_in(settings):
            self._ground.tell(sentence)
        if uses_router(settings):
            self._ground.tasks.start(self.account.renew(settings.token))

    async def close(self) -> None:
        await self.router_models.close()
        await self.local.close()

    def _answerers(self, role: Role) -> Sequence[Answerer]:
        return answerers_of(self._ground.settings.now, role, self.access)

    def _token_renewed(self) -> None:
        """What failed with another token may go well with this one."""
        router = self._ground.settings.now.router
        if router is not None:
            self._ground.upstream.breaker.reset(origin_of(router.url))
            self.router_models.start_anew()
