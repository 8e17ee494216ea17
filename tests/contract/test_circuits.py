"""The way to a server with its circuit breaker: what failed is left in peace, what works is used."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from foretype.backends.breaker import CircuitBreaker
from foretype.backends.upstream import Upstream as Way
from foretype.backends.upstream import whole_text
from foretype.errors import (
    BackendError,
    CircuitOpenError,
    ForbiddenError,
    ModelNotServedError,
    PaymentRequiredError,
    RateLimitedError,
    UnauthorizedError,
)

from contract.asking import PATIENT, Client, request_of
from contract.spoken import CHAT, EVENTS, RAW, SPOKEN
from contract.test_faults import answering, well
from contract.test_on_the_way import Key

if TYPE_CHECKING:
    from contract.upstream import Upstream, Visit


class Asker:
    """Asks through the circuit breaker, by a clock of its own."""

    def __init__(self, client: Client) -> None:
        self.now = 0.0
        breaker = CircuitBreaker(clock=lambda: self.now, jitter=lambda: 0.0)
        self.way = Way(connections=client.connections, breaker=breaker)
        self.endpoint = client.endpoint
        self.request = request_of(RAW)

    async def ask(self) -> str:
        return await whole_text(self.way, self.endpoint, self.request, PATIENT)


@pytest.fixture
async def asker(client: Client) -> Asker:
    return Asker(client)


@pytest.mark.parametrize(("status", "kind"), [("401 No", UnauthorizedError), ("403 No", ForbiddenError)])
async def test_46_a_refused_key_is_not_sent_again_until_it_changes(
    upstream: Upstream, asker: Asker, status: str, kind: type[BackendError]
) -> None:
    upstream.will(answering(status, {"error": "no"}))
    with pytest.raises(kind) as first:
        await asker.ask()
    asker.now += 1e6
    with pytest.raises(CircuitOpenError) as second:
        await asker.ask()
    assert str(second.value) == str(first.value)
    assert len(upstream.heard) == 1
    asker.way.breaker.reset(asker.endpoint.origin)
    asker.endpoint = replace(asker.endpoint, key=Key())
    upstream.will(well)
    assert await asker.ask() == "a + b"


async def test_47_used_up_credits_are_asked_for_a_quarter_of_an_hour_later(
    upstream: Upstream, asker: Asker
) -> None:
    upstream.will(answering("402 Pay", {"error": "depleted"}), well)
    with pytest.raises(PaymentRequiredError):
        await asker.ask()
    asker.now += 899
    with pytest.raises(CircuitOpenError, match="is not asked for 1 s"):
        await asker.ask()
    asker.now += 2
    assert await asker.ask() == "a + b"


async def test_48_a_model_that_is_not_served_leaves_others_alone(upstream: Upstream, asker: Asker) -> None:
    upstream.will(answering("404 Not Found", b"Not Found"), well)
    with pytest.raises(ModelNotServedError):
        await asker.ask()
    asker.request = replace(asker.request, model="another")
    assert await asker.ask() == "a + b"


async def test_50_no_request_until_the_server_wants_one(upstream: Upstream, asker: Asker) -> None:
    upstream.will(answering("429 Slow", {"error": "slow down"}, Retry_After="9"), well)
    with pytest.raises(RateLimitedError):
        await asker.ask()
    for _ in range(5):
        with pytest.raises(CircuitOpenError):
            await asker.ask()
    asker.now += 9.1
    assert await asker.ask() == "a + b"
    assert len(upstream.heard) == 2


async def test_30_one_request_probes_a_server_that_was_away(upstream: Upstream, asker: Asker) -> None:
    """Others are refused while it is under way, and all go through once it is answered."""
    go_on = asyncio.Event()

    async def slow(visit: Visit) -> None:
        await go_on.wait()
        await SPOKEN[0].tell(visit, "a + b")

    upstream.will(answering("429 Slow", {"error": "slow down"}), slow, well)
    with pytest.raises(RateLimitedError):
        await asker.ask()
    asker.now += 6
    probe = asyncio.create_task(asker.ask())
    await upstream.heard_requests(2)
    with pytest.raises(CircuitOpenError):
        await asker.ask()
    go_on.set()
    assert await probe == "a + b"
    assert await asker.ask() == "a + b"


async def test_a_reader_that_stops_early_counts_as_an_answer(upstream: Upstream, asker: Asker) -> None:
    async def endless(visit: Visit) -> None:
        await visit.head(content_type=EVENTS)
        await visit.say(SPOKEN[0].text("a"))
        await visit.until_gone()

    upstream.will(answering("429 Slow", {"error": "slow down"}), endless)
    with pytest.raises(RateLimitedError):
        await asker.ask()
    asker.now += 6
    async with aclosing(asker.way.stream(asker.endpoint, asker.request, PATIENT)) as deltas:
        await deltas.__anext__()
    assert asker.way.breaker.reports() == []


async def test_what_fails_on_one_route_is_still_asked_on_another(upstream: Upstream, asker: Asker) -> None:
    upstream.will(answering("404 Not Found", b"Not Found"), lambda visit: SPOKEN[1].tell(visit, "hello"))
    with pytest.raises(ModelNotServedError):
        await asker.ask()
    asker.request = request_of(CHAT)
    assert await asker.ask() == "hello"
