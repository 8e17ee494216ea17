"""The user's account at Hugging Face: whose token it is, what it may do, and what stands in its way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Protocol

from foretype.backends.activity import Happened, Step
from foretype.backends.cures import HUGGING_FACE, sentence_for
from foretype.backends.endpoint import Endpoint
from foretype.backends.whoami import Identity
from foretype.errors import (
    BackendError,
    CertificateError,
    ForbiddenError,
    OfflineError,
    PaymentRequiredError,
    ProxyError,
    RateLimitedError,
    UnauthorizedError,
)
from foretype.flows.token import NONE_FOUND, Token
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.keys.token_search import FoundToken

logger = logging.getLogger(__name__)

LOGIN_PAGE = (
    "https://huggingface.co/settings/tokens/new?ownUserPermissions=inference.serverless.write"
    "&tokenType=fineGrained"
)
BILLING_PAGE = "https://huggingface.co/settings/billing"
NO_HUB = "HF_ENDPOINT names no address that can be used, so the token cannot be checked: mend it."


class State(Enum):
    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    LIMITED = "limited"
    OFFLINE = "offline"


@dataclass(frozen=True)
class View:
    """What is known of the account at one moment; `token` is masked, `problem` names the cure."""

    state: State = State.DISCONNECTED
    token: str = ""
    source: str = ""
    identity: Identity | None = None
    problem: str = ""
    link: str = ""

    @property
    def is_good(self) -> bool:
        """Whether models can be called with it, as far as anybody knows."""
        return self.state is State.CONNECTED and not self.problem

    def told(self) -> dict[str, Any]:
        """The account as it is shown to the user and to programs."""
        identity = self.identity
        return {
            "state": self.state.value,
            "token": self.token,
            "source": self.source,
            "user": identity.user if identity else "",
            "organisations": list(identity.organisations) if identity else [],
            "may_call_models": identity.may_call_models if identity else None,
            "problem": self.problem,
            "link": self.link,
        }


NOBODY = View(problem=NONE_FOUND, link=LOGIN_PAGE)

_OUT_OF_REACH = (OfflineError, ProxyError, CertificateError)


class Asking(Protocol):
    """Who answers for a token; see flows/whoami.py."""

    async def ask(self, hub: Endpoint, key: Key, *, afresh: bool = False) -> Identity: ...
    async def remembered(self, hub: Endpoint, key: Key) -> Identity | None: ...
    async def forget(self, hub: Endpoint, key: Key) -> None: ...


async def view_of(found: FoundToken, hub: Endpoint | None, who: Asking, *, afresh: bool = False) -> View:
    """The account behind a token, by what the Hub says, or by what it said last."""
    view = View(State.OFFLINE, found.key.masked, found.source)
    if hub is None:
        return replace(view, problem=NO_HUB)
    try:
        identity = await who.ask(hub, found.key, afresh=afresh)
    except UnauthorizedError as problem:
        return replace(view, state=State.DISCONNECTED, problem=str(problem), link=LOGIN_PAGE)
    except RateLimitedError as problem:
        before = await who.remembered(hub, found.key)
        if before is not None:
            return connected(view, before)
        return replace(view, state=State.LIMITED, problem=str(problem))
    except BackendError as problem:
        before = await who.remembered(hub, found.key)
        return replace(view, identity=before, problem=str(problem))
    return connected(view, identity)


def connected(view: View, identity: Identity) -> View:
    view = replace(view, state=State.CONNECTED, identity=identity)
    if identity.may_call_models is not False:
        return view
    return replace(view, problem=sentence_for(ForbiddenError, HUGGING_FACE, "", None, ""), link=LOGIN_PAGE)


class Account:
    """Owns the view of the account; every change is logged, and told to whoever shows it."""

    def __init__(
        self,
        token: Token,
        who: Asking,
        hub: Callable[[Key], Endpoint | None],
        renewed: Callable[[], None],
        changed: Callable[[], None],
        start: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self.view = View()
        self._token = token
        self._who = who
        self._hub = hub
        self._renewed = renewed
        self._changed = changed
        self._start = start
        self._checks = 0
        self._running = 0
        self._is_settled = asyncio.Event()

    async def settled(self) -> View:
        """The view once no check runs that could change it: one that began later may have taken over."""
        if self._running:
            await self._is_settled.wait()
        return self.view

    async def renew(
        self,
        from_settings: Key | None,
        *,
        afresh: bool = False,
        is_needed: bool = True,
        is_quiet: bool = False,
    ) -> None:
        """Look for the token in every place, and find out whose it is; a newer call takes over.

        What failed with another token may go well with this one, and so may what failed with the same one,
        where it is asked afresh: the user may have mended it. Where it `is_quiet`, only the end of it shows.
        """
        self._running += 1
        self._is_settled.clear()
        try:
            await self._renewed_view(from_settings, afresh, is_needed, is_quiet)
        finally:
            self._running -= 1
            if not self._running:
                self._is_settled.set()

    async def _renewed_view(
        self, from_settings: Key | None, afresh: bool, is_needed: bool, is_quiet: bool
    ) -> None:
        self._checks += 1
        number = self._checks
        is_another = await self._token.search(from_settings, is_needed=is_needed)
        if number != self._checks:
            return
        found = self._token.found
        if is_another:
            self._renewed()
        elif found is not None and self.view.is_good and not afresh:
            return
        if found is None:
            self._become(NOBODY)
            return
        if not is_quiet:
            self._become(View(State.CONNECTING, found.key.masked, found.source))
        view = await view_of(found, self._hub(found.key), self._who, afresh=afresh)
        if number != self._checks:
            return
        self._become(view)
        if afresh and view.is_good and not is_another:
            self._renewed()

    async def passed(self) -> None:
        """The time is over for which fewer requests were asked for."""
        if self.view.state is State.LIMITED:
            self._become(replace(self.view, state=State.CONNECTED, problem="", link=""))

    def heed(self, happened: Happened) -> None:
        """Learn from what the router says to a request that was sent with the token in use."""
        endpoint = happened.endpoint
        if endpoint is None or endpoint.name != HUGGING_FACE or not self._is_sent_with(endpoint):
            return
        if happened.step is Step.ANSWERED:
            self._works()
        elif happened.error is not None:
            self._fails(happened.error)

    def _is_sent_with(self, endpoint: Endpoint) -> bool:
        key = endpoint.key
        return isinstance(key, BoundKey) and key.key == self._token.key

    def _works(self) -> None:
        """A model answered: whatever stood in the way has gone."""
        if self.view.is_good or self.view.state is State.CONNECTING:
            return
        identity = self.view.identity
        if identity is not None:
            identity = replace(identity, may_call_models=True)
        self._become(replace(self.view, state=State.CONNECTED, identity=identity, problem="", link=""))

    def _fails(self, problem: BackendError) -> None:
        view = replace(self.view, problem=str(problem), link="")
        if isinstance(problem, UnauthorizedError):
            # A check that still runs may answer with what was true before.
            self._checks += 1
            self._become(replace(view, state=State.DISCONNECTED, identity=None, link=LOGIN_PAGE))
            self._forget()
        elif isinstance(problem, ForbiddenError):
            self._checks += 1
            identity = view.identity and replace(view.identity, may_call_models=False)
            self._become(replace(view, state=State.CONNECTED, identity=identity, link=LOGIN_PAGE))
            self._forget()
        elif isinstance(problem, PaymentRequiredError):
            self._become(replace(view, state=State.LIMITED, link=BILLING_PAGE))
        elif isinstance(problem, RateLimitedError):
            self._become(replace(view, state=State.LIMITED))
        elif isinstance(problem, _OUT_OF_REACH):
            self._become(replace(view, state=State.OFFLINE))

    def _forget(self) -> None:
        """What the Hub said of this token holds no more."""
        key = self._token.key
        hub = self._hub(key) if key is not None else None
        if key is not None and hub is not None:
            self._start(self._who.forget(hub, key))

    def _become(self, view: View) -> None:
        if view == self.view:
            return
        if view.state is not self.view.state:
            logger.info("account: %s → %s", self.view.state.value, view.state.value)
        self.view = view
        self._changed()
