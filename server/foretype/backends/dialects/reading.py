"""Tolerant looks into a payload: what is missing or of another kind reads as empty."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from foretype.backends.delta import Finish, ToolCallPart, Usage

if TYPE_CHECKING:
    from foretype.backends.answer import Payload

_FINISHES: dict[str, Finish] = {
    "length": Finish.LENGTH,
    "limit": Finish.LENGTH,
    "max_tokens": Finish.LENGTH,
    "model_length": Finish.LENGTH,
    "content_filter": Finish.FILTERED,
    "tool_calls": Finish.TOOL,
    "function_call": Finish.TOOL,
}


def text_of(value: Any) -> str:
    """A string as it is, a list of text parts joined, anything else as nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(text_of(object_of(part).get("text")) for part in value)
    return ""


def object_of(value: Any) -> Payload:
    """A JSON object as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def first_choice(payload: Payload) -> Payload:
    """The choice with index 0; the others of an answer are not ours."""
    choices = payload.get("choices")
    for choice in choices if isinstance(choices, list) else []:
        if isinstance(choice, dict) and choice.get("index", 0) in (0, None):
            return choice
    return {}


def finish_of(word: Any) -> Finish | None:
    """Why the model stopped, by the word the server has for it."""
    if not isinstance(word, str) or not word:
        return None
    return _FINISHES.get(word, Finish.STOP)


def tool_calls_of(value: Any) -> tuple[ToolCallPart, ...]:
    """The parts of tool calls, from servers that number them and servers that do not."""
    entries = value if isinstance(value, list) else []
    return tuple(_part_of(object_of(entry), at) for at, entry in enumerate(entries))


def _part_of(entry: Payload, at: int) -> ToolCallPart:
    """One part; arguments that come as an object are written as the JSON that others send."""
    function, index = object_of(entry.get("function")), entry.get("index")
    arguments = function.get("arguments")
    if isinstance(arguments, (dict, list)):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return ToolCallPart(
        index=index if type(index) is int else at,
        id=text_of(entry.get("id")),
        name=text_of(function.get("name")),
        arguments=text_of(arguments),
    )


def usage_of(prompt_tokens: Any, completion_tokens: Any) -> Usage | None:
    """What an answer cost, where the server counted."""
    counts = [n if isinstance(n, int) and n >= 0 else None for n in (prompt_tokens, completion_tokens)]
    if counts == [None, None]:
        return None
    return Usage(counts[0] or 0, counts[1] or 0)
