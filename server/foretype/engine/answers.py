"""What the engine answers, as values."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.engine import failures
from foretype.engine.protocol import Message


@dataclass(frozen=True)
class Usage:
    """What a text cost, by the engine's own count.

    `evaluated` is what no cache had of the prompt, `moved` what was taken from another place as it was.
    """

    prompt: int
    evaluated: int
    moved: int
    written: int
    prompt_s: float
    writing_s: float
    whole_s: float


@dataclass(frozen=True)
class Written:
    """A step of a text; the last one has the end and what it cost besides."""

    text: str = ""
    end: str = ""
    usage: Usage | None = None


@dataclass(frozen=True)
class Facts:
    """What a file says of its model; `words` are those asked about that are one token each."""

    name: str
    architecture: str
    trained_context: int
    fill_words: tuple[str, str, str] | None
    reuses_cache: bool
    weight_bytes: int
    can_move: bool
    words: frozenset[str]


def facts_in(result: Message) -> Facts:
    fill, words = result["fill_words"], frozenset(result["words"])
    return Facts(**{**result, "words": words, "fill_words": tuple(fill) if fill else None})


def written_in(message: Message) -> Written:
    if "done" not in message:
        return Written(message["text"])
    return Written(message["text"], message["done"], Usage(**message["usage"]))


def checked(message: Message, model: str) -> Message:
    """The message; one that tells of a failure is raised instead."""
    if "error" in message:
        raise failures.failure_for(message["error"], message["message"], model)
    return message


def is_last(message: Message) -> bool:
    return "done" in message or "error" in message
