"""The account's states, and what leads from one to the next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from foretype.backends.activity import Happened, Step
from foretype.backends.cures import HUGGING_FACE
from foretype.backends.endpoint import Endpoint
from foretype.backends.failures import make
from foretype.backends.whoami import Identity
from foretype.config.environment import Environment
from foretype.errors import (
    BackendError,
    CertificateError,
    DeadlineExceededError,
    ForbiddenError,
    ModelNotServedError,
    OfflineError,
    PaymentRequiredError,
    ProxyError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from foretype.flows import token as token_module
from foretype.flows.account import BILLING_PAGE, LOGIN_PAGE, NOBODY, Account, State
from foretype.flows.token import Token
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.keys.origin import parse_origin

URL = "https://hub.example"
FIRST, SECOND = Key("hf_" + "a" * 20 + "0001"), Key("hf_" + "b" * 20 + "0002")
ADA = Identity("ada", ("acme",), may_call_models=True)


def endpoint(key: Key | None = FIRST, name: str = HUGGING_FACE) -> Endpoint:
    return Endpoint(name, URL, "openai", key=BoundKey(key, parse_origin(URL)) if key else None)


def error(kind: type[BackendError]) -> BackendError:
    return make(kind, endpoint(), "")


@dataclass
class Hub:
    """Says of each token what it was told to; an event holds the answer back."""

    answers: dict[Key, Identity | BackendError] = field(default_factory=dict)
    before: dict[Key, Identity] = field(default_factory=dict)
    asked: list[tuple[Key, bool]] = field(default_factory=list)
    forgotten: list[Key] = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, hub: Endpoint, key: Key, *, afresh: bool = False) -> Identity:
        self.asked.append((key, afresh))
        await self.may_answer.wait()
        answer = self.answers[key]
        if isinstance(answer, BackendError):
            raise answer
        return answer

    async def remembered(self, hub: Endpoint, key: Key) -> Identity | None:
        return self.before.get(key)

    async def forget(self, hub: Endpoint, key: Key) -> None:
        self.forgotten.append(key)


class Desk:
    """An account, the Hub behind it, and what was heard of it."""

    def __init__(self) -> None:
        self.hub = Hub({FIRST: ADA, SECOND: Identity("grace")})
        self.hub.may_answer.set()
        self.states: list[str] = []
        self.renewals = 0
        self.has_hub = True
        self.token = Token(Environment(), lambda key: None, lambda sentence: None)
        self._tasks: set[asyncio.Task[None]] = set()
        self.account = Account(
            self.token,
            self.hub,
            lambda key: endpoint(key) if self.has_hub else None,
            renewed=self._renewed,
            changed=lambda: self.states.append(self.account.view.state.value),
            start=self._start,
        )

    def _renewed(self) -> None:
        self.renewals += 1

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(asyncio.ensure_future(work))

    async def settled(self) -> None:
        await asyncio.gather(*self._tasks)

    def hears(
        self, problem: type[BackendError] | None = None, at: Endpoint | None = None, step: Step = Step.ENDED
    ) -> None:
        at = at or endpoint()
        self.account.heed(Happened(step, at, "m", error(problem) if problem else None))


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_module, "KeyringApart", lambda: None)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_token_connects_and_every_change_is_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "foretype.flows.account"):
        await desk.account.renew(FIRST)
    assert desk.states == ["connecting", "connected"]
    assert caplog.messages == ["account: disconnected → connecting", "account: connecting → connected"]
    view = desk.account.view
    assert (view.identity, view.token, view.source, view.is_good) == (ADA, "hf_…0001", "settings", True)
    assert desk.renewals == 1


async def test_without_a_token_nobody_is_asked(desk: Desk) -> None:
    await desk.account.renew(None)
    assert desk.account.view == NOBODY
    assert (desk.hub.asked, desk.renewals) == ([], 0)


async def test_the_same_good_token_is_not_asked_about_again(desk: Desk) -> None:
    await desk.account.renew(FIRST)
    await desk.account.renew(FIRST)
    assert desk.hub.asked == [(FIRST, False)]
    await desk.account.renew(FIRST, afresh=True)
    assert desk.hub.asked[1:] == [(FIRST, True)]


async def test_what_the_user_mended_is_tried_again_with_the_same_token(desk: Desk) -> None:
    await desk.account.renew(FIRST)
    desk.hears(ForbiddenError)
    await desk.account.renew(FIRST, afresh=True)
    assert (desk.account.view.is_good, desk.renewals) == (True, 2)


@pytest.mark.parametrize(
    ("problem", "state", "link"),
    [
        (UnauthorizedError, State.DISCONNECTED, LOGIN_PAGE),
        (RateLimitedError, State.LIMITED, ""),
        (OfflineError, State.OFFLINE, ""),
        (ProxyError, State.OFFLINE, ""),
        (DeadlineExceededError, State.OFFLINE, ""),
        (UnavailableError, State.OFFLINE, ""),
    ],
)
async def test_a_check_that_fails(desk: Desk, problem: type[BackendError], state: State, link: str) -> None:
    desk.hub.answers[FIRST] = error(problem)
    await desk.account.renew(FIRST)
    view = desk.account.view
    assert (view.state, view.problem, view.link) == (state, str(error(problem)), link)
    assert view.identity is None


async def test_what_was_known_before_stands_while_the_hub_cannot_be_asked(desk: Desk) -> None:
    desk.hub.before[FIRST] = ADA
    desk.hub.answers[FIRST] = error(OfflineError)
    await desk.account.renew(FIRST)
    assert (desk.account.view.state, desk.account.view.identity) == (State.OFFLINE, ADA)
    desk.hub.answers[FIRST] = error(RateLimitedError)
    await desk.account.renew(FIRST)
    assert (desk.account.view.state, desk.account.view.identity) == (State.CONNECTED, ADA)


async def test_a_hub_that_is_out_of_bounds_is_not_asked(desk: Desk) -> None:
    desk.has_hub = False
    await desk.account.renew(FIRST)
    assert "HF_ENDPOINT" in desk.account.view.problem
    assert desk.hub.asked == []


@pytest.mark.parametrize("may", [None, True, False])
async def test_only_a_known_lack_of_the_permission_is_a_problem(desk: Desk, may: bool | None) -> None:
    desk.hub.answers[FIRST] = Identity("ada", may_call_models=may)
    await desk.account.renew(FIRST)
    view = desk.account.view
    assert (view.state, view.is_good, view.link) == (
        State.CONNECTED,
        may is not False,
        LOGIN_PAGE if may is False else "",
    )


@pytest.mark.parametrize(
    ("problem", "state", "link"),
    [
        (UnauthorizedError, State.DISCONNECTED, LOGIN_PAGE),
        (ForbiddenError, State.CONNECTED, LOGIN_PAGE),
        (PaymentRequiredError, State.LIMITED, BILLING_PAGE),
        (RateLimitedError, State.LIMITED, ""),
        (OfflineError, State.OFFLINE, ""),
        (CertificateError, State.OFFLINE, ""),
    ],
)
async def test_what_the_router_refuses_changes_the_state_until_it_answers(
    desk: Desk, problem: type[BackendError], state: State, link: str
) -> None:
    await desk.account.renew(FIRST)
    desk.hears(problem)
    view = desk.account.view
    assert (view.state, view.problem, view.link) == (state, str(error(problem)), link)
    assert not view.is_good
    desk.hears(step=Step.ANSWERED)
    view = desk.account.view
    assert (view.state, view.problem, view.link, view.is_good) == (State.CONNECTED, "", "", True)
    await desk.settled()


@pytest.mark.parametrize("problem", [ModelNotServedError, UnavailableError, DeadlineExceededError])
async def test_what_is_the_models_own_trouble_is_none_of_the_account(
    desk: Desk, problem: type[BackendError]
) -> None:
    await desk.account.renew(FIRST)
    desk.hears(problem)
    assert desk.account.view.is_good


@pytest.mark.parametrize(
    "at", [endpoint(SECOND), endpoint(None), endpoint(FIRST, "lab")], ids=["another token", "none", "a lab"]
)
async def test_what_was_not_sent_with_this_token_says_nothing_of_it(desk: Desk, at: Endpoint) -> None:
    await desk.account.renew(FIRST)
    desk.hears(UnauthorizedError, at)
    assert desk.account.view.is_good


@pytest.mark.parametrize("problem", [UnauthorizedError, ForbiddenError])
async def test_a_token_that_the_router_refuses_is_asked_about_anew(
    desk: Desk, problem: type[BackendError]
) -> None:
    await desk.account.renew(FIRST)
    desk.hears(problem)
    await desk.settled()
    assert desk.hub.forgotten == [FIRST]


async def test_a_check_that_still_runs_does_not_undo_what_the_router_said(desk: Desk) -> None:
    desk.hub.may_answer.clear()
    check = asyncio.ensure_future(desk.account.renew(FIRST))
    while not desk.hub.asked:
        await asyncio.sleep(0)
    desk.hears(UnauthorizedError)
    desk.hub.may_answer.set()
    await check
    assert desk.account.view.state is State.DISCONNECTED
    await desk.settled()


async def test_a_newer_token_takes_over(desk: Desk) -> None:
    desk.hub.may_answer.clear()
    older = asyncio.ensure_future(desk.account.renew(FIRST))
    while not desk.hub.asked:
        await asyncio.sleep(0)
    newer = asyncio.ensure_future(desk.account.renew(SECOND))
    while len(desk.hub.asked) < 2:
        await asyncio.sleep(0)
    desk.hub.may_answer.set()
    await asyncio.gather(older, newer)
    identity = desk.account.view.identity
    assert identity is not None
    assert identity.user == "grace"


async def test_a_token_of_the_editor_comes_first_until_it_is_taken_back(desk: Desk) -> None:
    desk.token.hand_over(SECOND)
    await desk.account.renew(FIRST)
    assert (desk.account.view.source, desk.account.view.token) == ("editor", "hf_…0002")
    desk.token.hand_over(None)
    await desk.account.renew(FIRST)
    assert (desk.account.view.source, desk.account.view.token) == ("settings", "hf_…0001")
