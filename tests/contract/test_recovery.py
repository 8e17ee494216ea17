"""What failed is found to work again by free questions: what is asked, and what the answers mean."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

import pytest

from foretype.backends.agreement import Agreements
from foretype.backends.breaker import CircuitBreaker, Place
from foretype.backends.endpoint import Endpoint, origin_of
from foretype.backends.failures import make
from foretype.backends.file_models import file_models
from foretype.backends.upstream import Upstream
from foretype.config import settings as config
from foretype.config.environment import read_environment
from foretype.config.settings import LocalSettings, ModelSettings, Settings
from foretype.errors import (
    BackendError,
    ForbiddenError,
    OfflineError,
    PaymentRequiredError,
    RateLimitedError,
    UnauthorizedError,
)
from foretype.flows.access import Access
from foretype.flows.account import BILLING_PAGE, Account, State, View
from foretype.flows.checks import Subject
from foretype.flows.completion.router_models import Ears, RouterModels
from foretype.flows.local_file import CheckedFiles, local_files
from foretype.flows.providers.registry import Registry
from foretype.flows.recovery import ACCOUNT_FIRST_S, account_subjects, model_subjects
from foretype.flows.token import Token
from foretype.keys.key import Key
from foretype.keys.origin import parse_address
from foretype.keys.token_search import FoundToken

from contract.hugging_face import HuggingFace, hugging_face, router_row
from contract.upstream import Script, serving
from contract.upstream import Upstream as Server

HOSTED, OWN = "hf:acme/coder", "lab:coder"


@dataclass
class Here:
    """One registry with a server of the user's own and a router, both on loopback."""

    access: Access
    settings: Settings
    found: list[str] = field(default_factory=list)

    @property
    def registry(self) -> Registry:
        return Registry(self.settings, self.access)

    def fails(self, kind: type[BackendError], model: str) -> None:
        url = self.settings.endpoints["lab"].address.url
        name = "lab"
        if model == HOSTED:
            assert self.settings.router is not None
            url, name = self.settings.router.url, "hf"
        endpoint = Endpoint(name, url, "openai")
        with (
            pytest.raises(kind),
            self.access.upstream.breaker.guard(Place(origin_of(url), model.partition(":")[2], "")),
        ):
            raise make(kind, endpoint, model.partition(":")[2])

    def subjects(self) -> dict[str, Subject]:
        subjects = model_subjects(self.registry, lambda: self.found.append("found"))
        return {subject.name: subject for subject in subjects}

    def order(self) -> list[str]:
        return [str(model) for model in self.registry.in_turn("chat")]


@pytest.fixture
async def hf() -> AsyncIterator[HuggingFace]:
    async with hugging_face() as hf:
        yield hf


@pytest.fixture
async def lab() -> AsyncIterator[Server]:
    async with serving() as lab:
        yield lab


@pytest.fixture
async def here(hf: HuggingFace, lab: Server) -> AsyncIterator[Here]:
    environment = read_environment({})
    upstream = Upstream(breaker=CircuitBreaker(jitter=lambda: 0.0))
    token = Token(environment, lambda key: None, lambda sentence: None)
    token.found = FoundToken(Key("hf_" + "a" * 20), "HF_TOKEN")
    local = file_models(environment, LocalSettings, lambda sentence: None, upstream, Agreements())
    ears = Ears(lambda: None, lambda problem: None, lambda sentence: None)
    files = CheckedFiles(partial(local_files, environment, None))
    settings = Settings(
        models=ModelSettings(complete=(OWN,), edit=(OWN,), chat=(OWN, HOSTED)),
        endpoints=MappingProxyType({"lab": config.Endpoint("lab", parse_address(lab.origin))}),
        router=parse_address(hf.router.origin),
    )
    access = Access(environment, upstream, token, RouterModels(upstream, None, ears), local, files)
    yield Here(access, settings)
    await upstream.aclose()


def answers(status: str, content: object) -> Script:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return lambda visit: visit.answer(status, body)


