"""What a model at an endpoint is asked, and what becomes of its answer."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest

from foretype.backends.deadlines import Deadlines
from foretype.backends.delta import Delta, Finish
from foretype.backends.dialects.table import DIALECTS
from foretype.backends.endpoint import Endpoint
from foretype.backends.request import Request
from foretype.backends.upstream import Upstream
from foretype.errors import ContextTooLongError, OfflineError
from foretype.flows.completion.asking import MOST_STOPS
from foretype.flows.completion.endpoint_writer import EndpointWriter
from foretype.flows.completion.situation import Situation
from foretype.flows.completion.writer import CutOff, Order
from foretype.prompt.asked import ChatPrompt, HolePrompt, RawPrompt
from foretype.stream.cursor import Cursor
from foretype.stream.filters import COMPLETE

from unit.flows.completion.scripted import LONG, at

QWEN, UNKNOWN = "Qwen/Qwen2.5-Coder-7B", "somebody/some-model"


@dataclass
class ScriptedUpstream(Upstream):
    """Answers each request with the deltas, or the failure, that it was told."""

    heard: list[tuple[Request, Deadlines]] = field(default_factory=list)
    answers: deque[tuple[Delta | Exception, ...]] = field(default_factory=deque)
    closed: int = 0

    def will(self, *answer: Delta | Exception) -> None:
        self.answers.append(answer)

    async def stream(
        self, endpoint: Endpoint, request: Request, deadlines: Deadlines
    ) -> AsyncGenerator[Delta, None]:
        self.heard.append((request, deadlines))
        try:
            for step in self.answers.popleft():
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            self.closed += 1


def order(situation: Situation, *, multiline: bool = False) -> Order:
    return Order(situation, Cursor(multiline=multiline), max_tokens=64, deadline_s=2.0)


def writer(
    upstream: Upstream, model: str = QWEN, dialect: str = "openai", tokens: int = 2048
) -> EndpointWriter:
    endpoint = Endpoint("lab", "http://127.0.0.1:1", dialect)
    return EndpointWriter(f"lab:{model}", endpoint, model, tokens, upstream)


async def written(writer: EndpointWriter, order: Order) -> list[str]:
    async with aclosing(writer.write(order)) as pieces:
        return [piece async for piece in pieces]


async def test_what_is_asked() -> None:
    upstream = ScriptedUpstream()
    upstream.will(Delta("1"))
    assert await written(writer(upstream), order(at("a = █\nb\n"))) == ["1"]
    request, deadlines = upstream.heard[0]
    assert (request.model, request.max_tokens) == (QWEN, 64)
    assert request.prompt == RawPrompt("<|fim_prefix|>a = <|fim_suffix|>\nb\n<|fim_middle|>")
    assert (deadlines.first_byte_s, deadlines.total_s) == (2.0, 2.0)


@pytest.mark.parametrize("model", [QWEN, UNKNOWN])
@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_model_of_any_family_or_none_writes_at_any_server(dialect: str, model: str) -> None:
    upstream = ScriptedUpstream()
    upstream.will(Delta("1"))
    assert await written(writer(upstream, model, dialect), order(at("a = █\n"))) == ["1"]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_a_line_ends_the_answer_where_only_a_line_is_wanted(dialect: str) -> None:
    """In a conversation it does not: there a first line may be a fence, or blank."""
    upstream = ScriptedUpstream()
    for is_many in (True, False):
        for model in (QWEN, UNKNOWN):
            upstream.will()
            await written(writer(upstream, model, dialect), order(at("a = █\n"), multiline=is_many))
            request, _ = upstream.heard[-1]
            is_talk = isinstance(request.prompt, ChatPrompt)
            assert ("\n" in request.stop) == (not is_many and not is_talk)
            assert len(request.stop) <= MOST_STOPS


async def test_code_with_a_control_token_is_not_sent() -> None:
    upstream = ScriptedUpstream()
    for model, token in ((QWEN, "<|fim_middle|>"), (UNKNOWN, "<|im_end|>")):
        assert await written(writer(upstream, model), order(at(f'a = "{token}"\nb = █\n'))) == []
    assert not upstream.heard


@pytest.mark.parametrize("finish", [Finish.LENGTH, Finish.FILTERED])
async def test_a_model_that_is_stopped_by_others_is_cut_off(finish: Finish) -> None:
    upstream = ScriptedUpstream()
    upstream.will(Delta("a\n"), Delta("b", finish=finish))
    async with aclosing(writer(upstream).write(order(at("█\n")))) as pieces:
        assert [await pieces.__anext__(), await pieces.__anext__()] == ["a\n", "b"]
        with pytest.raises(CutOff):
            await pieces.__anext__()


async def test_thoughts_are_not_text() -> None:
    upstream = ScriptedUpstream()
    upstream.will(Delta(reasoning="hm"), Delta("1"), Delta(finish=Finish.STOP))
    assert await written(writer(upstream), order(at("a = █\n"))) == ["1", COMPLETE]


async def test_a_prompt_that_is_too_long_is_halved_once() -> None:
    upstream = ScriptedUpstream()
    upstream.will(ContextTooLongError("too long"))
    upstream.will(Delta("1"))
    here = at(LONG + "█\n" + LONG)
    assert await written(writer(upstream, dialect="llamacpp"), order(here)) == ["1"]
    whole, half = (request.prompt for request, _ in upstream.heard)
    assert isinstance(whole, HolePrompt)
    assert isinstance(half, HolePrompt)
    assert len(half.prefix + half.suffix) < 0.6 * len(whole.prefix + whole.suffix)


async def test_a_prompt_that_is_still_too_long_is_given_up() -> None:
    upstream = ScriptedUpstream()
    upstream.will(ContextTooLongError("too long"))
    upstream.will(ContextTooLongError("still too long"))
    with pytest.raises(ContextTooLongError, match="still"):
        await written(writer(upstream), order(at("a = █\n")))


async def test_any_other_failure_is_passed_on_at_once() -> None:
    upstream = ScriptedUpstream()
    upstream.will(OfflineError("lab cannot be reached"))
    with pytest.raises(OfflineError):
        await written(writer(upstream), order(at("a = █\n")))
    assert len(upstream.heard) == 1


async def test_closing_the_text_closes_the_stream() -> None:
    upstream = ScriptedUpstream()
    upstream.will(Delta("1"), Delta("2"))
    pieces = writer(upstream).write(order(at("a = █\n")))
    assert await pieces.__anext__() == "1"
    await pieces.aclose()
    assert upstream.closed == 1
