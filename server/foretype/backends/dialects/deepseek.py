"""DeepSeek's API: text completions with a suffix, under its beta path."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from foretype.backends.dialects.mistral import with_continued_turn
from foretype.backends.dialects.openai import OPTIONAL, chat_body, read_chat, read_text, sampling
from foretype.backends.dialects.shape import Dialect, Route, without_none

if TYPE_CHECKING:
    from foretype.backends.answer import Payload
    from foretype.backends.request import Request
    from foretype.prompt.asked import HolePrompt

_MAX_TOKENS = 4096


def fim_body(request: Request) -> Payload:
    prompt = cast("HolePrompt", request.prompt)
    body = {
        **sampling(request),
        "prompt": prompt.prefix,
        "suffix": prompt.suffix,
        "max_tokens": min(request.max_tokens, _MAX_TOKENS),
    }
    return without_none(body)


def deepseek_chat_body(request: Request) -> Payload:
    return with_continued_turn(chat_body(request))


DEEPSEEK = Dialect(
    name="deepseek",
    roots=("/v1", "/beta"),
    hole=Route("/beta/completions", fim_body, read_text, optional=OPTIONAL),
    chat=Route("/beta/chat/completions", deepseek_chat_body, read_chat, optional=OPTIONAL),
)
