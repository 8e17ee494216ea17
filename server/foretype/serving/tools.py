"""The tools of a client: offered to the model, and its calls handed back to be run there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from foretype.backends.request import Tool
from foretype.prompt.asked import ToolCall
from foretype.serving.http import bad

Json = Any


def tools_in(body: Mapping[str, Json]) -> tuple[Tool, ...]:
    """What the model may call. That it must call something is not said to every server, so to none."""
    for name in ("functions", "function_call"):
        if body.get(name):
            raise bad(name, "is not supported: name `tools` instead")
    choice = body.get("tool_choice")
    if choice not in (None, "auto", "none"):
        raise bad("tool_choice", "can only be auto or none")
    offered = body.get("tools") or []
    if not isinstance(offered, list):
        raise bad("tools", "is a list")
    tools = tuple(map(tool_in, offered))
    return () if choice == "none" else tools


def tool_in(value: Json) -> Tool:
    function = function_in(value, "tools")
    description, parameters = function.get("description") or "", function.get("parameters") or {}
    if not isinstance(description, str) or not isinstance(parameters, dict):
        raise bad("tools", "has a function whose description is no text or whose parameters are no object")
    return Tool(function["name"], description, json.dumps(parameters))


def calls_in(message: Mapping[str, Json]) -> tuple[ToolCall, ...]:
    """The calls of a turn that the model has taken before."""
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise bad("messages", "has tool_calls that are no list")
    return tuple(map(call_in, calls))


def call_in(value: Json) -> ToolCall:
    function = function_in(value, "messages")
    id, arguments = value.get("id"), function.get("arguments") or ""
    if not isinstance(id, str) or not isinstance(arguments, str):
        raise bad("messages", "has a call whose id or arguments are no text")
    return ToolCall(id, function["name"], arguments)


def function_in(value: Json, name: str) -> Mapping[str, Json]:
    function = value.get("function") if isinstance(value, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise bad(name, "has an entry without a function that has a name")
    return function


def bodies_of(calls: Sequence[ToolCall]) -> list[Json]:
    return [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in calls
    ]
