"""OpenAI's response bodies, whole and in pieces."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from foretype.backends.delta import Finish, Usage

Json = Any

WORDS = {Finish.STOP: "stop", Finish.LENGTH: "length", Finish.FILTERED: "content_filter"}


@dataclass(frozen=True)
class Reply:
    """The part that all bodies of one answer share."""

    model: str
    prefix: str
    id: str = field(default_factory=lambda: secrets.token_hex(12))
    created: int = field(default_factory=lambda: int(time.time()))

    def body(self, kind: str, choices: Sequence[Json], usage: Json = None) -> Json:
        about = {"id": f"{self.prefix}-{self.id}", "object": kind, "created": self.created}
        return {**about, "model": self.model, "choices": list(choices), **({"usage": usage} if usage else {})}

    def text(self, text: str, finish: str | None) -> Json:
        """A completion, whole or a piece of it: both look alike."""
        choice = {"index": 0, "text": text, "logprobs": None, "finish_reason": finish}
        return self.body("text_completion", [choice])

    def piece(self, delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self.body("chat.completion.chunk", [choice])

    def message(
        self, text: str, reasoning: str, calls: Sequence[Json], finish: str, usage: Usage | None
    ) -> Json:
        said = {
            "role": "assistant",
            "content": text if text or not calls else None,
            **({"reasoning_content": reasoning} if reasoning else {}),
            **({"tool_calls": list(calls)} if calls else {}),
        }
        choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": finish}
        return self.body("chat.completion", [choice], counted(usage))

    def last(self, usage: Usage | None) -> Json:
        return self.body("chat.completion.chunk", [], counted(usage or Usage(0, 0)))


def counted(usage: Usage | None) -> Json:
    if usage is None:
        return None
    total = usage.prompt_tokens + usage.completion_tokens
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": total,
    }


def models_list(names: Sequence[str]) -> Json:
    rows = [{"id": name, "object": "model", "created": 0, "owned_by": "foretype"} for name in names]
    return {"object": "list", "data": rows}
