"""What is asked of a model, before any dialect gives it a shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.prompt.asked import Prompt
    from foretype.prompt.hole import Hole


@dataclass(frozen=True)
class Tool:
    """Something a model may ask for; `parameters` is a JSON schema, written as JSON."""

    name: str
    description: str
    parameters: str


@dataclass(frozen=True)
class Request:
    """One question to one model; every field that is None is left to the server."""

    model: str
    prompt: Prompt
    max_tokens: int
    stop: tuple[str, ...] = ()
    temperature: float | None = 0.0
    top_p: float | None = None
    seed: int | None = None
    reasoning_effort: str | None = None
    context_tokens: int | None = None
    stream: bool = True
    tools: tuple[Tool, ...] = ()


@dataclass(frozen=True)
class Filling:
    """What is asked of a model file at a cursor; above temperature 0 it is one answer of several."""

    hole: Hole
    max_tokens: int
    stops: tuple[str, ...] = ()
    temperature: float = 0.0
