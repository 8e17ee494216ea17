"""What is told while an answer is written, and what is said at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from foretype.flows.chatting.tools import Proposal
from foretype.flows.chatting.turns import Finish, Sent


@dataclass(frozen=True)
class Step:
    """One thing that happened, with the field that belongs to its kind."""

    kind: Literal["text", "reasoning", "model", "context", "tool", "note", "edit"]
    text: str = ""
    detail: str = ""
    sent: tuple[Sent, ...] = ()
    proposal: Proposal | None = None


@dataclass(frozen=True)
class Outcome:
    """How an answer ended; `problem` says why it is not whole."""

    conversation: str
    turn: int
    finish: Finish
    title: str = ""
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    problem: str = ""


Tell = Callable[[Step], None]
