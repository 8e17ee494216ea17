"""What a client asks for, checked: OpenAI's request bodies as frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from foretype.backends.request import Tool
from foretype.prompt.asked import Message, Role
from foretype.prompt.unrendered import unrendered
from foretype.serving.http import bad
from foretype.serving.tools import calls_in, tools_in

Json = Any
T = TypeVar("T")

MOST_TOKENS = 32_768
CHAT_TOKENS = 4_096
MOST_STOPS = 16
SPEAKERS: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}


@dataclass(frozen=True)
class Manner:
    """What both kinds of request say of how they want to be answered."""

    model: str
    is_streamed: bool
    wants_usage: bool
    max_tokens: int | None
    temperature: float | None
    stops: tuple[str, ...]


@dataclass(frozen=True)
class Fill:
    """A hole to be filled."""

    prefix: str
    suffix: str
    manner: Manner


@dataclass(frozen=True)
class Talk:
    """A conversation whose next turn is wanted, and what the model may call on its way there."""

    messages: tuple[Message, ...]
    manner: Manner
    tools: tuple[Tool, ...] = ()


def fill_in(body: Mapping[str, Json]) -> Fill:
    """A prompt in a model's own format for holes is taken apart again: another model may be the one asked."""
    prompt = body.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str):
        raise bad("prompt", "is one text")
    suffix = body.get("suffix") or ""
    if not isinstance(suffix, str):
        raise bad("suffix", "is a text")
    hole = unrendered(prompt) if not suffix else None
    prefix, suffix = (hole.prefix, hole.suffix) if hole else (prompt, suffix)
    for name in ("echo", "logprobs", "best_of"):
        if body.get(name) not in (None, False, 0, 1):
            raise bad(name, "is not supported")
    return Fill(prefix, suffix, manner_in(body))


def talk_in(body: Mapping[str, Json]) -> Talk:
    said = body.get("messages")
    if not isinstance(said, list) or not said:
        raise bad("messages", "is a list of at least one message")
    return Talk(tuple(map(message_in, said)), manner_in(body), tools_in(body))


def message_in(value: Json) -> Message:
    if not isinstance(value, dict) or value.get("role") not in SPEAKERS:
        raise bad("messages", f"has a role that is none of {', '.join(SPEAKERS)}")
    content, role = value.get("content"), SPEAKERS[value["role"]]
    calls = calls_in(value) if role == "assistant" else ()
    answers = a(str, value.get("tool_call_id"), "tool_call_id", "") if role == "tool" else ""
    if content is None or isinstance(content, str):
        content = [{"type": "text", "text": content or ""}]
    if not isinstance(content, list):
        raise bad("messages", "has a content that is neither a text nor a list of parts")
    texts, images = [], []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text" and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif kind == "image_url" and isinstance(part.get("image_url"), dict):
            images.append(image_in(part["image_url"].get("url")))
        else:
            raise bad("messages", "has a part that is neither a text nor an image_url")
    return Message(role, "\n".join(texts), tuple(images), calls, answers)


def image_in(url: Json) -> str:
    """Nothing is fetched for anybody: an image comes with the request."""
    if not isinstance(url, str) or not url.startswith("data:image/"):
        raise bad("messages", "has an image that is not a data: URL")
    return url


def manner_in(body: Mapping[str, Json]) -> Manner:
    if body.get("n") not in (None, 1):
        raise bad("n", "can only be 1")
    options = body.get("stream_options")
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    return Manner(
        model=a(str, body.get("model"), "model", "") or "",
        is_streamed=a(bool, body.get("stream"), "stream", False) or False,
        wants_usage=isinstance(options, dict) and options.get("include_usage") is True,
        max_tokens=bounded(limit),
        temperature=temperature_in(body.get("temperature")),
        stops=stops_in(body.get("stop")),
    )


def bounded(value: Json) -> int | None:
    if value is None:
        return None
    if type(value) is not int or value < 1:
        raise bad("max_tokens", "is a whole number from 1")
    return min(value, MOST_TOKENS)


def temperature_in(value: Json) -> float | None:
    if value is None:
        return None
    if type(value) not in (int, float) or not 0 <= value <= 2:
        raise bad("temperature", "is a number from 0 to 2")
    return float(value)


def stops_in(value: Json) -> tuple[str, ...]:
    listed: Sequence[Json] = [value] if isinstance(value, str) else value or []
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise bad("stop", "is a text or a list of texts")
    return tuple(each for each in listed[:MOST_STOPS] if each)


def a(kind: Callable[..., T], value: Json, name: str, otherwise: T) -> T:
    if value is None:
        return otherwise
    if type(value) is not kind:
        raise bad(name, f"is not a {getattr(kind, '__name__', 'value')}")
    result: T = value
    return result
