"""A question is cut to what a model can do, and the user is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foretype.backends.delta import Delta
from foretype.backends.request import Tool
from foretype.flows.conversing.fitting import Fitting, fitted_to
from foretype.flows.conversing.question import Question
from foretype.flows.providers.capabilities import Capabilities
from foretype.prompt.asked import Message, ToolCall

from unit.flows.conversing.test_conversing import scripted

SYSTEM, WHY = Message("system", "Be brief."), Message("user", "Why?", images=("data:image/png;base64,x",))


def question(*messages: Message) -> Question:
    return Question(messages, max_tokens=100)


def test_a_model_that_can_all_is_asked_as_it_was_meant() -> None:
    asked = question(SYSTEM, WHY)
    assert fitted_to(asked, Capabilities(128_000, True, True, True), "m") == (asked, ())
    assert fitted_to(asked, Capabilities(), "m") == (asked, ())


def test_a_model_that_sees_nothing_gets_the_text_and_the_user_is_told() -> None:
    fitted, (note,) = fitted_to(question(SYSTEM, WHY), Capabilities(has_vision=False), "hf:a/b")
    assert fitted.messages[-1] == Message("user", "Why?")
    assert note == "hf:a/b cannot see images: one image was left out, and it has the text only."


def test_a_model_without_a_system_hears_it_from_the_user() -> None:
    fitted, notes = fitted_to(question(SYSTEM, WHY, WHY), Capabilities(has_system=False), "m")
    assert [message.role for message in fitted.messages] == ["user", "user"]
    assert [message.text for message in fitted.messages] == ["Be brief.\n\nWhy?", "Why?"]
    assert notes == ()
    alone, _ = fitted_to(question(SYSTEM), Capabilities(has_system=False), "m")
    assert alone.messages == (Message("user", "Be brief."),)


def test_the_oldest_turns_go_first_and_the_system_stays() -> None:
    turns = [Message("user" if n % 2 == 0 else "assistant", f"{n} " * 300) for n in range(9)]
    fitted, notes = fitted_to(question(SYSTEM, *turns), Capabilities(1500), "m")
    assert fitted.messages[0] == SYSTEM
    assert fitted.messages[-1] == turns[-1]
    assert 2 < len(fitted.messages) < 10
    assert notes == (
        f"m reads 1500 tokens at a time: {10 - len(fitted.messages)} earlier messages were left out.",
    )


@pytest.mark.parametrize("text", ["a" * 30_000, "é" * 30_000])
def test_of_a_last_turn_that_is_too_long_the_middle_goes(text: str) -> None:
    fitted, notes = fitted_to(question(SYSTEM, Message("user", f"<{text}>")), Capabilities(1000), "m")
    kept = fitted.messages[-1].text
    assert kept[0] == "<"
    assert kept[-1] == ">"
    assert len(kept) < 3000
    assert "middle of your last message" in notes[0]


def test_a_model_without_tools_reads_what_those_of_another_gave() -> None:
    call = ToolCall("1", "read", "{}")
    turns = (WHY, Message("assistant", "", tool_calls=(call,)), Message("tool", "x = 1", answers="1"))
    asked = replace(question(*turns), tools=(Tool("read", "", "{}"),))
    fitted, _ = fitted_to(asked, Capabilities(has_tools=False), "m")
    assert fitted.tools == ()
    assert fitted.messages == (WHY, Message("user", "x = 1"))


def test_half_of_a_small_context_is_left_for_the_question() -> None:
    fitted, _ = fitted_to(replace(question(SYSTEM), max_tokens=4096), Capabilities(2048), "m")
    assert fitted.max_tokens == 1024


async def blind() -> Capabilities:
    return Capabilities(has_vision=False)


async def test_what_was_left_out_is_said_before_the_answer() -> None:
    model = scripted("m", "Because.")
    said = [delta async for delta in Fitting(model, blind).answer(question(WHY))]
    assert said[0].note.startswith("m cannot see images")
    assert said[1] == Delta(text="Because.")
    assert model.closed == 1
