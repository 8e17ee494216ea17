"""What is learned of models while they are asked: health, choices, limits, prices."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from foretype.backends.deadlines import Deadlines
from foretype.backends.delta import Delta, Usage
from foretype.backends.endpoint import Endpoint
from foretype.backends.request import Request
from foretype.config.settings import BudgetSettings, RoleBudget
from foretype.errors import BackendError, BudgetSpentError, CircuitOpenError, UnavailableError
from foretype.flows.providers.budget import Spending, Sums
from foretype.flows.providers.capabilities import Price, capabilities_of, price_of
from foretype.flows.providers.choices import Choices
from foretype.flows.providers.health import Health
from foretype.flows.providers.knowledge import Knowledge, Notices
from foretype.flows.providers.metered import Metered, Metering
from foretype.flows.providers.remote_models import RemoteModels
from foretype.models.ids import parse_model_id
from foretype.models.remote import RemoteModel, Serving, hub_models_in, merged, router_models_in
from foretype.models.remote_cache import RemoteList, keep_list, read_list
from foretype.prompt.asked import RawPrompt
from foretype.stats.history import History

MODEL = parse_model_id("hf:a/b")
REQUEST = Request("a/b", RawPrompt("x" * 300), 10)
ROUTER = Endpoint("hf", "http://127.0.0.1:2", "openai")
SERVED = RemoteModel(
    "a/b",
    (
        Serving("groq", "live", 8000, 1.0, 2.0, tokens_per_s=500.0),
        Serving("novita", "live", 4000, 3.0, 4.0),
        Serving("dead", "error", 100, 90.0, 90.0),
    ),
)


def test_one_success_makes_up_for_every_failure_before_it() -> None:
    health = Health()
    for _ in range(3):
        health.failed("m", "groq", "down")
    health.answered("m", "novita", 0.5)
    pulses = {pulse.provider: pulse for pulse in health.of("m")}
    assert (pulses["groq"].failures_in_a_row, pulses["groq"].is_well) == (3, False)
    assert pulses["novita"].is_well
    health.answered("m", "groq", 1.0)
    health.answered("m", "groq", 2.0)
    newest = health.of("m")[0]
    assert (newest.provider, newest.is_well, newest.last_problem, newest.requests) == ("groq", True, "", 5)
    assert newest.first_word_s is not None
    assert 1.0 < newest.first_word_s < 2.0


def test_a_choice_is_known_after_a_restart_and_given_back(tmp_path: Path) -> None:
    Choices(tmp_path).choose("chat", "hf:a/b")
    choices = Choices(tmp_path)
    assert choices.of("chat") == "hf:a/b"
    choices.choose("chat", None)
    assert Choices(tmp_path).of("chat") is None
    (tmp_path / "choices.json").write_text("[broken", encoding="utf-8")
    assert Choices(tmp_path).of("chat") is None


def test_what_a_model_reads_is_the_least_of_its_live_providers() -> None:
    known = RemoteList((SERVED,))
    assert capabilities_of(MODEL, known).context_tokens == 4000
    assert capabilities_of(parse_model_id("hf:a/b:groq"), known).context_tokens == 8000
    assert capabilities_of(parse_model_id("hf:google/gemma-2-9b-it"), known).has_system is False
    assert capabilities_of(parse_model_id("hf:who/knows"), known).context_tokens is None


def test_the_price_is_the_providers_or_the_dearest_that_it_may_have_been() -> None:
    known = RemoteList((SERVED,))
    assert price_of(MODEL, "groq", known) == Price(1.0, 2.0)
    assert price_of(MODEL, "", known) == Price(3.0, 4.0)
    assert price_of(parse_model_id("hf:who/knows"), "groq", known) is None
    assert Price(1.0, 2.0).of(1_000_000, 500_000) == 2.0


class Upstream:
    """Says what it was told."""

    def __init__(self, *steps: Delta | BackendError) -> None:
        self.steps = steps

    async def stream(
        self, endpoint: Endpoint, request: Request, deadlines: Deadlines
    ) -> AsyncGenerator[Delta, None]:
        for step in self.steps:
            if isinstance(step, BackendError):
                raise step
            yield step


def metered(*steps: Delta | BackendError, told: list[str] | None = None, **budget: float) -> Metered:
    remote = RemoteModels()
    remote.known = RemoteList((SERVED,))
    notices = Notices(([] if told is None else told).append)
    limits = BudgetSettings(**budget)  # type: ignore[arg-type]  # numbers by their names
    knowledge = Knowledge(remote, History(None), notices=notices)
    return Metered(Upstream(*steps), Metering(MODEL, "chat", limits, knowledge))


def spending_of(way: Metered) -> Spending:
    return way.metering.knowledge.spending(way.metering.budget)


async def heard(way: Metered, most: int = 99) -> None:
    async with aclosing(way.stream(ROUTER, REQUEST, Deadlines())) as deltas:
        async for _ in deltas:
            most -= 1
            if not most:
                return


def used(way: Metered) -> tuple[str, str, int, int, bool]:
    (use,) = way.metering.knowledge.history._unwritten
    return use.outcome, use.provider, use.prompt_tokens, use.completion_tokens, use.is_estimated


async def test_an_answer_is_counted_as_the_server_counts() -> None:
    way = metered(Delta("yes", served_by="groq"), Delta(usage=Usage(1000, 500)))
    await heard(way)
    assert used(way) == ("answered", "groq", 1000, 500, False)
    assert spending_of(way).spent.month_usd == pytest.approx(0.002)
    assert way.metering.knowledge.health.of("hf:a/b")[0].is_well


async def test_an_answer_that_is_left_is_estimated() -> None:
    way = metered(Delta("abc", served_by="groq"), Delta("def"))
    await heard(way, most=1)
    assert used(way) == ("left", "groq", 100, 1, True)


async def test_a_failure_is_remembered_and_costs_nothing() -> None:
    way = metered(UnavailableError("it is down"))
    with pytest.raises(UnavailableError):
        await heard(way)
    assert used(way) == ("UnavailableError", "hf", 0, 0, True)
    assert way.metering.knowledge.health.of("hf:a/b")[0].last_problem == "it is down"


async def test_what_was_not_sent_is_no_request() -> None:
    way = metered(CircuitOpenError("not now"))
    with pytest.raises(CircuitOpenError):
        await heard(way)
    assert way.metering.knowledge.history._unwritten == []
    assert way.metering.knowledge.health.of("hf:a/b") == ()


async def test_a_limit_is_told_once_when_it_is_near_and_refuses_when_it_is_reached() -> None:
    told: list[str] = []
    way = metered(Delta("a"), Delta(usage=Usage(40, 45)), told=told, tokens_per_day=100)
    await heard(way)
    spending = spending_of(way)
    spending.refuse_where_spent("a/b", "chat")
    assert len(told) == 1
    assert "85 of 100 tokens today (`budget.tokens_per_day`)" in told[0]
    await heard(way)
    assert len(told) == 1
    with pytest.raises(BudgetSpentError, match=r"you allow 170 of 100 tokens today"):
        spending.refuse_where_spent("a/b", "chat")


async def test_a_role_has_a_limit_of_its_own_beside_that_of_all() -> None:
    told: list[str] = []
    way = metered(Delta("a"), Delta(usage=Usage(40, 45)), told=told)
    limits = BudgetSettings(
        roles=MappingProxyType({"chat": RoleBudget(tokens_per_day=100), "edit": RoleBudget(tokens_per_day=1)})
    )
    way = replace(way, metering=replace(way.metering, budget=limits))
    await heard(way)
    (sentence,) = told
    assert "85 of 100 tokens today for chat (`budget.roles.chat.tokens_per_day`) is used" in sentence
    await heard(way)
    spending = spending_of(way)
    assert spending.reached() is None
    spending.refuse_where_spent("a/b", "complete")
    spending.refuse_where_spent("a/b", "edit")
    with pytest.raises(BudgetSpentError, match=r"170 of 100 tokens today for chat"):
        spending.refuse_where_spent("a/b", "chat")
    assert spending.spent.roles == {"chat": Sums(170, spending.spent.day_usd)}


async def test_what_has_no_price_is_reckoned_at_one_until_somebody_says_it() -> None:
    way = metered(Delta("a"), Delta(usage=Usage(100_000, 100_000)), usd_per_day=0.3)
    way.metering.knowledge.remote.known = RemoteList()
    await heard(way)
    spent = spending_of(way).spent
    assert spent.day_usd == spent.assumed_usd == pytest.approx(0.4)
    assert spending_of(way).reached() is not None
    way.metering.knowledge.remote.known = RemoteList(
        (RemoteModel("a/b", (Serving("hf", "live", is_free=True),)),)
    )
    assert spending_of(way).spent.assumed_usd == spending_of(way).spent.day_usd == 0
    assert spending_of(way).reached() is None


def test_no_limit_is_ever_reached_where_none_is_set() -> None:
    none = BudgetSettings(usd_per_month=0.0)
    assert Spending(History(None), none).reached() is None
    assert list(Spending(History(None), none).limits()) == []


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"id": 5},
        {"id": "a/b", "providers": None},
        {"id": "a/b", "providers": [{"provider": 3}, None, {"provider": "x", "pricing": "free"}]},
        {"id": "a/b", "providers": [{"provider": "x", "context_length": True, "throughput": float("inf")}]},
    ],
)
def test_a_row_that_is_not_as_documented_harms_no_other(row: object) -> None:
    (*_, good) = router_models_in(
        {"data": [row, {"id": "c/d", "providers": [{"provider": "y", "status": "live"}]}]}
    )
    assert (good.name, good.live[0].provider) == ("c/d", "y")


def test_both_lists_are_one_and_survive_the_disk(tmp_path: Path) -> None:
    hub = hub_models_in(
        [
            {"id": "a/b", "gated": "auto", "inferenceProviderMapping": [{"provider": "x", "status": "live"}]},
            {"id": "e/f", "pipeline_tag": "feature-extraction", "inference": "warm"},
        ]
    )
    models = merged((SERVED,), hub)
    assert [model.name for model in models] == ["a/b", "e/f"]
    assert models[0].gated == "auto"
    assert [serving.provider for serving in models[0].live] == ["groq", "novita", "x"]
    gathered = RemoteList(models, RemoteModels().now(), is_complete=True)
    keep_list(tmp_path / "l", "origin", gathered)
    assert read_list(tmp_path / "l", "origin") == gathered
    assert read_list(tmp_path / "l", "another origin") == RemoteList()
    (tmp_path / "l").write_text("{", encoding="utf-8")
    assert read_list(tmp_path / "l", "origin") == RemoteList()
