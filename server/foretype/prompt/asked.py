"""The three things one can ask of a model: continue this text, fill this hole, answer these messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True)
class Chunk:
    """A piece of another file, shown to the model as context."""

    path: str
    text: str


@dataclass(frozen=True)
class RawPrompt:
    """Text to be continued as it stands, special tokens included."""

    text: str


@dataclass(frozen=True)
class HolePrompt:
    """The code around a hole, for servers that know the model's own template."""

    prefix: str
    suffix: str
    chunks: tuple[Chunk, ...] = ()


@dataclass(frozen=True)
class ToolCall:
    """What a model wants done before it goes on; the arguments are its own JSON, as it wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Message:
    """One turn of a conversation; images are data: URLs.

    A model's turn may call tools; a turn of the tool says what came of the call with the id `answers`.
    """

    role: Role
    text: str
    images: tuple[str, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    answers: str = ""


@dataclass(frozen=True)
class ChatPrompt:
    """A conversation to be answered; where the last turn is the assistant's, to be continued."""

    messages: tuple[Message, ...]


Prompt = RawPrompt | HolePrompt | ChatPrompt
