"""How it is found out what a model of the router can do: once, beside the typing, and told when it fails."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from foretype.backends.breaker import Place
from foretype.backends.connections import Connections
from foretype.backends.deadlines import Deadlines
from foretype.backends.delta import Delta
from foretype.backends.endpoint import Endpoint
from foretype.backends.ladder import Attempt, Rung, Served
from foretype.backends.request import Request
from foretype.backends.upstream import Upstream
from foretype.errors import (
    BackendError,
    CircuitOpenError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from foretype.flows.completion import router_models
from foretype.flows.completion.router_models import HUB_SAID_NOTHING, PAUSE_S, Ears, Reach, RouterModels

QWEN = "Qwen/Qwen2.5-Coder-7B"
HUB = Endpoint("hf", "http://127.0.0.1:1", "openai")
ROUTER = Endpoint("hf", "http://127.0.0.1:2", "openai")
REACH = Reach(ROUTER, HUB)
BY_TEXT = Attempt(Rung.TEXT, "together", "t")


@dataclass
class ScriptedUpstream(Upstream):
    """Answers each probe as it was told, once it may speak."""

    answers: deque[str | BackendError] = field(default_factory=deque)
    asked: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_speak: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(
        self, endpoint: Endpoint, request: Request, deadlines: Deadlines
    ) -> AsyncGenerator[Delta, None]:
        self.asked += 1
        self.begun.set()
        await self.may_speak.wait()
        answer = self.answers.popleft()
        if isinstance(answer, BackendError):
            raise answer
        yield Delta(answer)


class Desk:
    """The models, and everything around them that a test turns or looks at."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.upstream = ScriptedUpstream()
        self.upstream.may_speak.set()
        self.listing: tuple[Served, ...] | None = (Served("together", "t"),)
        self.listed: list[str] = []
        self.failures: list[BackendError] = []
        self.told: list[str] = []
        self.has_found = asyncio.Event()
        self.now = datetime(2026, 1, 2, tzinfo=timezone.utc)
        self.seconds = 1000.0
        self.models = self.restarted()

    def restarted(self) -> RouterModels:
        ears = Ears(self.has_found.set, self.failures.append, self.told.append)
        return RouterModels(self.upstream, self.cache, ears, lambda: self.now, lambda: self.seconds)

    async def served(self, connections: Connections, hub: Endpoint, model: str) -> tuple[Served, ...] | None:
        self.listed.append(model)
        return self.listing

    async def found(self, model: str = QWEN) -> Attempt | None:
        """What is known of a model, after as long a wait as it takes."""
        standing = await self.models.standing(REACH, model, self.upstream, patience_s=10.0)
        return standing.attempt if standing else None


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    monkeypatch.setattr(router_models, "served", desk.served)
    yield desk
    await desk.models.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left


async def test_nobody_waits_for_a_search_who_does_not_want_to(desk: Desk) -> None:
    desk.upstream.may_speak.clear()
    desk.upstream.answers.append("a + b")
    for _ in range(3):
        assert await desk.models.standing(REACH, QWEN, desk.upstream) is None
    desk.upstream.may_speak.set()
    assert await desk.found() == BY_TEXT
    assert (desk.upstream.asked, desk.listed) == (1, [QWEN])
    assert desk.has_found.is_set()


async def test_a_search_goes_on_when_whoever_caused_it_has_left(desk: Desk) -> None:
    desk.upstream.may_speak.clear()
    desk.upstream.answers.append("a + b")
    asking = asyncio.ensure_future(desk.found())
    await desk.upstream.begun.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    desk.upstream.may_speak.set()
    assert await desk.found() == BY_TEXT
    assert desk.upstream.asked == 1


async def test_it_is_known_after_a_restart_and_found_out_anew_a_month_later(desk: Desk) -> None:
    desk.upstream.answers.extend(["a + b", "a + b"])
    assert await desk.found() == BY_TEXT
    desk.models = desk.restarted()
    assert await desk.found() == BY_TEXT
    assert desk.upstream.asked == 1
    desk.now += timedelta(days=31)
    assert await desk.found() == BY_TEXT
    assert desk.upstream.asked == 2


