"""What a conversation is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Finish = Literal["stop", "length", "cancelled", "broken", "filtered"]
Speaker = Literal["user", "assistant"]


@dataclass(frozen=True)
class Sent:
    """Something that was sent along: what it is called, what it is, and its length in tokens."""

    name: str
    detail: str = ""
    tokens: int = 0


@dataclass(frozen=True)
class Turn:
    """One turn; `prompt` is what the model read where that is more than the user's own words."""

    speaker: Speaker
    text: str
    number: int = 0
    prompt: str = ""
    images: tuple[str, ...] = ()
    sent: tuple[Sent, ...] = ()
    reasoning: str = ""
    model: str = ""
    provider: str = ""
    finish: Finish = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Conversation:
    """A conversation as it is now; `summary` stands for the turns up to number `summed_up`."""

    id: str
    title: str = ""
    model: str = ""
    summary: str = ""
    summed_up: int = 0
    turns: tuple[Turn, ...] = ()

    @property
    def last_number(self) -> int:
        return self.turns[-1].number if self.turns else 0


@dataclass(frozen=True)
class Listed:
    """A row of the list of conversations; the time is ISO 8601."""

    id: str
    title: str
    updated: str
    turns: int


def first_words(text: str, most: int = 60) -> str:
    """A title until there is a better one: the beginning of what was asked, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + "…"
