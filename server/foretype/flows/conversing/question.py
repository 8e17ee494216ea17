"""What is asked of a model in words, and what can answer it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from foretype.backends.delta import Delta
from foretype.backends.request import Tool
from foretype.prompt.asked import Message

Deltas = AsyncGenerator[Delta, None]


@dataclass(frozen=True)
class Question:
    """A conversation whose next turn is wanted."""

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float | None = None
    reasoning_effort: str | None = None
    tools: tuple[Tool, ...] = ()


class Answerer(Protocol):
    """One entry of a role's chain of models; `name` is how the user's settings call it."""

    @property
    def name(self) -> str: ...

    def answer(self, question: Question) -> Deltas: ...
