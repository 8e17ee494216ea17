"""Ollama's own API: raw text past its templates, a hole where the model's template has one, chat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from foretype.backends.answer import Framing, Payload
from foretype.backends.delta import Delta
from foretype.backends.dialects.openai import tool_body
from foretype.backends.dialects.reading import finish_of, object_of, text_of, tool_calls_of, usage_of
from foretype.backends.dialects.shape import Dialect, Route, without_none

if TYPE_CHECKING:
    from foretype.backends.request import Request
    from foretype.prompt.asked import ChatPrompt, HolePrompt, Message, RawPrompt, ToolCall

_OPTIONAL = frozenset({"think", "tools"})


def generation(request: Request) -> Payload:
    """The part of a body that every route shares; the server would truncate silently without num_ctx."""
    options = {
        "num_predict": request.max_tokens,
        "num_ctx": request.context_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        "stop": list(request.stop) or None,
    }
    return {"model": request.model, "stream": request.stream, "options": without_none(options)}


def raw_body(request: Request) -> Payload:
    prompt = cast("RawPrompt", request.prompt)
    return {**generation(request), "raw": True, "prompt": prompt.text}


def hole_body(request: Request) -> Payload:
    prompt = cast("HolePrompt", request.prompt)
    return {**generation(request), "prompt": prompt.prefix, "suffix": prompt.suffix}


def chat_body(request: Request) -> Payload:
    prompt = cast("ChatPrompt", request.prompt)
    messages = [message_body(message) for message in prompt.messages]
    think = False if request.reasoning_effort == "none" else None
    tools = [tool_body(tool) for tool in request.tools] or None
    return without_none({**generation(request), "messages": messages, "think": think, "tools": tools})


def message_body(message: Message) -> Payload:
    """Images travel beside the text, as bare base64; a call's arguments are an object."""
    images = [url.partition("base64,")[2] for url in message.images]
    calls = [
        {"function": {"name": call.name, "arguments": arguments_of(call)}} for call in message.tool_calls
    ]
    more = {"images": images or None, "tool_calls": calls or None}
    return without_none({"role": message.role, "content": message.text, **more})


def arguments_of(call: ToolCall) -> Payload:
    """What a model wrote as arguments; nothing, where that is no object."""
    try:
        return object_of(json.loads(call.arguments))
    except (ValueError, RecursionError):
        return {}


def read_line(payload: Payload) -> Delta:
    message = object_of(payload.get("message"))
    done = payload.get("done") is True
    return Delta(
        text=text_of(payload.get("response")) or text_of(message.get("content")),
        reasoning=text_of(payload.get("thinking")) or text_of(message.get("thinking")),
        finish=finish_of(payload.get("done_reason") or "stop") if done else None,
        usage=usage_of(payload.get("prompt_eval_count"), payload.get("eval_count")) if done else None,
        tool_calls=tool_calls_of(message.get("tool_calls")),
    )


OLLAMA = Dialect(
    name="ollama",
    roots=("/v1", "/api"),
    raw=Route("/api/generate", raw_body, read_line, Framing.LINES),
    hole=Route("/api/generate", hole_body, read_line, Framing.LINES),
    chat=Route("/api/chat", chat_body, read_line, Framing.LINES, _OPTIONAL),
)
