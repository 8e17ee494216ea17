"""Text Generation Inference: its own stream of tokens for raw text, OpenAI's chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from foretype.backends.delta import Delta, Finish
from foretype.backends.dialects.openai import OPTIONAL, chat_body, read_chat
from foretype.backends.dialects.reading import finish_of, object_of, text_of, usage_of
from foretype.backends.dialects.shape import Dialect, Route, without_none

if TYPE_CHECKING:
    from foretype.backends.answer import Payload
    from foretype.backends.request import Request
    from foretype.prompt.asked import RawPrompt

_LOWEST_TEMPERATURE = 0.01


def generate_body(request: Request) -> Payload:
    """The server refuses a temperature of 0; greedy is what it does without one."""
    prompt = cast("RawPrompt", request.prompt)
    sampled = request.temperature is not None and request.temperature >= _LOWEST_TEMPERATURE
    parameters = {
        "max_new_tokens": request.max_tokens,
        "temperature": request.temperature if sampled else None,
        "do_sample": sampled,
        "top_p": request.top_p if sampled else None,
        "seed": request.seed,
        "stop": list(request.stop) or None,
        "return_full_text": False,
    }
    return {"inputs": prompt.text, "parameters": without_none(parameters)}


def read_token(payload: Payload) -> Delta:
    """The last event repeats the whole text, and its token may be special: neither is shown."""
    token = object_of(payload.get("token"))
    details = object_of(payload.get("details"))
    whole = payload.get("generated_text")
    ended = whole is not None or bool(details)
    if not token:
        return Delta(text=text_of(whole), finish=Finish.STOP if ended else None)
    return Delta(
        text="" if token.get("special") is True else text_of(token.get("text")),
        finish=(finish_of(details.get("finish_reason")) or Finish.STOP) if ended else None,
        usage=usage_of(details.get("input_length"), details.get("generated_tokens")),
    )


TGI = Dialect(
    name="tgi",
    roots=("/v1",),
    raw=Route("/generate_stream", generate_body, read_token),
    chat=Route("/v1/chat/completions", chat_body, read_chat, optional=OPTIONAL),
)
