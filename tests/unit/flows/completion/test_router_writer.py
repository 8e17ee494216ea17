"""What a model of the router is asked on each rung, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timezone

import pytest

from foretype.backends.delta import Delta, Finish
from foretype.backends.endpoint import Endpoint
from foretype.backends.ladder import Attempt, Rung
from foretype.backends.probe import Standing
from foretype.backends.upstream import Streams, Upstream
from foretype.errors import ContextTooLongError, ModelNotServedError, NotReadyError
from foretype.flows.completion.router_models import Ears, Reach, RouterModels
from foretype.flows.completion.router_writer import RouterWriter, going_on
from foretype.flows.completion.writer import CutOff, Order
from foretype.prompt.asked import ChatPrompt, RawPrompt
from foretype.stream.cursor import Cursor
from foretype.stream.filters import COMPLETE

from unit.flows.completion.scripted import LONG, at, by_hand
from unit.flows.completion.test_endpoint_writer import ScriptedUpstream

QWEN = "Qwen/Qwen2.5-Coder-7B"
ROUTER = Endpoint("hf", "http://127.0.0.1:2", "openai")
TEXT = Attempt(Rung.TEXT, "together", "qwen-there")
BEGUN = Attempt(Rung.BEGUN_CHAT, "", QWEN)
CHAT = Attempt(Rung.CHAT, "", QWEN)
UNABLE = Attempt(Rung.NONE, "", QWEN)
SITUATION = at("def f():\n    return █\n")


class KnownModels(RouterModels):
    """Knows one standing, or nothing, and keeps what it was asked."""

    def __init__(self, attempt: Attempt | None) -> None:
        super().__init__(Upstream(), None, Ears(lambda: None, lambda failure: None, lambda sentence: None))
        self.attempt = attempt
        self.patience_s: list[float] = []
        self.forgotten: list[tuple[str, str]] = []

    async def standing(
        self, reach: Reach, model: str, probed_by: Streams, patience_s: float = 0.0
    ) -> Standing | None:
        self.patience_s.append(patience_s)
        if self.attempt is None:
            return None
        return Standing(model, self.attempt, datetime(2026, 1, 2, tzinfo=timezone.utc))

    async def forget(self, origin: str, model: str) -> None:
        self.forgotten.append((origin, model))


@dataclass
class Scene:
    """A writer on a rung, or without one."""

    attempt: Attempt | None = TEXT
    has_token: bool = True
    upstream: ScriptedUpstream = field(default_factory=ScriptedUpstream)

    def __post_init__(self) -> None:
        self.models = KnownModels(self.attempt)
        self.writer = RouterWriter(f"hf:{QWEN}", QWEN, 2048, self.reach, self.models, self.upstream)

    async def reach(self) -> Reach | None:
        return Reach(ROUTER, None) if self.has_token else None

    async def written(self, order: Order) -> list[str]:
        async with aclosing(self.writer.write(order)) as pieces:
            return [piece async for piece in pieces]


def order(marked: str = "", *, multiline: bool = False) -> Order:
    situation = at(marked) if marked else SITUATION
    return Order(situation, Cursor(multiline=multiline), max_tokens=64, deadline_s=2.0)


async def test_the_models_text_and_the_end_of_its_stream() -> None:
    scene = Scene()
    scene.upstream.will(Delta("a"), Delta(" + b", finish=Finish.STOP))
    assert await scene.written(order()) == ["a", " + b", COMPLETE]
    request, deadlines = scene.upstream.heard[0]
    assert request.model == "qwen-there"
    assert (deadlines.first_byte_s, deadlines.total_s) == (2.0, 2.0)
    assert scene.upstream.closed == 1


@pytest.mark.parametrize("scene", [Scene(has_token=False), Scene(None), Scene(UNABLE)], ids=repr)
async def test_the_next_models_turn_where_this_one_is_not_to_be_asked(scene: Scene) -> None:
    with pytest.raises(NotReadyError):
        await scene.written(order())
    assert not scene.upstream.heard


async def test_only_who_asks_by_hand_waits_until_it_is_known_how() -> None:
    scene = Scene(None)
    for situation in (SITUATION, by_hand(SITUATION)):
        with pytest.raises(NotReadyError):
            await scene.written(Order(situation, Cursor(), max_tokens=64, deadline_s=2.0))
    assert scene.models.patience_s == [0.0, 2.0]


@pytest.mark.parametrize(
    ("attempt", "kind", "effort"),
    [(TEXT, RawPrompt, None), (BEGUN, ChatPrompt, "none"), (CHAT, ChatPrompt, "none")],
)
async def test_each_rung_asks_as_its_probe_did(attempt: Attempt, kind: type, effort: str | None) -> None:
    scene = Scene(attempt)
    scene.upstream.will(Delta("a"))
    await scene.written(order())
    request, _ = scene.upstream.heard[0]
    assert isinstance(request.prompt, kind)
    assert (request.model, request.max_tokens, request.reasoning_effort) == (attempt.model, 64, effort)


async def test_code_that_holds_a_control_word_is_not_sent() -> None:
    scene = Scene()
    assert await scene.written(order("x = '<|fim_middle|>'\ny = █")) == []
    assert not scene.upstream.heard


async def test_a_begun_answer_repeats_no_blank() -> None:
    scene = Scene(BEGUN)
    scene.upstream.will(Delta(" "), Delta("a"), Delta(" b"))
    assert await scene.written(order()) == ["a", " b"]


async def pieces_of(pieces: list[str]) -> AsyncGenerator[str, None]:
    for piece in pieces:
        yield piece


@pytest.mark.parametrize(
    ("prefix", "pieces", "written"),
    [
        ("return ", [" a"], ["a"]),
        ("return ", ["a", " b"], ["a", " b"]),
        ("return", [" a"], [" a"]),
        ("f:\n    ", ["\n", "  ", "  x\n", "    y"], ["x\n", "    y"]),
        ("f:\n    ", ["\n  ", "x"], ["x"]),
        ("f:\n    ", ["\n    ", "    x"], ["    x"]),
        ("f:\n    ", ["\n"], []),
        ("x", [], []),
    ],
)
async def test_the_blanks_before_the_cursor_in_pieces_of_any_size(
    prefix: str, pieces: list[str], written: list[str]
) -> None:
    assert [piece async for piece in going_on(prefix, pieces_of(pieces))] == written


@pytest.mark.parametrize("finish", [Finish.LENGTH, Finish.FILTERED])
async def test_an_answer_that_was_ended_early_is_cut_off(finish: Finish) -> None:
    scene = Scene()
    scene.upstream.will(Delta("a"), Delta("b", finish=finish))
    with pytest.raises(CutOff):
        await scene.written(order())


async def test_a_prompt_that_is_too_long_is_halved_once() -> None:
    scene = Scene()
    scene.upstream.will(ContextTooLongError("too long"))
    scene.upstream.will(Delta("a", finish=Finish.STOP))
    assert await scene.written(order(f"{LONG}█")) == ["a", COMPLETE]
    first, second = (len(repr(request.prompt)) for request, _ in scene.upstream.heard)
    assert second < first * 0.7


async def test_a_provider_that_serves_the_model_no_more_is_forgotten() -> None:
    scene = Scene()
    scene.upstream.will(ModelNotServedError("gone"))
    with pytest.raises(ModelNotServedError):
        await scene.written(order())
    assert scene.models.forgotten == [(ROUTER.origin, QWEN)]