@pytest.mark.parametrize(
    ("status", "content"),
    [
        ("503 Unavailable", {}),
        ("429 Too Many Requests", {}),
        ("302 Found", b""),
        ("200 OK", b"<html>Log in to this network</html>"),
    ],
)
async def test_a_server_that_is_not_at_work_stays_passed_over(
    here: Here, lab: Server, status: str, content: object
) -> None:
    here.fails(OfflineError, OWN)
    lab.will(answers(status, content))
    await here.subjects()[OWN].look()
    assert (here.order(), here.found) == ([HOSTED, OWN], [])


@pytest.mark.parametrize("status", ["200 OK", "401 Unauthorized", "404 Not Found"])
async def test_a_server_that_answers_is_asked_first_again(here: Here, lab: Server, status: str) -> None:
    here.fails(OfflineError, OWN)
    assert here.order() == [HOSTED, OWN]
    lab.will(answers(status, {"data": []}))
    await here.subjects()[OWN].look()
    assert (here.order(), here.found) == ([OWN, HOSTED], ["found"])
    assert [(heard.method, heard.path) for heard in lab.heard] == [("GET", "/v1/models")]
    assert here.subjects() == {}


@pytest.mark.parametrize(("status", "is_back"), [("live", True), ("error", False)])
async def test_the_router_says_whether_a_provider_serves_the_model(
    here: Here, hf: HuggingFace, status: str, is_back: bool
) -> None:
    here.settings = replace(here.settings, models=replace(here.settings.models, chat=(HOSTED, OWN)))
    here.fails(OfflineError, HOSTED)
    hf.router_list = [router_row("acme/coder", groq={"status": status})]
    await here.subjects()[HOSTED].look()
    assert (here.order() == [HOSTED, OWN], bool(here.found)) == (is_back, is_back)
    (heard,) = hf.router.heard
    assert (heard.method, heard.path) == ("GET", "/v1/models/acme/coder")
    assert "authorization" not in heard.headers


async def test_what_passes_by_itself_is_told_when_its_time_is_over_and_not_asked_about(here: Here) -> None:
    here.fails(PaymentRequiredError, HOSTED)
    (subject,) = here.subjects().values()
    assert subject.pause_s(0) > 800
    await subject.look()
    assert here.found == ["found"]


async def test_a_key_that_was_refused_is_not_tried_on_anybody(here: Here) -> None:
    here.fails(UnauthorizedError, OWN)
    assert here.subjects() == {}
    assert here.order() == [HOSTED, OWN]


class StandIn(Account):
    """An account whose view a test sets, and that notes how it is looked at."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.asked: list[dict[str, bool]] = []

    async def renew(self, from_settings: Key | None, **how: bool) -> None:
        self.asked.append(how)


def accounts(here: Here, view: View) -> dict[str, Subject]:
    return {subject.name: subject for subject in account_subjects(StandIn(view), here.registry)}


async def test_a_token_that_was_refused_is_asked_about_as_seldom_as_by_hand(here: Here) -> None:
    here.fails(UnauthorizedError, HOSTED)
    account = StandIn(View(State.DISCONNECTED))
    (subject,) = account_subjects(account, here.registry)
    assert subject.pause_s(0) >= ACCOUNT_FIRST_S
    await subject.look()
    assert account.asked == [{"is_needed": False, "is_quiet": True, "afresh": True}]


async def test_who_pays_is_nothing_that_the_hub_could_tell(here: Here) -> None:
    here.fails(ForbiddenError, HOSTED)
    assert accounts(here, View(State.CONNECTED, problem="x"))
    here.settings = replace(here.settings, bill_to="acme")
    assert accounts(here, View(State.CONNECTED, problem="x")) == {}


async def test_an_account_that_nobody_could_be_asked_about(here: Here) -> None:
    assert list(accounts(here, View(State.OFFLINE))) == ["the account"]
    assert list(accounts(here, View(State.LIMITED))) == ["the account"]
    assert accounts(here, View(State.LIMITED, link=BILLING_PAGE)) == {}
    assert accounts(here, View(State.CONNECTED)) == {}
    here.fails(RateLimitedError, HOSTED)
    assert accounts(here, View(State.LIMITED)) == {}
    here.settings = replace(here.settings, models=replace(here.settings.models, chat=(OWN,)))
    assert accounts(here, View(State.OFFLINE)) == {}
