"""llama.cpp's server: `/infill` for a hole, `/completion` for raw text, OpenAI's chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from foretype.backends.delta import Delta, Finish
from foretype.backends.dialects.openai import OPTIONAL, chat_body, read_chat
from foretype.backends.dialects.reading import finish_of, text_of, usage_of
from foretype.backends.dialects.shape import Dialect, Route, without_none

if TYPE_CHECKING:
    from foretype.backends.answer import Payload
    from foretype.backends.request import Request
    from foretype.prompt.asked import HolePrompt, RawPrompt

_OPTIONAL = frozenset({"cache_prompt", "temperature", "top_p", "seed", "stop"})


def generation(request: Request) -> Payload:
    """The part of a body that `/infill` and `/completion` share."""
    return {
        "n_predict": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        "stop": list(request.stop) or None,
        "cache_prompt": True,
        "stream": request.stream,
    }


def infill_body(request: Request) -> Payload:
    """The text of the cursor's line is the prompt, which the server puts at the end of the prefix."""
    prompt = cast("HolePrompt", request.prompt)
    lines_above, line_end, current_line = prompt.prefix.rpartition("\n")
    body = {
        "input_prefix": lines_above + line_end,
        "input_suffix": prompt.suffix,
        "input_extra": [{"filename": chunk.path, "text": chunk.text} for chunk in prompt.chunks],
        "prompt": current_line,
    }
    return without_none({**generation(request), **body})


def completion_body(request: Request) -> Payload:
    prompt = cast("RawPrompt", request.prompt)
    return without_none({**generation(request), "prompt": prompt.text})


def read_content(payload: Payload) -> Delta:
    stopped = payload.get("stop") is True
    return Delta(
        text=text_of(payload.get("content")),
        finish=(finish_of(payload.get("stop_type")) or Finish.STOP) if stopped else None,
        usage=usage_of(payload.get("tokens_evaluated"), payload.get("tokens_predicted")) if stopped else None,
    )


LLAMACPP = Dialect(
    name="llamacpp",
    roots=("/v1",),
    raw=Route("/completion", completion_body, read_content, optional=_OPTIONAL),
    hole=Route("/infill", infill_body, read_content, optional=_OPTIONAL),
    chat=Route("/v1/chat/completions", chat_body, read_chat, optional=OPTIONAL),
    knows_templates=True,
)