async def test_what_was_found_without_the_hub_is_not_kept(desk: Desk) -> None:
    desk.listing = None
    desk.upstream.answers.extend([" a + b", "a + b"])
    assert await desk.found() == Attempt(Rung.BEGUN_CHAT, "", QWEN)
    standing = await desk.models.standing(REACH, QWEN, desk.upstream)
    assert standing is not None
    assert standing.passed_over == (HUB_SAID_NOTHING,)
    desk.models, desk.listing = desk.restarted(), (Served("together", "t"),)
    assert await desk.found() == BY_TEXT


async def test_a_failure_of_the_moment_is_told_and_tried_again_later(desk: Desk) -> None:
    desk.upstream.answers.extend([UnavailableError("down"), "a + b"])
    assert await desk.found() is None
    assert await desk.found() is None
    assert [str(failure) for failure in desk.failures] == ["down"]
    assert desk.upstream.asked == 1
    desk.seconds += PAUSE_S
    assert await desk.found() == BY_TEXT


async def test_the_server_says_when_to_come_back(desk: Desk) -> None:
    desk.upstream.answers.extend([RateLimitedError("slow", retry_after_s=60.0), "a + b"])
    assert await desk.found() is None
    desk.seconds += 59
    assert await desk.found() is None
    desk.seconds += 1
    assert await desk.found() == BY_TEXT


async def test_that_the_circuit_is_open_is_no_news(desk: Desk) -> None:
    desk.upstream.answers.append(CircuitOpenError("as before"))
    assert await desk.found() is None
    assert desk.failures == []


async def test_a_router_that_is_left_in_peace_is_not_searched_for_either(desk: Desk) -> None:
    with (
        pytest.raises(UnauthorizedError),
        desk.upstream.breaker.guard(Place(ROUTER.origin, "another model")),
    ):
        raise UnauthorizedError("no")
    assert await desk.found() is None
    assert desk.listed == []
    desk.upstream.breaker.reset(ROUTER.origin)
    desk.upstream.answers.append("a + b")
    assert await desk.found() == BY_TEXT


@pytest.mark.parametrize("change", ["try_again", "start_anew"])
async def test_other_settings_are_tried_at_once(desk: Desk, change: str) -> None:
    desk.upstream.answers.extend([UnavailableError("down"), "a + b"])
    assert await desk.found() is None
    getattr(desk.models, change)()
    assert await desk.found() == BY_TEXT


async def test_another_token_ends_the_search_with_the_one_before(desk: Desk) -> None:
    desk.upstream.may_speak.clear()
    desk.upstream.answers.append("a + b")
    assert await desk.models.standing(REACH, QWEN, desk.upstream) is None
    desk.models.start_anew()
    desk.upstream.may_speak.set()
    assert await desk.found() == BY_TEXT


async def test_a_model_that_cannot_is_told_once_with_the_reason(desk: Desk) -> None:
    desk.upstream.answers.extend(["Hello!", "How can I help?"])
    for _ in range(3):
        assert await desk.found("acme/chatty") == Attempt(Rung.NONE, "", "acme/chatty")
    (sentence,) = desk.told
    assert "hf:acme/chatty cannot fill in code" in sentence
    assert "chat through the router: the answer did not fit the hole." in sentence
    assert not desk.has_found.is_set()
    desk.models = desk.restarted()
    await desk.found("acme/chatty")
    assert len(desk.told) == 2


async def test_what_turned_out_to_be_wrong_is_found_out_anew(desk: Desk) -> None:
    desk.upstream.answers.extend(["a + b", "a + b"])
    await desk.found()
    await desk.models.forget(ROUTER.origin, QWEN)
    desk.models = desk.restarted()
    await desk.found()
    assert desk.upstream.asked == 2
