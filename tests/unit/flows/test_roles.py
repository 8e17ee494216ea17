"""Which model answers for a role, why, and in which order the others stand behind it."""

from __future__ import annotations

import math
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
from foretype.config.settings import CompleteSettings, LocalSettings, ModelSettings, Role, Settings
from foretype.errors import (
    BackendError,
    ModelNotServedError,
    OfflineError,
    PaymentRequiredError,
    UnauthorizedError,
)
from foretype.flows.access import Access
from foretype.flows.completion.router_models import Ears, RouterModels
from foretype.flows.local_file import CheckedFiles, local_files
from foretype.flows.providers.registry import Registry
from foretype.flows.roles import Chosen
from foretype.flows.token import Token
from foretype.keys.key import Key
from foretype.keys.origin import parse_address
from foretype.keys.token_search import FoundToken

URL = "http://127.0.0.1:8012"
TOKEN = Key("hf_" + "a" * 20)
HOSTED, OWN, OTHER = "hf:acme/coder", "lab:coder", "lab:other"
ROUTER = config.Settings().router


def settings(*models: str, instant: bool = False) -> Settings:
    return Settings(
        models=ModelSettings(complete=models, chat=models),
        endpoints=MappingProxyType({"lab": config.Endpoint("lab", parse_address(URL))}),
        complete=CompleteSettings(instant=instant),
    )


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(clock: Clock) -> Access:
    environment = read_environment({})
    upstream = Upstream(breaker=CircuitBreaker(clock=clock, jitter=lambda: 0.0))
    token = Token(environment, lambda key: None, lambda sentence: None)
    token.found = FoundToken(TOKEN, "HF_TOKEN")
    local = file_models(environment, LocalSettings, lambda sentence: None, upstream, Agreements())
    files = CheckedFiles(partial(local_files, environment, None))
    ears = Ears(lambda: None, lambda problem: None, lambda sentence: None)
    return Access(environment, upstream, token, RouterModels(upstream, None, ears), local, files)


def fail(
    access: Access, kind: type[BackendError], model: str, url: str = URL, route: str = f"{URL} ChatPrompt"
) -> None:
    place = Place(origin_of(url), model, route)
    with pytest.raises(kind), access.upstream.breaker.guard(place):
        raise make(kind, Endpoint("lab", url, "openai"), model)


def outlook(access: Access, role: Role, *models: str) -> Chosen:
    return Registry(settings(*models), access).outlook(role)


def turns(access: Access, *models: str, role: Role = "chat", instant: bool = False) -> list[str]:
    return [str(model) for model in Registry(settings(*models, instant=instant), access).in_turn(role)]


def test_the_first_one_where_nothing_speaks_against_it(access: Access) -> None:
    assert outlook(access, "chat", HOSTED, OWN) == Chosen(HOSTED, "")


def test_without_a_token_the_next_one_and_the_reason(access: Access) -> None:
    access.token.found = None
    assert outlook(access, "chat", HOSTED, OWN) == Chosen(OWN, f"{HOSTED}: there is no token; so {OWN}")


def test_an_id_that_means_nothing_is_passed_over(access: Access) -> None:
    found = outlook(access, "chat", "coder", OWN)
    assert (found.model, found.reason.startswith("coder: There is no model 'coder'")) == (OWN, True)


def test_credits_that_are_used_up_keep_every_model_of_the_router_from_being_asked(access: Access) -> None:
    assert ROUTER is not None
    fail(access, PaymentRequiredError, "another/model", ROUTER.url)
    found = outlook(access, "chat", HOSTED, OWN)
    assert (found.model, "credits" in found.reason) == (OWN, True)


def test_what_one_model_lacks_keeps_no_other_from_being_asked(access: Access) -> None:
    fail(access, ModelNotServedError, "coder")
    found = outlook(access, "chat", OWN, OTHER)
    assert (found.model, "does not serve coder" in found.reason) == (OTHER, True)


def test_a_route_that_only_completions_take_says_nothing_of_chat(access: Access) -> None:
    fail(access, ModelNotServedError, "coder", route=f"{URL} RawPrompt")
    assert outlook(access, "chat", OWN, OTHER).model == OWN
    assert outlook(access, "complete", OWN, OTHER).model == OTHER


def test_completion_ends_with_the_users_own_code(access: Access) -> None:
    access.token.found = None
    all_roles = Registry(settings(HOSTED, instant=True), access).outlooks()
    assert all_roles["complete"].model == "builtin:workspace"
    assert "there is no token; so builtin:workspace" in all_roles["complete"].reason
    assert all_roles["chat"] == Chosen("", f"{HOSTED}: there is no token")
    assert all_roles["embed"] == Chosen("", "no model is set in `models.embed`")


def test_a_server_that_is_down_is_passed_over_until_somebody_has_looked(access: Access, clock: Clock) -> None:
    """Also when its pause is over: the user's next request is not spent on finding out."""
    assert ROUTER is not None
    fail(access, OfflineError, "acme/coder", ROUTER.url)
    for clock.now in (0.0, 1000.0):
        assert turns(access, HOSTED, OWN, OTHER) == [OWN, OTHER, HOSTED]
        assert outlook(access, "chat", HOSTED, OWN).model == OWN
    access.upstream.breaker.vouch(origin_of(ROUTER.url), "acme/coder")
    assert turns(access, HOSTED, OWN, OTHER) == [HOSTED, OWN, OTHER]
    assert outlook(access, "chat", HOSTED, OWN) == Chosen(HOSTED, "")
    fail(access, OfflineError, "acme/coder", ROUTER.url)
    assert turns(access, HOSTED, OWN) == [OWN, HOSTED]


def test_that_a_server_works_says_nothing_of_a_key_that_it_refused(access: Access) -> None:
    fail(access, UnauthorizedError, "coder")
    access.upstream.breaker.vouch(origin_of(URL), "coder")
    assert turns(access, OWN, HOSTED) == [HOSTED, OWN]


def test_what_passes_by_itself_is_asked_first_again_when_its_time_is_over(
    access: Access, clock: Clock
) -> None:
    assert ROUTER is not None
    fail(access, PaymentRequiredError, "acme/coder", ROUTER.url)
    assert turns(access, HOSTED, OWN) == [OWN, HOSTED]
    clock.now = 901.0
    assert turns(access, HOSTED, OWN) == [HOSTED, OWN]


def test_a_single_model_is_tried_again_by_whoever_asks(access: Access, clock: Clock) -> None:
    fail(access, OfflineError, "coder")
    clock.now = 2.0
    assert turns(access, OWN) == [OWN]
    (report,) = access.upstream.breaker.troubles(origin_of(URL), "coder")
    assert (report.keeps_away, math.isfinite(report.retry_in_s or 0)) == (True, True)


def test_the_users_own_code_keeps_its_place(access: Access) -> None:
    fail(access, OfflineError, "coder")
    assert turns(access, OWN, role="complete", instant=True) == [OWN, "builtin:workspace"]
    chain = (OWN, "builtin:workspace", HOSTED)
    assert turns(access, *chain, role="complete") == [HOSTED, "builtin:workspace", OWN]
