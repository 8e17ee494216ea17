"""One question, one answer: the first model that can gives it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from foretype.backends.delta import Delta
from foretype.config.settings import Role
from foretype.errors import BackendError, NoModelError, StreamInterruptedError, UnavailableError
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Deltas, Question
from foretype.prompt.asked import Message

QUESTION = Question((Message("user", "why?"),), max_tokens=10)


@dataclass
class Scripted:
    """A model that says what it was told, and remembers whether its stream was closed."""

    name: str
    steps: deque[str | Exception] = field(default_factory=deque)
    asked: list[Question] = field(default_factory=list)
    closed: int = 0

    async def answer(self, question: Question) -> Deltas:
        self.asked.append(question)
        try:
            while self.steps:
                step = self.steps.popleft()
                if isinstance(step, Exception):
                    raise step
                yield Delta(text=step)
        finally:
            self.closed += 1


def scripted(name: str, *steps: str | Exception) -> Scripted:
    return Scripted(name, deque(steps))


def conversing(*models: Scripted, reports: list[BackendError] | None = None) -> Conversing:
    def answerers(role: Role) -> Sequence[Scripted]:
        return models if role == "chat" else ()

    return Conversing(answerers, ([] if reports is None else reports).append)


async def answer_of(desk: Conversing, role: Role = "chat") -> list[tuple[str, str]]:
    return [(piece.model, piece.delta.text) async for piece in desk.ask(role, QUESTION)]


async def test_the_first_model_answers_and_the_others_are_not_asked() -> None:
    first, second = scripted("first", "a", "b"), scripted("second", "c")
    assert await answer_of(conversing(first, second)) == [("first", "a"), ("first", "b")]
    assert (first.asked, second.asked) == ([QUESTION], [])


async def test_where_one_cannot_the_next_one_answers_and_it_is_reported() -> None:
    reports: list[BackendError] = []
    desk = conversing(scripted("a", UnavailableError("a is down")), scripted("b", "yes"), reports=reports)
    assert await answer_of(desk) == [("b", "yes")]
    assert [str(problem) for problem in reports] == ["a is down"]


async def test_an_answer_that_breaks_off_is_not_begun_by_another() -> None:
    first, second = scripted("a", "half", StreamInterruptedError("broke off")), scripted("b", "whole")
    with pytest.raises(StreamInterruptedError):
        await answer_of(conversing(first, second))
    assert second.asked == []


async def test_where_all_fail_the_last_failure_is_what_is_said() -> None:
    desk = conversing(scripted("a", UnavailableError("one")), scripted("b", UnavailableError("two")))
    with pytest.raises(UnavailableError, match="two"):
        await answer_of(desk)


async def test_without_a_model_the_setting_is_named() -> None:
    with pytest.raises(NoModelError, match=r"models\.edit"):
        await answer_of(conversing(), role="edit")


async def test_whoever_stops_listening_stops_the_model() -> None:
    model = scripted("a", "one", "two")
    pieces = conversing(model).ask("chat", QUESTION)
    await anext(pieces)
    await pieces.aclose()
    assert model.closed == 1
