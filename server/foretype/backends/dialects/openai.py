"""OpenAI's chat and text completions, which the router and most servers speak."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from foretype.backends.delta import Delta, Usage
from foretype.backends.dialects.reading import (
    finish_of,
    first_choice,
    object_of,
    text_of,
    tool_calls_of,
    usage_of,
)
from foretype.backends.dialects.shape import Dialect, Route, without_none

if TYPE_CHECKING:
    from foretype.backends.answer import Payload
    from foretype.backends.request import Request, Tool
    from foretype.prompt.asked import ChatPrompt, Message, RawPrompt, ToolCall

_MAX_STOPS = 4

OPTIONAL = frozenset(
    {"stream_options", "temperature", "top_p", "seed", "stop", "reasoning_effort", "tools"},
)

NEWER_NAMES: dict[str, str] = {"max_tokens": "max_completion_tokens"}


def sampling(request: Request) -> Payload:
    """The part of a body that chat and text completions share."""
    return {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        "stop": list(request.stop[:_MAX_STOPS]) or None,
        "stream": request.stream,
        "stream_options": {"include_usage": True} if request.stream else None,
    }


def text_body(request: Request) -> Payload:
    prompt = cast("RawPrompt", request.prompt)
    return without_none({**sampling(request), "prompt": prompt.text})


def chat_body(request: Request) -> Payload:
    prompt = cast("ChatPrompt", request.prompt)
    messages = [message_body(message) for message in prompt.messages]
    more = {
        "reasoning_effort": request.reasoning_effort,
        "tools": [tool_body(tool) for tool in request.tools] or None,
    }
    return without_none({**sampling(request), **more, "messages": messages})


def tool_body(tool: Tool) -> Payload:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": json.loads(tool.parameters),
    }
    return {"type": "function", "function": function}


def call_body(call: ToolCall) -> Payload:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def message_body(message: Message) -> Payload:
    """A turn with images is a list of parts; without, plain text, which every server reads."""
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.answers, "content": message.text}
    if message.tool_calls:
        calls = [call_body(call) for call in message.tool_calls]
        return {"role": message.role, "content": message.text, "tool_calls": calls}
    if not message.images:
        return {"role": message.role, "content": message.text}
    images = [{"type": "image_url", "image_url": {"url": url}} for url in message.images]
    return {"role": message.role, "content": [{"type": "text", "text": message.text}, *images]}


def read_text(payload: Payload) -> Delta:
    choice = first_choice(payload)
    return Delta(
        text=text_of(choice.get("text")),
        finish=finish_of(choice.get("finish_reason")),
        usage=usage_in(payload),
    )


def read_chat(payload: Payload) -> Delta:
    choice = first_choice(payload)
    turn = object_of(choice.get("delta")) or object_of(choice.get("message"))
    return Delta(
        text=text_of(turn.get("content")),
        reasoning=text_of(turn.get("reasoning")) or text_of(turn.get("reasoning_content")),
        finish=finish_of(choice.get("finish_reason")),
        usage=usage_in(payload),
        tool_calls=tool_calls_of(turn.get("tool_calls")),
    )


def usage_in(payload: Payload) -> Usage | None:
    usage = object_of(payload.get("usage"))
    return usage_of(usage.get("prompt_tokens"), usage.get("completion_tokens"))


OPENAI = Dialect(
    name="openai",
    prefix="/v1",
    raw=Route("/completions", text_body, read_text, optional=OPTIONAL),
    chat=Route("/chat/completions", chat_body, read_chat, optional=OPTIONAL, renamed=NEWER_NAMES),
)
