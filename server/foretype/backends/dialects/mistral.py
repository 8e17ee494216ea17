"""Mistral's API: a FIM route whose answers have the shape of chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from foretype.backends.dialects.openai import chat_body, read_chat
from foretype.backends.dialects.shape import Dialect, Route, without_none

if TYPE_CHECKING:
    from foretype.backends.answer import Payload
    from foretype.backends.request import Request
    from foretype.prompt.asked import HolePrompt

_OPTIONAL = frozenset({"temperature", "top_p", "random_seed", "stop", "reasoning_effort", "tools"})


def fim_body(request: Request) -> Payload:
    prompt = cast("HolePrompt", request.prompt)
    return without_none(
        {
            "model": request.model,
            "prompt": prompt.prefix,
            "suffix": prompt.suffix,
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "random_seed": request.seed,
            "stop": list(request.stop) or None,
            "stream": request.stream,
        }
    )


def mistral_chat_body(request: Request) -> Payload:
    """OpenAI's body, but for the names this API has and those it refuses."""
    body = chat_body(request)
    body.pop("stream_options", None)
    if "seed" in body:
        body["random_seed"] = body.pop("seed")
    return with_continued_turn(body)


def with_continued_turn(body: Payload) -> Payload:
    """Marks a last turn of the assistant as one to be continued."""
    last = body["messages"][-1]
    if last["role"] == "assistant":
        last["prefix"] = True
    return body


MISTRAL = Dialect(
    name="mistral",
    roots=("/v1",),
    hole=Route("/v1/fim/completions", fim_body, read_chat, optional=_OPTIONAL),
    chat=Route("/v1/chat/completions", mistral_chat_body, read_chat, optional=_OPTIONAL),
)
