"""Which model answers for a role, and why."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from foretype.backends.breaker import CircuitBreaker, Place
from foretype.backends.endpoint import Endpoint, origin_of
from foretype.backends.failures import make
from foretype.config import settings as config
from foretype.config.settings import CompleteSettings, ModelSettings, Settings
from foretype.errors import ModelNotServedError, PaymentRequiredError
from foretype.flows.roles import Chosen, chosen, for_role
from foretype.keys.key import Key
from foretype.keys.origin import parse_address

URL = "http://127.0.0.1:8012"
TOKEN = Key("hf_" + "a" * 20)
HOSTED, OWN = "hf:acme/coder", "lab:coder"


def settings(*models: str, instant: bool = False) -> Settings:
    return Settings(
        models=ModelSettings(complete=models, chat=models),
        endpoints=MappingProxyType({"lab": config.Endpoint("lab", parse_address(URL))}),
        complete=CompleteSettings(instant=instant),
    )


@pytest.fixture
def breaker() -> CircuitBreaker:
    return CircuitBreaker(clock=lambda: 0.0)


def test_the_first_one_where_nothing_speaks_against_it(breaker: CircuitBreaker) -> None:
    assert for_role("chat", settings(HOSTED, OWN), TOKEN, breaker) == Chosen(HOSTED, "")


def test_without_a_token_the_next_one_and_the_reason(breaker: CircuitBreaker) -> None:
    expected = Chosen(OWN, f"{HOSTED}: there is no token; so {OWN}")
    assert for_role("chat", settings(HOSTED, OWN), None, breaker) == expected


def test_an_id_that_means_nothing_is_passed_over(breaker: CircuitBreaker) -> None:
    found = for_role("chat", settings("coder", OWN), TOKEN, breaker)
    assert (found.model, found.reason.startswith("coder: There is no model 'coder'")) == (OWN, True)


def test_credits_that_are_used_up_keep_every_model_of_the_router_from_being_asked(
    breaker: CircuitBreaker,
) -> None:
    router = settings().router
    assert router is not None
    endpoint = Endpoint("hf", router.url, "openai")
    with (
        pytest.raises(PaymentRequiredError),
        breaker.guard(Place(origin_of(router.url), "another/model", "route")),
    ):
        raise make(PaymentRequiredError, endpoint, "another/model")
    found = for_role("chat", settings(HOSTED, OWN), TOKEN, breaker)
    assert found.model == OWN
    assert "credits are used up" in found.reason


def test_what_one_model_lacks_keeps_no_other_from_being_asked(breaker: CircuitBreaker) -> None:
    endpoint = Endpoint("lab", URL, "openai")
    with pytest.raises(ModelNotServedError), breaker.guard(Place(origin_of(URL), "coder", "route")):
        raise make(ModelNotServedError, endpoint, "coder")
    found = for_role("chat", settings(OWN, "lab:other"), TOKEN, breaker)
    assert (found.model, "does not serve coder" in found.reason) == ("lab:other", True)


def test_completion_ends_with_the_users_own_code(breaker: CircuitBreaker) -> None:
    all_roles = chosen(settings(HOSTED, instant=True), None, breaker)
    assert all_roles["complete"].model == "builtin:workspace"
    assert "there is no token; so builtin:workspace" in all_roles["complete"].reason
    assert all_roles["chat"] == Chosen("", f"{HOSTED}: there is no token")
    assert all_roles["embed"] == Chosen("", "no model is set in `models.embed`")
