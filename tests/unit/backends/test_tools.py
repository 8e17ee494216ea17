"""Tools on the wire: what is offered, what is called, and in how many ways servers write it."""

from __future__ import annotations

from typing import Any

import pytest

from foretype.backends.delta import ToolCallPart
from foretype.backends.dialects.table import DIALECTS
from foretype.backends.request import Request, Tool
from foretype.prompt.asked import ChatPrompt, Message, ToolCall

CALL = ToolCall("c1", "read", '{"path": "a.py"}')
BROKEN = ToolCall("c2", "read", "{broken")
ASKED = ChatPrompt(
    (
        Message("user", "What is it?"),
        Message("assistant", "", tool_calls=(CALL, BROKEN)),
        Message("tool", "x = 1", answers="c1"),
    )
)
TOOL = Tool("read", "Reads.", '{"type": "object", "properties": {}}')
FUNCTION = {"name": "read", "description": "Reads.", "parameters": {"type": "object", "properties": {}}}


def body(dialect: str) -> dict[str, Any]:
    route = DIALECTS[dialect].chat
    assert route is not None
    assert "tools" in route.optional
    return route.body(Request("m", ASKED, 10, tools=(TOOL,)))


@pytest.mark.parametrize("dialect", ["openai", "llamacpp", "mistral", "tgi", "deepseek"])
def test_calls_and_results_go_back_as_openai_has_them(dialect: str) -> None:
    sent = body(dialect)
    assert sent["tools"] == [{"type": "function", "function": FUNCTION}]
    _, called, result = sent["messages"]
    assert [call["function"]["arguments"] for call in called["tool_calls"]] == [CALL.arguments, "{broken"]
    assert result == {"role": "tool", "tool_call_id": "c1", "content": "x = 1"}


def test_ollama_has_objects_for_arguments() -> None:
    sent = body("ollama")
    called = sent["messages"][1]["tool_calls"]
    assert [call["function"]["arguments"] for call in called] == [{"path": "a.py"}, {}]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            [{"index": 3, "id": "a", "function": {"name": "read", "arguments": "{"}}],
            (ToolCallPart(3, "a", "read", "{"),),
        ),
        ([{"function": {"name": "read", "arguments": {"p": 1}}}], (ToolCallPart(0, "", "read", '{"p": 1}'),)),
        ([{"index": None, "function": None}, 5], (ToolCallPart(0), ToolCallPart(1))),
        ("nonsense", ()),
        (None, ()),
    ],
)
def test_calls_are_read_however_they_are_written(written: Any, read: tuple[ToolCallPart, ...]) -> None:
    route = DIALECTS["openai"].chat
    assert route is not None
    payload = {"choices": [{"index": 0, "delta": {"tool_calls": written}}]}
    assert route.read(payload).tool_calls == read
