"""What comes back from a model, piece by piece, whatever the dialect."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Finish(Enum):
    """Why a model stopped."""

    STOP = "stop"
    LENGTH = "length"
    FILTERED = "filtered"
    TOOL = "tool"


@dataclass(frozen=True)
class Usage:
    """What an answer cost, in tokens."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class ToolCallPart:
    """A piece of a tool call: parts of one call have its index, and their arguments are to be joined."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True)
class Delta:
    """One step of an answer; `served_by` stands on the first one where the server names its provider.

    `note` is not the model's: it tells the user how the model was asked otherwise than was wished.
    """

    text: str = ""
    reasoning: str = ""
    finish: Finish | None = None
    usage: Usage | None = None
    served_by: str = ""
    tool_calls: tuple[ToolCallPart, ...] = ()
    note: str = ""

    def and_then(self, later: Delta) -> Delta:
        """Both as one step."""
        return Delta(
            text=self.text + later.text,
            reasoning=self.reasoning + later.reasoning,
            finish=later.finish or self.finish,
            usage=later.usage or self.usage,
            served_by=self.served_by or later.served_by,
            tool_calls=self.tool_calls + later.tool_calls,
            note=self.note or later.note,
        )

    @property
    def says_something(self) -> bool:
        return bool(self.text or self.reasoning or self.finish or self.usage or self.tool_calls)
